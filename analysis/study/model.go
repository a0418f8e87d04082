package study

import (
	"github.com/sharewise/sharewise/analysis/augment"
)

// Model is the trunk and the ladder of capacities.
type Model struct {
	// Trunk is one of TrunkNames, or a path to a model file (relative to Dir).
	Trunk string
	// Widths are the width multipliers of a named trunk, Files the models of
	// one's own; Rungs are made of them.
	Widths []float64
	Files  []string
	// Freeze has patterns of the names of parameters that stay as they start,
	// see training.Config.
	Freeze []string
	// Set settles inputs and sizes of model files, see onnxio.Specialise.
	Set map[string]string
	// Features is where the trunk of a model file ends: the name of a value or
	// node, or auto. Empty is the model's only output.
	Features string
	// Init says how weights start, see finetune.Methods.
	Init string
	// FreezeDepth is the number of layers, from the first on, that stay as they
	// start.
	FreezeDepth int
	// Adapters are nil where there are none.
	Adapters *Adapters
	// DomainAdapters gives every domain a scale and a shift of its own for the channels
	// of every layer, see training.Config.
	DomainAdapters bool
	// BatchNorm is shared, domain or frozen; empty is shared, and with DomainAdapters
	// domain.
	BatchNorm string
	// Rungs are the capacities, small to large.
	Rungs []Rung
}

// Adapters asks for low-rank adapters, see finetune.Adapters.
type Adapters struct {
	Rank  int
	Alpha float64 // 0 is Rank
	Match []string
}

// Rung is one capacity.
type Rung struct {
	Name  string  `json:"name"` // "w0.5", or the stem of the file
	Width float64 `json:"width,omitempty"`
	Path  string  `json:"path,omitempty"`
}

// Training is how every run trains.
type Training struct {
	Epochs      int       `json:"epochs"` // passes over the data, see Sampling
	Batch       int       `json:"batch"`  // average number of rows of one domain in a minibatch
	Sampling    string    `json:"sampling"`
	Temperature float64   `json:"temperature"`
	Optimizer   Optimizer `json:"optimizer"`
	Rate        float64   `json:"rate"` // peak learning rate
	Schedule    Schedule  `json:"schedule"`
	Clip        float64   `json:"clip"`
	// Select is last or best: which epoch's parameters are tested. best picks
	// the epoch with the least mean validation loss.
	Select          string `json:"select"`
	Conflict        bool   `json:"conflict"` // measure gradient conflict once per epoch
	Threads         int    `json:"threads"`  // per session; part of a run's identity
	CheckpointEvery int    `json:"checkpoint_every"`
	// Passes chooses those that make graphs faster up to rounding, as
	// kernels.ParsePasses reads them; it is no part of a run's identity.
	Passes string `json:"passes"`
	// Augment is what is done to training samples, see Study.Augmentation.
	Augment augment.Settings `json:"augment,omitzero"`
}

// Optimizer mirrors training.Optimizer with the file's spelling.
type Optimizer struct {
	Name        string  `json:"name"` // one of Optimizers
	Momentum    float64 `json:"momentum"`
	Nesterov    bool    `json:"nesterov"`
	Beta1       float64 `json:"beta1"`
	Beta2       float64 `json:"beta2"`
	Epsilon     float64 `json:"epsilon"`
	WeightDecay float64 `json:"weight_decay"`
}

// Schedule is warm-up and decay of the learning rate.
type Schedule struct {
	Kind   string  `json:"kind"`   // constant, cosine, linear
	Warmup float64 `json:"warmup"` // fraction of all steps
	Final  float64 `json:"final"`  // last rate as a fraction of the peak
}
