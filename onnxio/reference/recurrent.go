package reference

import (
	"math"
	"slices"
	"strings"
)

// A network is a RNN, GRU or LSTM while it runs over one sequence of one
// sample in one direction. Weights of gate g are rows g·hidden to (g+1)·hidden
// of w and r.
type network struct {
	hidden, gates    int
	w, r             [][]float64
	wb, rb           []float64 // biases, zeros where left out
	peep             []float64 // of LSTM, zeros where left out
	f                []func(float64) float64
	clip             float64
	coupled, linear  bool
	state, memory, x []float64
}

// recurrent runs a network over sequences [steps, batch, features], one sample
// after the other. advance moves its state and memory by one step.
func recurrent(gates int, defaults []string, advance func(n *network)) kernel {
	return func(c *call) []*value {
		x, w, r := c.input(0), c.input(1), c.input(2)
		batchFirst := c.flag("layout", false)
		if batchFirst {
			x = permuted(x, []int{1, 0, 2})
		}
		if x.rank() != 3 || w.rank() != 3 || r.rank() != 3 {
			failf("shapes %v, %v and %v, need three dimensions", x.shape, w.shape, r.shape)
		}
		steps, batch, directions, hidden := x.shape[0], x.shape[1], w.shape[0], r.shape[2]
		direction, functions := c.StringOr("direction", "forward"), c.activations(defaults, directions)
		if (direction == "bidirectional") != (directions == 2) {
			failf("direction %s with weights for %d directions", direction, directions)
		}
		lengths := slices.Repeat([]int{steps}, batch)
		if v := c.optional(4); v != nil {
			lengths = v.ints()
		}
		all := newValue(x.dt, []int{steps, directions, batch, hidden})
		last, memory := newValue(x.dt, []int{directions, batch, hidden}), newValue(x.dt, []int{directions, batch, hidden})
		for d := range directions {
			n := &network{hidden: hidden, gates: gates, f: functions[d*len(defaults) : (d+1)*len(defaults)], clip: math.Inf(1)}
			if c.Attr("clip") != nil {
				n.clip = c.float("clip", 0)
			}
			n.coupled, n.linear = c.flag("input_forget", false), c.flag("linear_before_reset", false)
			n.w, n.r = rows(w, d), rows(r, d)
			biases := c.vectors(3, d, directions, 2*gates*hidden)
			n.wb, n.rb = biases[:gates*hidden], biases[gates*hidden:]
			n.peep = c.vectors(7, d, directions, 3*hidden)
			for b := range batch {
				n.state, n.memory = c.start(5, d, b, batch, hidden, batchFirst), c.start(6, d, b, batch, hidden, batchFirst)
				for t := range lengths[b] {
					if direction == "reverse" || d == 1 {
						t = lengths[b] - 1 - t
					}
					i := (t*batch + b) * x.shape[2]
					n.x = x.floats()[i : i+x.shape[2]]
					advance(n)
					copy(all.f[((t*directions+d)*batch+b)*hidden:], n.state)
				}
				copy(last.f[(d*batch+b)*hidden:], n.state)
				copy(memory.f[(d*batch+b)*hidden:], n.memory)
			}
		}
		if batchFirst {
			all, last, memory = permuted(all, []int{2, 0, 1, 3}), permuted(last, []int{1, 0, 2}), permuted(memory, []int{1, 0, 2})
		}
		return []*value{all, last, memory}
	}
}

// rows takes the matrix of direction d apart.
func rows(v *value, d int) [][]float64 {
	m := make([][]float64, v.shape[1])
	for i := range m {
		at := (d*v.shape[1] + i) * v.shape[2]
		m[i] = v.floats()[at : at+v.shape[2]]
	}
	return m
}

// vectors is direction d of an optional input [directions, n], zeros without.
func (c *call) vectors(i, d, directions, n int) []float64 {
	v := c.optional(i)
	if v == nil {
		return make([]float64, n)
	}
	if v.len() != directions*n {
		failf("input %d has shape %v, need %d numbers for each of %d directions", i, v.shape, n, directions)
	}
	return v.floats()[d*n : (d+1)*n]
}

// start is an initial state [directions, batch, hidden], zeros without.
func (c *call) start(i, d, b, batch, hidden int, batchFirst bool) []float64 {
	v := c.optional(i)
	if v == nil {
		return make([]float64, hidden)
	}
	if batchFirst {
		v = permuted(v, []int{1, 0, 2})
	}
	at := (d*batch + b) * hidden
	return v.floats()[at : at+hidden]
}

// sum is row k of W·x + R·h + b, as far as asked for.
func (n *network) sum(k int, h []float64) float64 {
	return n.fromInput(k) + n.fromState(k, h)
}

