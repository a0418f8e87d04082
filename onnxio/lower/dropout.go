package lower

import "github.com/sharewise/sharewise/onnxio"

// dropout asks a Dropout in training mode for its mask, which its gradient
// needs.
func dropout(c *call) []string {
	training := c.constant(2)
	if training == nil || !isTrue(training) || c.gives(1) {
		return nil
	}
	attrs := append([]*onnxio.Attribute{}, c.Attrs...)
	return c.b.Ops("Dropout", 2, c.Inputs, attrs...)[:1]
}
