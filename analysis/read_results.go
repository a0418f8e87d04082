package analysis

import (
	"fmt"

	"github.com/sharewise/sharewise/analysis/versioned"
)

// resultsVersion is that of results.json.
const resultsVersion = 1

// ReadResults reads the results that were stored as JSON. It fails with
// versioned.ErrVersion for a version that this package does not know.
func ReadResults(path string) (*Results, error) {
	var r Results
	if err := versioned.Read(path, resultsVersion, &r); err != nil {
		return nil, fmt.Errorf("analysis: %w", err)
	}
	return &r, nil
}
