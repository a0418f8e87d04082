package layout

import (
	"fmt"
	"strings"

	"github.com/sharewise/sharewise/analysis/filelimit"
)

// Fit says how the linear model came about that a domain's networks are held
// against.
type Fit struct {
	Model string `json:"model"`
	// Columns are the numbers that it takes of each sample.
	Columns int `json:"columns"`
	// Rows of Train training rows were used.
	Rows  int `json:"rows"`
	Train int `json:"train"`
	// ChosenBy says which rows chose the penalty.
	ChosenBy string `json:"chosen_by"`
	// Penalties are those chosen, α of package linear, one for each output
	// that is fitted by itself.
	Penalties []float64 `json:"penalties"`
	// Notes say what was left out or changed.
	Notes []string `json:"notes"`
	// Hint says, as what follows "the model", which change of the study may help
	// networks too; empty for none.
	Hint string `json:"hint,omitempty"`
}

// Text says in a sentence how the model came about.
func (f *Fit) Text() string {
	text := fmt.Sprintf("%s of %d columns, fitted to %d rows, penalty chosen by %s", f.Model, f.Columns, f.Rows, f.ChosenBy)
	if len(f.Notes) > 0 {
		text += "; " + strings.Join(f.Notes, "; ")
	}
	return text
}

// ReadFit reads how the linear model in the folder came about.
func (r RunFolder) ReadFit() (*Fit, error) {
	data, err := filelimit.ReadFile(r.FitFile(), filelimit.State)
	if err != nil {
		return nil, fmt.Errorf("linear model: %w", err)
	}
	s := new(Fit)
	if err := filelimit.DecodeJSON(data, s); err != nil {
		return nil, fmt.Errorf("%s: %w; remove the folder %s to fit again", r.FitFile(), err, string(r))
	}
	return s, nil
}