func (n *network) fromInput(k int) float64              { return n.wb[k] + dot(n.w[k], n.x) }
func (n *network) fromState(k int, h []float64) float64 { return n.rb[k] + dot(n.r[k], h) }
func (n *network) apply(i int, x float64) float64       { return n.f[i](clamp(x, -n.clip, n.clip)) }
func (n *network) gate(g, i int, f int, h []float64) float64 {
	return n.apply(f, n.sum(g*n.hidden+i, h))
}

func dot(a, b []float64) float64 {
	s := 0.0
	for i := range a {
		s += a[i] * b[i]
	}
	return s
}

func advanceRNN(n *network) {
	next := make([]float64, n.hidden)
	for i := range next {
		next[i] = n.gate(0, i, 0, n.state)
	}
	n.state = next
}

// advanceGRU has its gates in the order update, reset, hidden.
func advanceGRU(n *network) {
	next, reset, scaled := make([]float64, n.hidden), make([]float64, n.hidden), make([]float64, n.hidden)
	for i := range reset {
		reset[i] = n.gate(1, i, 0, n.state)
		scaled[i] = reset[i] * n.state[i]
	}
	for i := range next {
		update, k := n.gate(0, i, 0, n.state), 2*n.hidden+i
		var candidate float64
		if n.linear {
			candidate = n.apply(1, n.fromInput(k)+reset[i]*n.fromState(k, n.state))
		} else {
			candidate = n.apply(1, n.sum(k, scaled))
		}
		next[i] = (1-update)*candidate + update*n.state[i]
	}
	n.state = next
}

// advanceLSTM has its gates in the order input, output, forget, cell.
func advanceLSTM(n *network) {
	next, memory := make([]float64, n.hidden), make([]float64, n.hidden)
	for i := range next {
		in := n.apply(0, n.sum(i, n.state)+n.peep[i]*n.memory[i])
		forget := n.apply(0, n.sum(2*n.hidden+i, n.state)+n.peep[2*n.hidden+i]*n.memory[i])
		if n.coupled {
			forget = 1 - in
		}
		memory[i] = forget*n.memory[i] + in*n.gate(3, i, 1, n.state)
		out := n.apply(0, n.sum(n.hidden+i, n.state)+n.peep[n.hidden+i]*memory[i])
		next[i] = out * n.f[2](memory[i])
	}
	n.state, n.memory = next, memory
}

// activations reads the activations of all directions; those with parameters
// take them in order from the lists of the node.
func (c *call) activations(defaults []string, directions int) []func(float64) float64 {
	names := slices.Repeat(defaults, directions)
	if a := c.Attr("activations"); a != nil {
		names = nil
		for _, s := range a.Strings {
			names = append(names, string(s))
		}
	}
	if len(names) != directions*len(defaults) {
		failf("%d activations, need %d", len(names), directions*len(defaults))
	}
	parameters := map[string][]float32{}
	for _, list := range []string{"activation_alpha", "activation_beta"} {
		if a := c.Attr(list); a != nil {
			parameters[list] = a.Floats
		}
	}
	take := func(list string, def float64) float64 {
		left := parameters[list]
		if len(left) == 0 {
			return def
		}
		parameters[list] = left[1:]
		return float64(left[0])
	}
	alpha := func(def float64) float64 { return take("activation_alpha", def) }
	beta := func(def float64) float64 { return take("activation_beta", def) }
	functions := make([]func(float64) float64, len(names))
	for i, name := range names {
		switch strings.ToLower(name) {
		case "sigmoid":
			functions[i] = sigmoid
		case "tanh":
			functions[i] = math.Tanh
		case "relu":
			functions[i] = func(x float64) float64 { return max(x, 0) }
		case "softsign":
			functions[i] = func(x float64) float64 { return x / (1 + math.Abs(x)) }
		case "softplus":
			functions[i] = softplus
		case "leakyrelu":
			a := alpha(0.01)
			functions[i] = func(x float64) float64 { return max(x, 0) + a*min(x, 0) }
		case "thresholdedrelu":
			a := alpha(1)
			functions[i] = func(x float64) float64 {
				if x > a {
					return x
				}
				return 0
			}
		case "elu":
			a := alpha(1)
			functions[i] = func(x float64) float64 { return max(x, 0) + a*math.Expm1(min(x, 0)) }
		case "hardsigmoid":
			a, b := alpha(0.2), beta(0.5)
			functions[i] = func(x float64) float64 { return clamp(a*x+b, 0, 1) }
		case "affine":
			a, b := alpha(1), beta(0)
			functions[i] = func(x float64) float64 { return a*x + b }
		case "scaledtanh":
			a, b := alpha(1), beta(1)
			functions[i] = func(x float64) float64 { return a * math.Tanh(b*x) }
		default:
			unsupportedf("activation %q", name)
		}
	}
	return functions
}
