package dataset

// Domain is one domain's samples, split and ready to be gathered.
type Domain struct {
	Name string
	Task Task
	// Shape is the shape of one sample after the stated transforms, without
	// the batch: [channels, height, width] for images, [features] for tables.
	Shape            []int
	Train, Val, Test *Split
	// Norm is the normalisation that Gather applies, fitted on Train only.
	Norm Norm
	// Dropped counts the samples left out by SkipBad, by reason.
	Dropped []Drop
	// SHA256 identifies everything above: the bytes of the source files and
	// the settings that made splits of them.
	SHA256 string
	// Features names the columns of a table; nil for images.
	Features []string
}

// Task says what is to be predicted.
type Task struct {
	Kind TaskKind
	// Classes are the names of the classes; a label is an index into it.
	Classes []string
	// Targets are the names of the regression targets.
	Targets []string
}

// TaskKind is the kind of a task.
type TaskKind string

// The kinds of task.
const (
	Classification TaskKind = "classification"
	Regression     TaskKind = "regression"
)

// Outputs is the number of outputs that a head for the task needs.
func (t Task) Outputs() int {
	if t.Kind == Regression {
		return len(t.Targets)
	}
	return len(t.Classes)
}

// Drop says how many samples one reason cost, with an example.
type Drop struct {
	Reason  string
	Count   int
	Example string // file and line or member of the first
}

// Split is one part of a domain. Its samples are numbered from 0 to Len()-1;
// ID gives the number that a sample has in the source, stable under limits
// and resampling, which is what loss tables record.
type Split struct {
	source source
	index  []int // rows of source
}

// source holds samples in their stored form (bytes of images stay bytes).
type source interface {
	len() int
	// gather writes the normalised inputs of rows into x, one after another.
	gather(rows []int, x []float32)
}

// Norm is an affine map per channel or feature: (x - Mean) / Std.
type Norm struct {
	Mean, Std []float32
}
