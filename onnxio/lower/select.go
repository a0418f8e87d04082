package lower

import "github.com/sharewise/sharewise/onnxio"

// compress takes the elements for which a condition holds. Where it is known,
// so are their places, and taking them is a Gather.
func compress(c *call) []string {
	cond := c.constant(1)
	if cond == nil {
		keepf("how many elements it takes depends on its condition, %q, which is not known before the graph runs; choose an output before it", c.in(1))
	}
	v, err := cond.Bool()
	if err != nil {
		keepf("its condition: %v", err)
	}
	var places []int64
	for i, take := range v {
		if take {
			places = append(places, int64(i))
		}
	}
	x, axis := c.in(0), int64(0)
	if c.Attr("axis") == nil {
		x = c.reshape(x, -1)
	} else {
		axis = int64(c.axisOf("axis", 0, len(c.anyShape(0))))
	}
	return []string{c.op("Gather", []string{x, c.b.Int64s(places...)}, onnxio.IntAttr("axis", axis))}
}
