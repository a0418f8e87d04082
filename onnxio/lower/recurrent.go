package lower

import (
	"slices"
	"strings"

	"github.com/sharewise/sharewise/onnxio"
)

// A recurrence is one direction of an RNN, GRU or LSTM. States and steps keep
// a leading dimension of 1, the direction: [1, batch, hidden].
type recurrence struct {
	*call
	gates       int64
	hidden      int64
	reverse     bool
	functions   []function
	x           []string // what the input adds to the gates, by step
	weights     string   // R, transposed: [hidden, gates·hidden]
	bias        string   // of R alone where it must stay apart, else ""
	peephole    []string
	valid       []string // by step, [1, batch, 1]: whether the sequence goes on
	state, cell string   // before the first step; "" for zeros
}

// A step computes the state (and the cell) from those before.
type step func(r *recurrence, x, state, cell string) (string, string)

// recurrent unrolls an operator whose cell has the given gates. Activations by
// default and those that are read per direction are listed by name.
func recurrent(gates int64, defaults []string, cell step) rewrite {
	return func(c *call) []string {
		directions := []string{c.StringOr("direction", "forward")}
		if directions[0] == "bidirectional" {
			directions = []string{"forward", "reverse"}
		}
		x, batchFirst := c.in(0), c.IntOr("layout", 0) != 0
		time := 0
		if batchFirst {
			x, time = c.transpose(x, 1, 0, 2), 1
		}
		steps := c.few(c.size(0, 3, time))
		if steps == 0 {
			keepf("the sequence is empty")
		}
		hidden := c.size(2, 3, 2)
		valid := c.validSteps(steps)
		functions := c.functions(defaults, len(directions))
		var all, last, lastCells []string
		for d := range directions {
			r := &recurrence{
				call: c, gates: gates, hidden: hidden, valid: valid,
				reverse: directions[d] == "reverse", functions: functions[d*len(defaults) : (d+1)*len(defaults)],
			}
			r.prepare(x, int64(d), int64(len(directions)), steps)
			y, h, m := r.unroll(cell)
			all, last, lastCells = append(all, y), append(last, h), append(lastCells, m)
		}
		outputs := make([]string, 3)
		for j := range outputs {
			if !c.gives(j) {
				continue
			}
			switch j {
			case 0: // [steps, directions, batch, hidden]
				for d := range all {
					all[d] = c.unsqueeze(all[d], 1)
				}
				outputs[0] = c.concat(1, all...)
				if batchFirst {
					outputs[0] = c.transpose(outputs[0], 2, 0, 1, 3)
				}
			case 1:
				outputs[1] = c.stateOut(last, batchFirst)
			case 2:
				outputs[2] = c.stateOut(lastCells, batchFirst)
			}
		}
		return outputs
	}
}

// stateOut joins the states of all directions.
func (c *call) stateOut(states []string, batchFirst bool) string {
	h := c.concat(0, states...)
	if batchFirst {
		return c.transpose(h, 1, 0, 2)
	}
	return h
}

// validSteps compares every step with the sequence lengths; nil where all
// sequences have full length.
func (c *call) validSteps(steps int64) []string {
	if !c.has(4) {
		return nil
	}
	if t := c.constant(4); t != nil {
		if lengths, err := t.Int32(); err == nil && !slices.ContainsFunc(lengths, func(n int32) bool { return int64(n) != steps }) {
			return nil
		}
	}
	lengths := c.op("Cast", []string{c.in(4)}, onnxio.IntAttr("to", int64(onnxio.Int64)))
	lengths = c.unsqueeze(lengths, 0, 2)
	valid := make([]string, steps)
	for t := range valid {
		valid[t] = c.one("Less", c.b.Int64(int64(t)), lengths)
	}
	return valid
}

// part is direction d of an input [directions, …], without that dimension.
func (c *call) part(i int, d, directions int64) string {
	x := c.in(i)
	if directions > 1 {
		x = c.slice(x, 0, d, d+1)
	}
	return c.squeeze(x, 0)
}

