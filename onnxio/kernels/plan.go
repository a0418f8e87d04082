package kernels

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/onnxio"
)

// plan decides which nodes are computed channels last: those for which the sum
// of what kernels gain, less what transpositions at the borders cost, becomes
// largest, as far as moving the border node by node finds it.
func (r *rewriter) plan() []Choice {
	why := make([]string, len(r.nodes))
	for i, n := range r.nodes {
		f := forms[n.OpName()]
		if f == nil {
			continue
		}
		if why[i] = f.fits(r, n); why[i] != "" {
			continue
		}
		r.forms[i], r.last[i] = f, true
		if f.gain != nil {
			r.gains[i] = f.gain(r, n)
			if r.opt.Everywhere && r.gains[i] != 0 {
				r.gains[i] += 1e15
			}
		}
	}
	r.moveBorder()
	r.dropParts()
	var choices []Choice
	for i, n := range r.nodes {
		f := forms[n.OpName()]
		if f == nil || f.gain == nil || why[i] == "" && r.gains[i] == 0 {
			continue
		}
		c := Choice{Node: n.Name, Op: n.OpName(), Kernel: r.last[i], Why: why[i]}
		switch {
		case c.Kernel && r.gains[i] < 0:
			c.Why = fmt.Sprintf("costs about %s a sample, less than transpositions before and behind it", microseconds(-r.gains[i]))
		case c.Kernel:
			c.Why = fmt.Sprintf("saves about %s a sample", microseconds(r.gains[i]))
		case c.Why == "" && r.gains[i] < 0:
			c.Why = fmt.Sprintf("a kernel would take about %s a sample longer", microseconds(-r.gains[i]))
		case c.Why == "":
			c.Why = fmt.Sprintf("a kernel would save about %s a sample, the transpositions that it needs cost more", microseconds(r.gains[i]))
		}
		choices = append(choices, c)
	}
	return choices
}

func microseconds(ns float64) string {
	return strings.TrimSuffix(fmt.Sprintf("%.1f", ns/1000), ".0") + " µs"
}

// moveBorder takes nodes out of the region, one by one, as long as that saves
// more transpositions than it loses kernels.
func (r *rewriter) moveBorder() {
	for changed := true; changed; {
		changed = false
		for i := range r.nodes {
			if !r.last[i] {
				continue
			}
			before := r.bordersOf(i)
			r.last[i] = false
			if r.bordersOf(i)+r.gain(i) <= before {
				changed = true
				continue
			}
			r.last[i] = true
		}
	}
}

// gain is what a node of the region saves: as a kernel, or by becoming part of
// one before it.
func (r *rewriter) gain(i int) float64 {
	n := r.nodes[i]
	if r.forms[i].gain != nil || n.OpName() != "Relu" && n.OpName() != "Add" || !r.opt.uses(Fuse) {
		return r.gains[i]
	}
	for _, x := range n.Inputs {
		p, ok := r.producers[x]
		if ok && r.last[p] && r.gains[p] != 0 && len(r.consumers[x]) == 1 && !r.kept[x] {
			return passing * float64(r.perSample(n.Outputs[0]))
		}
	}
	return 0
}

// ports lists the images that a node of the region reads and gives channels
// last.
func (r *rewriter) ports(i int) []string {
	n := r.nodes[i]
	var all []string
	for _, x := range r.forms[i].images(r, n) {
		if !slices.Contains(all, x) {
			all = append(all, x)
		}
	}
	for _, y := range n.Outputs {
		if r.givesLast(i, y) {
			all = append(all, y)
		}
	}
	return all
}

// givesLast reports whether a value of a node is an image that the node gives
// channels last if it is in the region.
func (r *rewriter) givesLast(i int, value string) bool {
	return value != "" && r.image(value) && r.nodes[i].OpName() != "Transpose"
}

// bordersOf is what the transpositions of a node's images cost.
func (r *rewriter) bordersOf(i int) (cost float64) {
	for _, v := range r.ports(i) {
		cost += r.border(v)
	}
	return cost
}

// border is what the transposition of a value costs that lies on the border of
// the region, in nanoseconds a sample; 0 if it does not.
func (r *rewriter) border(value string) float64 {
	p, computed := r.producers[value]
	inside := computed && r.last[p] && r.givesLast(p, value)
	crosses := inside && r.kept[value]
	for _, c := range r.consumers[value] {
		takes := r.last[c] && slices.Contains(r.forms[c].images(r, r.nodes[c]), value)
		crosses = crosses || takes != inside
	}
	switch {
	case !crosses:
		return 0
	case r.flat(value):
		return viewing
	}
	dims, _ := r.shape(value)
	cost := transposing(dims[0], r.perSample(value))
	if r.opt.Gradient && computed {
		cost *= 2 // its cotangent is transposed too
	}
	return cost
}

