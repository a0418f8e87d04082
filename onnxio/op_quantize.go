package onnxio

// quantizeOps convert between numbers and scaled small integers.
var quantizeOps = []operator{
	{"", "DequantizeLinear", 10, "x x_scale x_zero_point? -> y", "", dequantizeLinear},
	{"", "DequantizeLinear", 13, "x x_scale x_zero_point? -> y", "axis:int", dequantizeLinear},
	{"", "DequantizeLinear", 21, "x x_scale x_zero_point? -> y", "axis:int block_size:int", dequantizeLinear},
	{"", "DequantizeLinear", 23, "x x_scale x_zero_point? -> y", "axis:int block_size:int output_dtype:int", dequantizeLinear},
	{"", "DynamicQuantizeLinear", 11, "x -> y y_scale y_zero_point", "", dynamicQuantizeLinear},
	{"", "QuantizeLinear", 10, "x y_scale y_zero_point? -> y", "", quantizeLinear},
	{"", "QuantizeLinear", 13, "x y_scale y_zero_point? -> y", "axis:int", quantizeLinear},
	{"", "QuantizeLinear", 19, "x y_scale y_zero_point? -> y", "axis:int saturate:int", quantizeLinear},
	{"", "QuantizeLinear", 21, "x y_scale y_zero_point? -> y", "axis:int block_size:int output_dtype:int saturate:int", quantizeLinear},
	{"", "QuantizeLinear", 23, "x y_scale y_zero_point? -> y", "axis:int block_size:int output_dtype:int precision:int saturate:int", quantizeLinear},
}

func quantizeLinear(c *call) error {
	dt := c.typ(2)
	if dt == Undefined {
		var err error
		if dt, err = c.dtypeOr("output_dtype", Uint8); err != nil {
			return err
		}
	}
	c.set(0, dt, c.shape(0))
	return nil
}

func dequantizeLinear(c *call) error {
	dt, err := c.dtypeOr("output_dtype", c.typ(1))
	c.set(0, dt, c.shape(0))
	return err
}

func dynamicQuantizeLinear(c *call) error {
	c.set(0, Uint8, c.shape(0))
	c.set(1, Float32, Shape{})
	c.set(2, Uint8, Shape{})
	return nil
}