// prepare cuts weights and biases apart and computes what the input adds to
// the gates of all steps at once.
func (r *recurrence) prepare(x string, d, directions, steps int64) {
	n := r.gates * r.hidden
	r.weights = r.transpose(r.part(2, d, directions), 1, 0)
	gates := r.matMul(x, r.transpose(r.part(1, d, directions), 1, 0))
	if r.has(3) {
		b := r.split(r.part(3, d, directions), 0, 2, n)
		if r.Op == "GRU" && r.IntOr("linear_before_reset", 0) != 0 {
			// The reset gate scales R's share of the last gate, bias included.
			r.bias = b[1]
			gates = r.add(gates, b[0])
		} else {
			gates = r.add(gates, r.add(b[0], b[1]))
		}
	}
	r.x = r.split(gates, 0, steps, 1)
	r.state, r.cell = r.initial(5, d, directions), r.initial(6, d, directions)
	if r.has(7) {
		r.peephole = r.split(r.part(7, d, directions), 0, 3, r.hidden)
	}
}

// initial is the state before the first step, [1, batch, hidden]; "" where it is
// zero. Zeros that are written down are no weights to be trained.
func (r *recurrence) initial(i int, d, directions int64) string {
	if !r.has(i) || r.Op != "LSTM" && i > 5 {
		return ""
	}
	if t := r.constant(i); t != nil && len(t.Data) > 0 && !slices.ContainsFunc(t.Data, func(b byte) bool { return b != 0 }) {
		return ""
	}
	h := r.in(i)
	if r.IntOr("layout", 0) != 0 {
		h = r.transpose(h, 1, 0, 2)
	}
	if directions > 1 {
		h = r.slice(h, 0, d, d+1)
	}
	return h
}

// unroll goes through the steps. Where a sequence has ended the state stays
// and the output is zero; backwards, a sequence begins at its own end.
func (r *recurrence) unroll(cell step) (all, state, memory string) {
	order := make([]int, len(r.x))
	for i := range order {
		order[i] = i
	}
	if r.reverse {
		slices.Reverse(order)
	}
	state, memory = r.state, r.cell
	outputs := make([]string, len(r.x))
	for _, t := range order {
		h, m := cell(r, r.x[t], state, memory)
		outputs[t] = h
		if r.valid != nil {
			outputs[t] = r.one("Where", r.valid[t], h, r.k(0))
			h, m = r.keep(t, h, state), r.keep(t, m, memory)
		}
		state, memory = h, m
	}
	return r.concat(0, outputs...), state, memory
}

func (r *recurrence) keep(t int, next, before string) string {
	if next == "" {
		return ""
	}
	if before == "" {
		before = r.k(0)
	}
	return r.one("Where", r.valid[t], next, before)
}

// clip bounds what goes into activations, if the node asks for it.
func (r *recurrence) clip(x string) string {
	if r.Attr("clip") == nil {
		return x
	}
	v := r.attr("clip", 0)
	return r.one("Clip", x, r.k(-v), r.k(v))
}

// activate applies activation i of the direction.
func (r *recurrence) activate(i int, x string) string { return r.functions[i](r.call, r.clip(x)) }

// fromState is what the state adds to the gates; "" if the state is zero.
func (r *recurrence) fromState(state string) string {
	if state == "" {
		return ""
	}
	return r.matMul(state, r.weights)
}

// rnnStep: H' = f(X·Wᵀ + H·Rᵀ + b).
func rnnStep(r *recurrence, x, state, _ string) (string, string) {
	return r.activate(0, r.addIf(x, r.fromState(state))), ""
}

// lstmStep, with gates in the order i, o, f, c:
//
//	i = f(… + Pi⊙C), f = f(… + Pf⊙C), C' = f⊙C + i⊙g(…),
//	o = f(… + Po⊙C'), H' = o⊙h(C')
func lstmStep(r *recurrence, x, state, cell string) (string, string) {
	g := r.split(r.addIf(x, r.fromState(state)), 2, 4, r.hidden)
	peep := func(gate string, p int, c string) string {
		if r.peephole == nil || c == "" {
			return gate
		}
		return r.add(gate, r.mul(r.peephole[p], c))
	}
	in := r.activate(0, peep(g[0], 0, cell))
	next := r.mul(in, r.activate(1, g[3]))
	if cell != "" {
		var forget string
		if r.IntOr("input_forget", 0) != 0 {
			forget = r.sub(r.k(1), in)
		} else {
			forget = r.activate(0, peep(g[2], 2, cell))
		}
		next = r.add(r.mul(forget, cell), next)
	}
	out := r.activate(0, peep(g[1], 1, next))
	return r.mul(out, r.functions[2](r.call, next)), next
}