// dropParts takes out connected parts of the region that do not pay, each as a
// whole.
func (r *rewriter) dropParts() {
	part := make([]int, len(r.nodes))
	for i := range part {
		part[i] = i
	}
	var root func(i int) int
	root = func(i int) int {
		if part[i] != i {
			part[i] = root(part[i])
		}
		return part[i]
	}
	owner := map[string]int{}
	for i := range r.nodes {
		if !r.last[i] {
			continue
		}
		for _, v := range r.ports(i) {
			if o, ok := owner[v]; ok {
				part[root(i)] = root(o)
			}
			owner[v] = i
		}
	}
	net := map[int]float64{}
	seen := map[string]bool{}
	for i := range r.nodes {
		if !r.last[i] {
			continue
		}
		net[root(i)] += r.gain(i)
		for _, v := range r.ports(i) {
			if !seen[v] {
				net[root(i)] -= r.border(v)
			}
			seen[v] = true
		}
	}
	for i := range r.nodes {
		if r.last[i] && net[root(i)] <= 0 {
			r.last[i] = false
		}
	}
}

// fusion is what a kernel does besides: it adds a value, applies Relu, and takes the
// largest of windows.
type fusion struct {
	node *onnxio.Node // nil: none; the convolution or normalisation
	add  string
	relu bool
	pool bool
}

// fuse finds convolutions and normalisations of batches whose results nothing
// but an addition or a Relu reads, or both in turn. They are written where the
// last of these nodes is. Where no gradient is taken, which would ask for the place of
// each maximum, convolutions take the largest of windows besides.
func (r *rewriter) fuse() {
	if !r.opt.uses(Fuse) {
		return
	}
	for i, n := range slices.Backward(r.nodes) {
		if !r.last[i] || r.gone[i] || n.OpName() != "Conv" && n.OpName() != "BatchNormalization" {
			continue
		}
		if r.forms[i].gain == nil || !r.isKernel(i) {
			continue
		}
		f, end := fusion{node: n}, i
		chain := []int{i}
		extend := func(next int) { end, chain = next, append(chain, next) }
		if next, ok := r.freeReader(end); ok && r.nodes[next].OpName() == "Add" {
			a := r.nodes[next]
			other := a.Inputs[0]
			if other == n.Outputs[0] {
				other = a.Inputs[1]
			}
			if other != n.Outputs[0] && r.alike(other, n.Outputs[0]) {
				f.add = other
				extend(next)
			}
		}
		relu := func() {
			if next, ok := r.freeReader(end); ok && !f.relu && r.nodes[next].OpName() == "Relu" {
				f.relu = true
				extend(next)
			}
		}
		relu()
		if next, ok := r.freeReader(end); ok && r.pools(n, f, r.nodes[next]) {
			f.pool = true
			extend(next)
			relu()
		}
		if end == i {
			continue
		}
		r.fused[end] = f
		for _, k := range chain[:len(chain)-1] {
			r.gone[k] = true
		}
	}
}

// pools reports whether a convolution may do a pooling that follows it.
func (r *rewriter) pools(n *onnxio.Node, f fusion, next *onnxio.Node) bool {
	return n.OpName() == "Conv" && f.add == "" && !r.opt.Gradient && r.opt.uses(Pool) && r.halves(next)
}

// freeReader is the node of the region that alone reads the first result of node i,
// and is not taken yet.
func (r *rewriter) freeReader(i int) (int, bool) {
	next, ok := r.onlyReader(r.nodes[i].Outputs[0])
	return next, ok && r.fused[next].node == nil
}

// isKernel reports whether a node of the region becomes a kernel and is no
// combination of standard operators.
func (r *rewriter) isKernel(i int) bool {
	n := r.nodes[i]
	return n.OpName() == "Conv" || n.IntOr("training_mode", 0) != 0
}

// onlyReader is the node of the region that alone reads a value.
func (r *rewriter) onlyReader(value string) (int, bool) {
	c := r.consumers[value]
	if len(c) != 1 || r.kept[value] || !r.last[c[0]] || r.gone[c[0]] {
		return 0, false
	}
	return c[0], true
}

// alike reports whether two images have one shape.
func (r *rewriter) alike(a, b string) bool {
	if !r.image(a) || !r.image(b) {
		return false
	}
	x, y := r.types[a].Shape, r.types[b].Shape
	return slices.Equal(x, y)
}
