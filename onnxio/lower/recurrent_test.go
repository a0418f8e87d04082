package lower_test

import "github.com/sharewise/sharewise/onnxio"

// recurrentSamples have 4 steps, 3 sequences, 2 features and 5 hidden numbers.
func recurrentSamples() []sample {
	var all []sample
	for _, network := range []struct {
		op          string
		gates       int64
		outputs     int
		activations []string
	}{{"RNN", 1, 2, []string{"Tanh"}}, {"GRU", 3, 2, []string{"Sigmoid", "Tanh"}}, {"LSTM", 4, 3, []string{"Sigmoid", "Tanh", "Tanh"}}} {
		n := network.gates * 5
		// inputs of a network with the given number of directions: X W R B,
		// lengths, initial states.
		inputs := func(directions int64, batchFirst bool, lengths operand, states bool) []operand {
			in := []operand{of(4, 3, 2), weight(directions, n, 2), weight(directions, n, 5), weight(directions, 2*n), lengths}
			state := of(directions, 3, 5)
			if batchFirst {
				in[0], state = of(3, 4, 2), of(3, directions, 5)
			}
			if states {
				in = append(in, state)
				if network.op == "LSTM" {
					in = append(in, state)
				}
			}
			return in
		}
		add := func(about string, in []operand, foreign bool, attrs ...*onnxio.Attribute) {
			all = append(all, sample{about: about, op: network.op, outputs: network.outputs, in: in, foreign: foreign,
				attrs: append(attrs, intA("hidden_size", 5))})
		}
		short := lengths(2, 4, 1)
		both := stringA("direction", "bidirectional")
		add("forward", inputs(1, false, none, false), false)
		add("no bias", inputs(1, false, none, false)[:3], false)
		add("states", inputs(1, false, none, true), false)
		zeros := inputs(1, false, none, true)
		for i := 5; i < len(zeros); i++ {
			zeros[i] = operand{shape: []int64{1, 3, 5}, fixed: true, numbers: make([]float32, 15)}
		}
		add("states of zeros", zeros, false)
		add("reverse", inputs(1, false, none, true), false, stringA("direction", "reverse"))
		add("both directions", inputs(2, false, none, true), false, both)
		add("lengths", inputs(1, false, short, false), false)
		add("lengths, states", inputs(1, false, short, true), false)
		add("lengths, reverse", inputs(1, false, short, true), false, stringA("direction", "reverse"))
		add("lengths, both directions", inputs(2, false, short, true), false, both)
		add("batch first", inputs(2, true, none, true), true, both, intA("layout", 1))
		add("clipped", inputs(1, false, none, true), false, floatA("clip", 0.3))
		var some, others []string
		for range network.activations {
			some, others = append(some, "HardSigmoid"), append(others, "LeakyRelu")
		}
		add("activations", inputs(1, false, none, true), false, stringsA("activations", some...), floatsA("activation_alpha", 0.3), floatsA("activation_beta", 0.4))
		add("activations of both directions", inputs(2, false, none, true), false, both, stringsA("activations", append(some, others...)...))
		for _, name := range []string{"Relu", "Softsign", "Softplus", "Elu", "ThresholdedRelu", "Affine", "ScaledTanh"} {
			names := append([]string{}, network.activations...)
			names[len(names)-1] = name
			a, b := floatsA("activation_alpha", 0.7), floatsA("activation_beta", 0.6)
			add(name, inputs(1, false, none, true), false, stringsA("activations", names...), a, b)
		}
		switch network.op {
		case "GRU":
			add("linear before reset", inputs(2, false, none, true), false, both, intA("linear_before_reset", 1))
			add("linear before reset, no states", inputs(1, false, none, false), false, intA("linear_before_reset", 1))
			add("linear before reset, no bias", inputs(1, false, none, false)[:3], false, intA("linear_before_reset", 1))
		case "LSTM":
			add("peepholes", append(inputs(1, false, none, true), weight(1, 15)), false)
			add("peepholes of both directions", append(inputs(2, false, short, true), weight(2, 15)), false, both)
			add("coupled gates", inputs(1, false, none, true), false, intA("input_forget", 1))
		}
	}
	return append(all,
		sample{about: "unknown activation", op: "RNN", outputs: 2, in: []operand{of(4, 3, 2), of(1, 5, 2), of(1, 5, 5)},
			attrs: attrs(intA("hidden_size", 5), stringsA("activations", "Swish")), kept: `activation "Swish" is not known`},
	)
}
