package analysis

import (
	"errors"
	"fmt"

	"github.com/sharewise/sharewise/analysis/versioned"
)

// resultsVersion is that of results.json.
const resultsVersion = 2

// ReadResults reads the results that were stored as JSON. It fails with
// versioned.ErrVersion for a version that this package does not know, and says
// how a file of this one is made.
func ReadResults(path string) (*Results, error) {
	var r Results
	err := versioned.Read(path, resultsVersion, &r)
	if errors.Is(err, versioned.ErrVersion) {
		return nil, fmt.Errorf("analysis: %w ('sharewise analyze OUT' makes results of version %d from the study's folder)", err, resultsVersion)
	}
	if err != nil {
		return nil, fmt.Errorf("analysis: %w", err)
	}
	if r.LeftOut == nil { // of versions that did not write it
		r.LeftOut = r.leaveOut()
	}
	return &r, nil
}
