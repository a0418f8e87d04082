package study

import (
	"fmt"
	"path/filepath"
	"time"
)

// Trainer is a program of one's own that trains the runs of a study in place of
// sharewise, see package trainer.
type Trainer struct {
	// Command is the program with its arguments; the folder of a run is added as the
	// last one.
	Command []string
	// Import is a file, or a pattern of files, with losses of runs that exist already; then
	// there is no Command.
	Import string
	// Timeout bounds the time of a run, as time.ParseDuration reads it.
	Timeout string
	// Samples says how samples are handed over: NPYSamples, ParquetSamples or NoSamples.
	Samples string
	// Inputs says what is handed over of them: NormalizedInputs or RawInputs.
	Inputs string
	// Files are files and patterns beside those that the command names whose content
	// is part of a run's identity.
	Files []string
	// Settings are handed over as they are.
	Settings map[string]string
}

// How samples are handed to a trainer.
const (
	NPYSamples     = "npy"
	ParquetSamples = "parquet"
	NoSamples      = "none"
)

// What is handed to a trainer of a sample's inputs and targets.
const (
	NormalizedInputs = "normalized"
	RawInputs        = "raw"
)

var trainerFields = []field{
	{key: "command", doc: "The program and its arguments: [python3, train.py]. It is called for every run, with the run's folder as its last argument and as its working folder. Arguments that name files beside the study file are files of the trainer: a change of one trains all runs again.", typ: listOf[string](text()).ofLength(1, 1000), note: "must be given, unless import is",
		at: at(func(t *Trainer) *[]string { return &t.Command })},
	{key: "import", doc: "In place of command: loss tables of runs that exist already, such as losses.csv, which may hold many runs, or 'runs/*.parquet'. They have the columns of 'sharewise schema trainer-losses', and domains, arm or pool (independent, joint, or the domains as a+b or a list) and seed; rung and weighting where the study has several. Seeds may be any whole numbers and are numbered from 1 in their order. Seeds, arms and widths of the study say which runs are due; samples are the test samples of the study's data.", typ: text(),
		at: at(func(t *Trainer) *string { return &t.Import })},
	{key: "timeout", doc: "Most time that a run may take, such as 10m: then the program and all that it started are ended, and the run has failed.", typ: text(), def: "24h",
		at: at(func(t *Trainer) *string { return &t.Timeout })},
	{key: "samples", doc: "How the program gets the samples: npy, an array of inputs and one of targets for each part of each domain; parquet, the same as tables, for inputs that are rows; none, the numbers of the rows in the files alone.", typ: choice(NPYSamples, ParquetSamples, NoSamples), def: NPYSamples,
		at: at(func(t *Trainer) *string { return &t.Samples })},
	{key: "inputs", doc: "What these hold: normalized, inputs and numbers to predict as sharewise's own models get them; raw, as they are in the data, a missing number as NaN.", typ: choice(NormalizedInputs, RawInputs), def: NormalizedInputs,
		at: at(func(t *Trainer) *string { return &t.Inputs })},
	{key: "files", doc: "Further files of the trainer, or patterns: [model.py, 'lib/*.py'].", typ: listOf[string](text()),
		at: at(func(t *Trainer) *[]string { return &t.Files })},
	{key: "settings", doc: "Texts that the program finds in spec.json, by names of your choice: {max_iter: 200}.", typ: texts(),
		at: at(func(t *Trainer) *map[string]string { return &t.Settings })},
}

// NewTrainer is a command with the usual settings.
func NewTrainer(command []string) *Trainer {
	t := new(Trainer)
	fill(t, trainerFields)
	t.Command = command
	return t
}

// Limit is the time that a run may take.
func (t *Trainer) Limit() time.Duration {
	d, err := time.ParseDuration(t.Timeout)
	if err != nil {
		panic(fmt.Sprintf("study: trainer.timeout: %v", err)) // the checker saw to that
	}
	return d
}

// completeTrainer fills in the environment's variables.
func (found *findings) completeTrainer(t *Trainer) {
	if t == nil {
		return
	}
	for i := range t.Command {
		t.Command[i] = found.expand(fmt.Sprintf("trainer.command[%d]", i), t.Command[i])
	}
	t.Import = found.expand("trainer.import", t.Import)
	for i := range t.Files {
		t.Files[i] = found.expand(fmt.Sprintf("trainer.files[%d]", i), t.Files[i])
	}
}

func (c *checker) trainer() {
	t := c.study.Trainer
	if t == nil {
		return
	}
	if t.Import != "" {
		if len(t.Command) > 0 {
			c.errorf("trainer.import", "give either import or command")
		}
	} else if len(t.Command) == 0 {
		c.errorf("trainer", "the key \"command\" is missing: the program that trains, such as [python3, train.py]; or import, for runs that exist already")
	} else if t.Command[0] == "" {
		c.errorf("trainer.command[0]", "the name of the program is empty")
	}
	if d, err := time.ParseDuration(t.Timeout); err != nil || d <= 0 {
		c.errorf("trainer.timeout", "%q is no time above zero, such as 90s, 10m or 2h", t.Timeout)
	}
	if kind := c.study.Input.Kind; t.Samples == ParquetSamples && kind != Table && (kind != ArrayInput || len(c.study.Input.Shape) > 1) {
		c.errorf("trainer.samples", "parquet is for inputs that are rows, and these are of kind %s; use npy", kind)
	}
	for i, f := range t.Files {
		if _, err := filepath.Match(f, ""); err != nil {
			c.errorf(fmt.Sprintf("trainer.files[%d]", i), "%q is no pattern: * stands for any letters, ? for one, [a-c] for one of some", f)
		}
	}
	for _, given := range []struct {
		key  string
		used bool
	}{
		{"model.freeze", len(c.study.Model.Freeze) > 0}, {"model.freeze_depth", c.study.Model.FreezeDepth > 0}, {"model.adapters", c.study.Model.Adapters != nil},
		{"model.features", c.study.Model.Features != ""}, {"model.set", len(c.study.Model.Set) > 0}, {"training.conflict", c.study.Training.Conflict},
		{"training.augment", c.study.Training.Augment.Used()},
	} {
		if given.used {
			c.errorf(given.key, "the study is trained by a program of its own, which sharewise cannot make do this; say it under trainer.settings")
		}
	}
}
