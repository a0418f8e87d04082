package retrain

import (
	"fmt"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/project"
)

// Result says what came of a training.
type Result struct {
	Output  string             `json:"output,omitempty"`
	Into    *Into              `json:"into,omitempty"`
	Domain  string             `json:"domain"`
	Samples Samples            `json:"samples"`
	Trunk   *project.TrunkNote `json:"trunk,omitempty"`
	Epochs  []Epoch            `json:"epochs"`
	Used    int                `json:"used"` // the epoch that was written
	Test    analysis.Score     `json:"test"`
	Seconds float64            `json:"seconds"`
	Notes   []string           `json:"notes,omitempty"`
	// Others reports that the work folder stays, for it has checkpoints of
	// trainings with other settings.
	Others bool `json:"-"`
}

// Samples are the sizes of the splits.
type Samples struct {
	Train      int `json:"train"`
	Validation int `json:"validation"`
	Test       int `json:"test"`
}

// Epoch is a line of the course of training. Epochs before a checkpoint have no
// validation score.
type Epoch struct {
	Number         int             `json:"epoch"`
	Loss           float64         `json:"loss"`
	Validation     *analysis.Score `json:"validation,omitempty"`
	ValidationLoss float64         `json:"-"`
}

// Into is what was written of the given model.
type Into struct {
	File    string `json:"file"`
	Tensors int    `json:"tensors"` // that hold trained elements
	// Data is the file of external data, where the model had some.
	Data string `json:"data,omitempty"`
}

// IntoError says that the given model has no place for what was trained.
type IntoError struct{ Err error }

func (e *IntoError) Error() string { return e.Err.Error() }

// Unwrap returns what package finetune says.
func (e *IntoError) Unwrap() error { return e.Err }

// DivergedError says that the numbers of a training stopped being finite.
type DivergedError struct {
	Reason string
	// AtOnce reports that they were not finite before any weight was changed.
	AtOnce bool
	Rate   float64 // the peak learning rate
}

func (e *DivergedError) Error() string {
	if e.AtOnce {
		return e.Reason + ", before any weight was changed: the model gives no finite numbers for this data; look for weights or inputs that are NaN, infinite or very large"
	}
	return fmt.Sprintf("training diverged: %s; try a smaller learning rate, now %g", e.Reason, e.Rate)
}