// gruStep, with gates in the order z, r, h:
//
//	H' = (1−z)⊙g(X·Whᵀ + (r⊙H)·Rhᵀ + b) + z⊙H
//
// or, with linear_before_reset, with r⊙(H·Rhᵀ + Rbh) in place of (r⊙H)·Rhᵀ.
func gruStep(r *recurrence, x, state, _ string) (string, string) {
	n := r.hidden
	g := r.split(x, 2, 3, n)
	linear := r.IntOr("linear_before_reset", 0) != 0
	var before []string // the state's share of the gates
	switch {
	case linear && (state != "" || r.bias != ""):
		share := r.fromState(state)
		if share == "" {
			share = r.unsqueeze(r.bias, 0, 1)
		} else {
			share = r.addIf(share, r.bias)
		}
		before = r.split(share, 2, 3, n)
	case !linear && state != "":
		before = r.split(r.matMul(state, r.slice(r.weights, 1, 0, 2*n)), 2, 2, n)
	default:
		before = []string{"", "", ""}
	}
	update := r.activate(0, r.addIf(g[0], before[0]))
	reset := func() string { return r.activate(0, r.addIf(g[1], before[1])) }
	candidate := g[2]
	switch {
	case linear && before[2] != "":
		candidate = r.add(candidate, r.mul(reset(), before[2]))
	case !linear && state != "":
		candidate = r.add(candidate, r.matMul(r.mul(reset(), state), r.slice(r.weights, 1, 2*n, 3*n)))
	}
	next := r.mul(r.sub(r.k(1), update), r.activate(1, candidate))
	if state == "" {
		return next, ""
	}
	return r.add(next, r.mul(update, state)), ""
}

// A function is an activation with its parameters.
type function func(c *call, x string) string

// functions reads the activations of all directions. Those that have
// parameters take them, in order, from the lists of the node.
func (c *call) functions(defaults []string, directions int) []function {
	names := slices.Repeat(defaults, directions)
	if a := c.Attr("activations"); a != nil {
		names = nil
		for _, s := range a.Strings {
			names = append(names, string(s))
		}
	}
	if len(names) != directions*len(defaults) {
		keepf("%d activations, need %d", len(names), directions*len(defaults))
	}
	list := func(name string) []float32 {
		if a := c.Attr(name); a != nil {
			return a.Floats
		}
		return nil
	}
	alpha, beta := list("activation_alpha"), list("activation_beta")
	take := func(from *[]float32, def float64) float64 {
		if len(*from) == 0 {
			return def
		}
		v := (*from)[0]
		*from = (*from)[1:]
		return float64(v)
	}
	// ONNX names no value of some, and ONNX Runtime takes 0.
	must := func(name string, from *[]float32) float64 {
		if len(*from) == 0 {
			keepf("activation %q needs activation_alpha, and Affine and ScaledTanh activation_beta", name)
		}
		return take(from, 0)
	}
	functions := make([]function, len(names))
	for i, name := range names {
		switch strings.ToLower(name) {
		case "sigmoid":
			functions[i] = plain("Sigmoid")
		case "tanh":
			functions[i] = plain("Tanh")
		case "relu":
			functions[i] = plain("Relu")
		case "softsign":
			functions[i] = plain("Softsign")
		case "softplus":
			functions[i] = plain("Softplus")
		case "leakyrelu":
			functions[i] = with("LeakyRelu", "alpha", take(&alpha, 0.01))
		case "thresholdedrelu":
			functions[i] = with("ThresholdedRelu", "alpha", must(name, &alpha))
		case "elu":
			functions[i] = with("Elu", "alpha", take(&alpha, 1))
		case "hardsigmoid":
			functions[i] = with("HardSigmoid", "alpha", take(&alpha, 0.2), "beta", take(&beta, 0.5))
		case "affine":
			a, b := must(name, &alpha), must(name, &beta)
			functions[i] = func(c *call, x string) string { return c.add(c.mul(x, c.k(a)), c.k(b)) }
		case "scaledtanh":
			a, b := must(name, &alpha), must(name, &beta)
			functions[i] = func(c *call, x string) string { return c.mul(c.one("Tanh", c.mul(x, c.k(b))), c.k(a)) }
		default:
			keepf("activation %q is not known", name)
		}
	}
	return functions
}

func plain(op string) function {
	return func(c *call, x string) string { return c.one(op, x) }
}

// with is an operator with numbers as attributes, given as name, value, ….
func with(op string, attributes ...any) function {
	return func(c *call, x string) string {
		var attrs []*onnxio.Attribute
		for i := 0; i < len(attributes); i += 2 {
			attrs = append(attrs, onnxio.FloatAttr(attributes[i].(string), float32(attributes[i+1].(float64))))
		}
		return c.op(op, []string{x}, attrs...)
	}
}
