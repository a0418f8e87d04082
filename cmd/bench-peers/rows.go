package main

// network is a trunk of the zoo with one head, and how it is trained: what both
// sides of a row build.
type network struct {
	Trunk     string  `json:"trunk"`
	Width     float64 `json:"width"`
	Input     []int   `json:"input"`
	Classes   int     `json:"classes"`
	Batch     int     `json:"batch"`
	Optimizer string  `json:"optimizer"`
	Rate      float64 `json:"rate"`
	Momentum  float64 `json:"momentum"`
	Decay     float64 `json:"decay"`
	Threads   int     `json:"threads"`
	// Samples is how many there are: to train, or to be evaluated.
	Samples int `json:"samples"`
}

// stepRow is one kind of work on one network, and the ratio to reach at one
// thread and at two.
type stepRow struct {
	name, title string
	network     network
	target      float64
	evaluation  bool
}

// Optimizers as both sides are given them.
func sgd(n network) network {
	n.Optimizer, n.Rate, n.Momentum = "sgd", 0.01, 0.9
	return n
}

func adamw(n network) network {
	n.Optimizer, n.Rate, n.Decay = "adamw", 0.001, 0.01
	return n
}

// stepRows are the rows about one network each. A step is what a training does
// again and again: draw a minibatch of samples that are in memory, one step of the
// optimizer. An evaluation gives loss, prediction, its confidence and whether it is
// right for every sample.
var stepRows = []stepRow{
	{name: "mlp", title: "step: mlp 784, batch 64, SGD", target: 0.8,
		network: sgd(network{Trunk: "mlp", Width: 1, Input: []int{784}, Classes: 10, Batch: 64})},
	{name: "mlp-adamw", title: "step: mlp 784, batch 128, AdamW", target: 0.8,
		network: adamw(network{Trunk: "mlp", Width: 1, Input: []int{784}, Classes: 10, Batch: 128})},
	{name: "mlp-tiny", title: "step: mlp 64, width 0.5, batch 32, SGD", target: 0.4,
		network: sgd(network{Trunk: "mlp", Width: 0.5, Input: []int{64}, Classes: 10, Batch: 32})},
	{name: "cnn", title: "step: cnn 1×28×28, batch 64, SGD", target: 0.8,
		network: sgd(network{Trunk: "cnn", Width: 1, Input: []int{1, 28, 28}, Classes: 10, Batch: 64})},
	{name: "cnn-32", title: "step: cnn 3×32×32, batch 128, SGD", target: 0.8,
		network: sgd(network{Trunk: "cnn", Width: 1, Input: []int{3, 32, 32}, Classes: 10, Batch: 128})},
	{name: "resnet20", title: "step: resnet20 3×32×32, batch 128, SGD", target: 0.9,
		network: sgd(network{Trunk: "resnet20", Width: 1, Input: []int{3, 32, 32}, Classes: 10, Batch: 128})},
	{name: "tcn", title: "step: tcn 1×1024, batch 64, AdamW", target: 0.6,
		network: adamw(network{Trunk: "tcn", Width: 1, Input: []int{1, 1024}, Classes: 10, Batch: 64})},
	{name: "transformer", title: "step: transformer 1×1024, batch 64, AdamW", target: 0.6,
		network: adamw(network{Trunk: "transformer", Width: 1, Input: []int{1, 1024}, Classes: 10, Batch: 64})},
	{name: "cnn-eval", title: "evaluation: cnn 1×28×28, a sample", target: 0.7, evaluation: true,
		network: sgd(network{Trunk: "cnn", Width: 1, Input: []int{1, 28, 28}, Classes: 10, Batch: 64, Samples: 2048})},
	{name: "resnet20-eval", title: "evaluation: resnet20 3×32×32, a sample", target: 0.7, evaluation: true,
		network: sgd(network{Trunk: "resnet20", Width: 1, Input: []int{3, 32, 32}, Classes: 10, Batch: 64, Samples: 256})},
}

// sized fills in the number of samples, where the row leaves it open: 32
// minibatches, which do not stay in a cache.
func (r stepRow) sized(threads int) network {
	n := r.network
	n.Threads = threads
	if n.Samples == 0 {
		n.Samples = 32 * n.Batch
	}
	return n
}
