package datafile

// Part is which split data is for.
type Part uint8

// The parts; data whose part is undecided are to be split.
const (
	Undecided Part = iota // nothing says it
	Training
	Validation
	Testing
)

// PartNames are the words in names of files and folders, and in split columns,
// that say which split data is for.
var PartNames = map[string]Part{
	"train": Training, "training": Training,
	"test": Testing, "testing": Testing, "t10k": Testing,
	"val": Validation, "valid": Validation, "validation": Validation, "dev": Validation,
}
