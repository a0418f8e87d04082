package autodiff

// An operator is one meaning of an operator name: from version Since of its
// operator set on, up to the next entry. Versions that only admitted more
// element types share an entry.
type operator struct {
	Domain string // "" is ai.onnx
	Name   string
	Since  int64
}

// A vjp emits the nodes that turn the cotangent of a call's outputs into the
// cotangent of one of its inputs, and returns the name of the result; "" says
// that it is zero.
type vjp func(c *call) string

// A rule is how one operator is differentiated.
type rule struct {
	// inputs has the VJP of every input, nil where the operator has no
	// derivative by it that anyone asked for. Inputs of integer or bool types
	// are never asked for.
	inputs []vjp
	// variadic stands for inputs where there may be any number of them.
	variadic func(c *call, i int) string
	// spread is the shape in which the VJP of input i gives its result if the
	// operator broadcasts; the loop sums it down to the input's shape. nil
	// says that VJPs give the input's shape.
	spread func(c *call, i int) []int64
	// anyOutput says that the rule reads the cotangents of all outputs. Other
	// rules are called only if the first output has one.
	anyOutput bool
}

// by is the VJP of input i, nil if there is none.
func (r rule) by(i int) vjp {
	switch {
	case r.variadic != nil:
		return func(c *call) string { return r.variadic(c, i) }
	case i < len(r.inputs):
		return r.inputs[i]
	}
	return nil
}

// exact is a rule of VJPs that give the shape of their input.
func exact(inputs ...vjp) rule { return rule{inputs: inputs} }

// broadcasting is a rule of VJPs that give the shape of the output, to which
// the inputs broadcast.
func broadcasting(inputs ...vjp) rule { return rule{inputs: inputs, spread: likeOutput} }

// slope is the rule of y = f(a), elementwise, given f's derivative.
func slope(derivative vjp) rule {
	return exact(func(c *call) string { return c.mul(c.dy, derivative(c)) })
}

// each is the rule of an operator with any number of inputs that broadcast to
// its output.
func each(variadic func(c *call, i int) string) rule {
	return rule{variadic: variadic, spread: likeOutput}
}

// parts is the rule of an operator with any number of inputs that keep their
// shape.
func parts(variadic func(c *call, i int) string) rule { return rule{variadic: variadic} }

// outputs is a rule that reads the cotangents of several outputs.
func outputs(inputs ...vjp) rule { return rule{inputs: inputs, anyOutput: true} }

// flat is the rule of an operator whose derivative is zero wherever it exists.
var flat = exact(func(*call) string { return "" })

func likeOutput(c *call, _ int) []int64 { return c.yShape() }

// pass hands the cotangent on as it is.
func pass(c *call) string { return c.dy }

// view hands the cotangent on in the shape of the first input.
func view(c *call) string { return c.reshape(c.dy, c.inShape(0)...) }
