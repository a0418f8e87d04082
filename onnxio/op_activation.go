package onnxio

import "fmt"

// activationOps work on each element and keep the shape.
var activationOps = []operator{
	{"", "Celu", 12, "X -> Y", "alpha:float", sameAsInput},
	{"", "Clip", 1, "input -> output", "consumed_inputs:ints max:float min:float", sameAsInput},
	{"", "Clip", 6, "input -> output", "max:float min:float", sameAsInput},
	{"", "Clip", 11, "input min? max? -> output", "", clip},
	{"", "Dropout", 1, "data -> output mask?", "consumed_inputs:ints is_test:int ratio:float", dropout},
	{"", "Dropout", 6, "data -> output mask?", "is_test:int ratio:float", dropout},
	{"", "Dropout", 7, "data -> output mask?", "ratio:float", dropout},
	{"", "Dropout", 12, "data ratio? training_mode? -> output mask?", "seed:int", dropout},
	{"", "Elu", 1, "X -> Y", "alpha:float consumed_inputs:ints", sameAsInput},
	{"", "Elu", 6, "X -> Y", "alpha:float", sameAsInput},
	{"", "Gelu", 20, "X -> Y", "approximate:string", sameAsInput},
	{"", "HardSigmoid", 1, "X -> Y", "alpha:float beta:float consumed_inputs:ints", sameAsInput},
	{"", "HardSigmoid", 6, "X -> Y", "alpha:float beta:float", sameAsInput},
	{"", "HardSwish", 14, "X -> Y", "", sameAsInput},
	{"", "LeakyRelu", 1, "X -> Y", "alpha:float consumed_inputs:ints", sameAsInput},
	{"", "LeakyRelu", 6, "X -> Y", "alpha:float", sameAsInput},
	{"", "Mish", 18, "X -> Y", "", sameAsInput},
	{"", "PRelu", 1, "X slope -> Y", "consumed_inputs:ints", prelu},
	{"", "PRelu", 6, "X slope -> Y", "", prelu},
	{"", "Relu", 1, "X -> Y", "consumed_inputs:ints", sameAsInput},
	{"", "Relu", 6, "X -> Y", "", sameAsInput},
	{"", "Selu", 1, "X -> Y", "alpha:float consumed_inputs:ints gamma:float", sameAsInput},
	{"", "Selu", 6, "X -> Y", "alpha:float gamma:float", sameAsInput},
	{"", "Shrink", 9, "input -> output", "bias:float lambd:float", sameAsInput},
	{"", "Sigmoid", 1, "X -> Y", "consumed_inputs:ints", sameAsInput},
	{"", "Sigmoid", 6, "X -> Y", "", sameAsInput},
	{"", "Softplus", 1, "X -> Y", "", sameAsInput},
	{"", "Softsign", 1, "input -> output", "", sameAsInput},
	{"", "Swish", 24, "X -> Y", "alpha:float", sameAsInput},
	{"", "Tanh", 1, "input -> output", "consumed_inputs:ints", sameAsInput},
	{"", "Tanh", 6, "input -> output", "", sameAsInput},
	{"", "ThresholdedRelu", 10, "X -> Y", "alpha:float", sameAsInput},
}

// sameAsInput gives the first output the type and shape of the first input.
func sameAsInput(c *call) error {
	c.set(0, c.typ(0), c.shape(0))
	return nil
}

// prelu stretches the slope to the input, never the input.
func prelu(c *call) error {
	if _, err := c.sameType(0, 1); err != nil {
		return err
	}
	if err := broadcastTo(c.shape(1), c.shape(0)); err != nil && c.opset >= 7 {
		return err
	}
	return sameAsInput(c)
}

func dropout(c *call) error {
	if dt := c.typ(0); dt != Undefined && !dt.IsFloat() {
		return fmt.Errorf("the input is %v, need floating-point numbers", dt)
	}
	if ratio, mode := c.typ(1), c.typ(2); ratio != Undefined && !ratio.IsFloat() || mode != Undefined && mode != Bool {
		return fmt.Errorf("the ratio is %v and the mode %v, need floating-point numbers and %v", ratio, mode, Bool)
	}
	if s := c.shape(1); c.opset >= 12 && len(s) > 0 {
		return fmt.Errorf("the ratio has shape %v, need a scalar", s)
	}
	mask := Bool
	if c.opset < 10 {
		mask = c.typ(0)
	}
	c.set(1, mask, c.shape(0))
	return sameAsInput(c)
}

// clip takes bounds of the input's type.
func clip(c *call) error {
	for i := 1; i <= 2; i++ {
		if _, err := c.sameType(0, i); c.has(i) && err != nil {
			return err
		}
	}
	return sameAsInput(c)
}
