package losses

// Table is the loss of every evaluated sample of one or more runs, by column.
// All columns have the same length.
type Table struct {
	// Meta is the identity of the run where the table holds one run.
	Meta Meta

	Domain []string
	Seed   []int64
	Sample []SampleID
	Loss   []float32
	// The remaining columns are nil where the source has none.
	Correct    []bool
	Label      []int32   // classification
	Prediction []float32 // class number, or value of the first target
	Confidence []float32
	Target     []float32 // regression: value of the first target
}

// SampleID identifies a sample within its domain across runs. Tables written
// here number samples; tables from elsewhere may name them.
type SampleID struct {
	Number int64
	Name   string // empty for numbered samples
}

// Meta identifies a run. It is stored as key-value metadata of the file.
type Meta struct {
	Study     string
	Run       string
	Hash      string
	Arm       string
	Domains   []string
	Rung      string
	Weighting string
	Seed      int64
	Split     string // test or val
}
