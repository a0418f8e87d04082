package proof

// Cases are what a library must pass before its operators are offered: for every
// operator the forms that go through code of their own, in sizes that take
// milliseconds.
func Cases() []*Case {
	rng := Random(1)
	var all []*Case
	same := []int64{1, 1, 1, 1}
	for _, s := range []Convolution{
		// Whole vectors, with what may be added to a convolution.
		{Batch: 3, Channels: 16, Filters: 16, In: []int64{9, 8}, Kernel: []int64{3, 3}, Pads: same, Bias: true, Add: true, Relu: true},
		{Batch: 2, Channels: 32, Filters: 64, In: []int64{8, 8}, Kernel: []int64{3, 3}, Pads: same},
		{Batch: 3, Channels: 16, Filters: 24, In: []int64{9, 8}, Kernel: []int64{3, 3}, Pads: same, Bias: true, Relu: true, Direct: true},
		// Channels that are no multiple of a vector, padding on one side, strides,
		// dilations, groups, a window larger than the image.
		{Batch: 2, Channels: 3, Filters: 21, In: []int64{11, 7}, Kernel: []int64{3, 5}, Strides: []int64{2, 1}, Pads: []int64{0, 2, 1, 1}, Bias: true},
		{Batch: 1, Channels: 8, Filters: 12, Group: 4, In: []int64{10, 9}, Kernel: []int64{2, 3}, Strides: []int64{1, 3}, Dilations: []int64{3, 2}, Pads: []int64{1, 0, 2, 3}, Relu: true},
		{Batch: 2, Channels: 24, Filters: 40, In: []int64{7, 7}, Kernel: []int64{1, 1}, Strides: []int64{2, 2}},
		{Batch: 2, Channels: 7, Filters: 7, Group: 7, In: []int64{6, 5}, Kernel: []int64{3, 3}, Pads: same, Bias: true},
		// Series.
		{Batch: 3, Channels: 5, Filters: 32, In: []int64{40}, Kernel: []int64{7}, Pads: []int64{3, 3}, Bias: true, Relu: true},
		{Batch: 2, Channels: 32, Filters: 8, In: []int64{33}, Kernel: []int64{3}, Strides: []int64{2}, Dilations: []int64{4}, Pads: []int64{8, 0}},
	} {
		all = append(all, Conv(rng, s), ConvGradInput(rng, s), ConvGradWeight(rng, s))
	}
	for _, s := range []Convolution{
		{Batch: 3, Channels: 1, Filters: 16, In: []int64{9, 10}, Kernel: []int64{3, 3}, Pads: same, Bias: true, Relu: true},
		{Batch: 2, Channels: 16, Filters: 32, In: []int64{14, 11}, Kernel: []int64{3, 3}, Pads: same, Bias: true, Relu: true},
		{Batch: 5, Channels: 6, Filters: 44, Group: 2, In: []int64{7, 9}, Kernel: []int64{2, 3}, Strides: []int64{1, 2}, Bias: true},
		{Batch: 3, Channels: 4, Filters: 37, In: []int64{31}, Kernel: []int64{5}, Pads: []int64{2, 2}, Relu: true},
	} {
		s.Pool = true
		all = append(all, Conv(rng, s))
	}
	all = append(all, ConvGradWeight(rng, Convolution{Batch: 2, Channels: 16, Filters: 16, In: []int64{9, 8}, Kernel: []int64{3, 3}, Pads: []int64{1, 1, 0, 1}, Exact: true}))
	for _, shape := range [][]int64{{4, 9, 8, 16}, {300, 3}, {2, 50, 90}} {
		for _, relu := range []bool{false, true} {
			for _, add := range []bool{false, true} {
				all = append(all, BatchNorm(rng, shape, add, relu), BatchNormGrad(rng, shape, add, relu))
			}
		}
	}
	for _, s := range []Pooling{
		{Batch: 2, Channels: 16, In: []int64{8, 6}, Kernel: []int64{2, 2}, Strides: []int64{2, 2}, Ties: true, Relu: true},
		{Batch: 2, Channels: 5, In: []int64{9, 9}, Kernel: []int64{3, 3}, Strides: []int64{2, 2}, Pads: []int64{1, 1, 1, 1}},
		{Batch: 1, Channels: 33, In: []int64{12}, Kernel: []int64{4}, Strides: []int64{4}, Ties: true},
		{Batch: 1, Channels: 8, In: []int64{12, 7}, Kernel: []int64{2, 3}, Dilations: []int64{2, 1}, Pads: []int64{0, 0, 1, 2}},
	} {
		all = append(all, MaxPool(rng, s), MaxPoolGrad(rng, s))
	}
	for i := range 4 {
		s := Product{Rows: 37, Columns: 70, Inner: 61, TransA: i&1 != 0, TransB: i&2 != 0, Bias: i > 0, Relu: i > 1}
		all = append(all, Gemm(rng, s))
		s.Columns, s.Inner = 64, 600
		all = append(all, Gemm(rng, s))
	}
	for _, s := range []Product{
		// Many rows; a column that all of a block but one are padding of; sums.
		{Rows: 900, Columns: 35, Inner: 90, TransB: true, Bias: true, Relu: true}, {Rows: 40, Columns: 65, Inner: 17},
		{Rows: 130, Columns: 33, Inner: 1100, TransA: true, Sums: true}, {Rows: 61, Columns: 64, Inner: 300, TransA: true, TransB: true, Sums: true},
	} {
		all = append(all, Gemm(rng, s))
	}
	for _, shape := range [][]int64{{3, 5, 64}, {300, 37}, {2, 1}, {1, 4, 515}} {
		all = append(all, Gelu(rng, shape...), GeluGrad(rng, shape...), LayerNorm(rng, shape...), LayerNormGrad(rng, shape...), SoftmaxGrad(rng, shape...))
	}
	for _, s := range []Heads{
		{Batch: 2, Tokens: 32, Heads: 2, Size: 16, Scale: 0.25, Joint: true}, {Batch: 1, Tokens: 37, Heads: 3, Size: 35, Scale: 1},
		{Batch: 2, Tokens: 7, Heads: 1, Size: 4, Scale: -0.5, Joint: true}, {Batch: 1, Tokens: 1, Heads: 2, Size: 3, Scale: 1},
	} {
		all = append(all, Attention(rng, s), AttentionGrad(rng, s))
	}
	adamw := Update{Decay: 0.01, Beta1: 0.9, Beta2: 0.99, Epsilon: 1e-5}
	for _, s := range []Chain{
		// Whole blocks, and one domain; then layers narrower than a vector, several losses, rows
		// in parts, and gradients that are clipped.
		{Features: 9, Layers: []ChainLayer{{Units: 64, Relu: true, Turned: true}, {Units: 64, Relu: true, Turned: true}}, Heads: []ChainHead{{Outputs: 2, Rows: 32}, {Outputs: 3, Rows: 17}}, Rule: "AdamW", Update: adamw, Steps: 3},
		{
			Features: 50, Layers: []ChainLayer{{Units: 33, Relu: true}, {Units: 70, Plain: true}, {Units: 5, Relu: true, Turned: true}}, Rule: "SGD", Steps: 2,
			Heads: []ChainHead{
				{Outputs: 20, Rows: 5, Smoothing: 0.1, Weighted: true}, {Outputs: 3, Rows: 4, Loss: 1, Masked: true, Weighted: true, Smoothing: 0.2},
				{Outputs: 1, Rows: 7, Loss: 2}, {Outputs: 4, Rows: 3, Loss: 3, Delta: 0.5, Masked: true},
			},
			Update: Update{Momentum: 0.9, Nesterov: true, Decay: 0.01, Clip: 0.5},
		},
		{Features: 3, Layers: []ChainLayer{{Units: 40, Relu: true, Turned: true}}, Heads: []ChainHead{{Outputs: 1, Rows: 700, Loss: 2}}, Rule: "Adagrad", Update: adamw, Steps: 1},
	} {
		all = append(all, DenseSteps(rng, s))
	}
	all = append(all, ReluGrad(rng, 3, 1001), SumSquares(rng, []int64{3, 5}, []int64{40000}))
	u := Update{Shapes: [][]int64{{3, 7}, {40000}, {1}}, Rate: 0.1, Clip: 0.75, Step: 3, Decay: 0.01, Beta1: 0.9, Beta2: 0.99, Epsilon: 1e-5}
	momentum, nesterov, adam := u, u, u
	momentum.Momentum = 0.9
	nesterov.Momentum, nesterov.Nesterov = 0.9, true
	adam.Coupled = true
	return append(all, SGD(rng, u), SGD(rng, momentum), SGD(rng, nesterov), AdamW(rng, u), AdamW(rng, adam), Adagrad(rng, u))
}
