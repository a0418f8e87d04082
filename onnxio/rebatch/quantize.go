package rebatch

import "fmt"

// quantize is for QuantizeLinear and DequantizeLinear: of one scale, or of one
// for each element along the dimension of the attribute axis.
func quantize(c *call) error {
	if err := c.alone(0); err != nil {
		return err
	}
	if product(c.shapes[1]) == 1 && len(c.shapes[1]) < 2 {
		return c.give(c.place)
	}
	return along(1)(c)
}

// dynamicQuantize gives integers with their batch where that of the input is. The
// range that it chooses is that of the minibatch, the same for all samples.
func dynamicQuantize(c *call) error {
	c.deliver(c.out[0], c.place)
	c.append(c.Node)
	return nil
}

// matMulInteger is matMul of integers with one zero point for each matrix.
func matMulInteger(c *call) error {
	if err := c.alone(0, 1); err != nil {
		return err
	}
	for i := range c.shapes[2:] {
		if product(c.shapes[2+i]) != 1 {
			return fmt.Errorf("its input %d has a zero point for each row or column", 2+i)
		}
	}
	return matMul(c)
}
