package training

import (
	"fmt"
	"net/url"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// norm is a BatchNormalization of the trunk. Its node in trunk.nodes has lost
// the statistics among its inputs and outputs; lay gives it those of its use.
type norm struct {
	mean, variance Param // the running statistics, named as where domains share them
	// keep is the part of the running statistics that a step keeps: ONNX's
	// momentum, which is 1 − PyTorch's.
	keep   float32
	perRow int64 // elements per channel that one row of a minibatch has
	// frozen says that the stored statistics are constants.
	frozen bool
}

// statistics says what the batch normalisations of a laid trunk normalise with, and
// whose adapters its layers have.
type statistics struct {
	batch  bool     // with the values at hand, else with the running statistics
	domain string   // whose running statistics; empty where domains share them
	of     []rowsOf // whose adapters, row by row; of no matter where there are none
}

// owner is the domain that what a laid trunk computes belongs to, empty where domains
// share it.
func (s statistics) owner() string {
	if s.domain == "" && len(s.of) == 1 {
		return s.of[0].domain
	}
	return s.domain
}

// normalised is a batch normalisation in a draft.
type normalised struct {
	*norm
	domain         string
	x              string // what is normalised
	mean, variance string // of the batch, empty with running statistics
}

// readNorm takes the statistics off a BatchNormalization and returns the node
// that stays. Statistics that are computed can only be left as they are.
func (t *trunk) readNorm(m *onnxio.Model, i int, mode BatchNorm) (*onnxio.Node, error) {
	g, n := m.Graph, m.Graph.Nodes[i].Clone()
	if len(n.Inputs) != 5 {
		return nil, nodeError(g, i, fmt.Sprintf("it has %d inputs, not 5", len(n.Inputs)))
	}
	mean, meanOK, err := t.readStatistic(m, n.Inputs[3])
	if err != nil {
		return nil, err
	}
	variance, varianceOK, err := t.readStatistic(m, n.Inputs[4])
	if err != nil {
		return nil, err
	}
	n.Attrs = slices.DeleteFunc(n.Attrs, func(a *onnxio.Attribute) bool { return a.Name == "training_mode" })
	n.Outputs = n.Outputs[:1]
	switch {
	case meanOK && varianceOK:
	case mode == FrozenStatistics:
		return n, nil // with the inputs that it has
	default:
		return nil, nodeError(g, i, fmt.Sprintf("its running statistics %q and %q are computed, so training cannot update them; store them as initializers, or freeze the statistics", n.Inputs[3], n.Inputs[4]))
	}
	t.norms[n] = &norm{
		mean: mean, variance: variance, keep: n.FloatOr("momentum", 0.9),
		frozen: mode == FrozenStatistics || mean.Init.Rule == frozen || variance.Init.Rule == frozen,
	}
	n.Inputs = n.Inputs[:3]
	return n, nil
}

// readStatistic finds what a running statistic starts with: an initializer, a
// Constant or an input with a rule, perhaps behind Identity, by which exporters
// let several nodes share one tensor. ok is false if it is none of these.
func (t *trunk) readStatistic(m *onnxio.Model, name string) (p Param, ok bool, err error) {
	g := m.Graph
	source, value := name, g.Initializer(name)
	for range g.Nodes {
		i := slices.IndexFunc(g.Nodes, func(n *onnxio.Node) bool { return slices.Contains(n.Outputs, source) })
		if value != nil || i < 0 {
			break
		}
		switch n := g.Nodes[i]; {
		case n.OpName() == "Identity":
			source = n.Inputs[0]
			value = g.Initializer(source)
		case n.OpName() == "Constant" && n.Attr("value") != nil:
			value = n.Attr("value").Tensor
		default:
			return Param{}, false, nil
		}
	}
	p = Param{Name: name, Source: source, Init: Init{Rule: "value"}}
	rule, hasRule := m.Property(InitProperty + source)
	switch input := g.Input(source); {
	case value != nil:
		if p.Value, err = value.Float32(); err != nil {
			return Param{}, false, valueError(g, name, "%w", err)
		}
		p.Shape = slices.Clone(value.Shape)
	case input != nil && hasRule:
		shape, known := input.Shape.Ints()
		if !known {
			return Param{}, false, valueError(g, name, "a running statistic must have a known shape, not %v", input.Shape)
		}
		p.Shape = shape
	default:
		return Param{}, false, nil
	}
	switch {
	case !hasRule || rule == "value" && value != nil:
	case rule == frozen && value != nil, rule == "zeros", rule == "ones":
		p.Init.Rule = rule
	default:
		return Param{}, false, valueError(g, source, "rule %q is none for a running statistic; choose zeros, ones, or for an initializer value or %s", rule, frozen)
	}
	return p, true, nil
}

// nameStatistics makes the names of running statistics unique: several nodes
// may start from one tensor, but each keeps statistics of its own.
func (t *trunk) nameStatistics() {
	taken := map[string]bool{}
	for _, p := range t.params {
		taken[p.Name] = true
	}
	free := func(name string) string {
		if reserved(name) {
			name = trunkPrefix + name
		}
		unique := name
		for i := 1; taken[unique]; i++ {
			unique = fmt.Sprintf("%s_%d", name, i)
		}
		taken[unique] = true
		return unique
	}
	for _, n := range t.trained() {
		n.mean.Name, n.variance.Name = free(n.mean.Name), free(n.variance.Name)
	}
}

// trained lists the batch normalisations that keep running statistics, in the
// order of the nodes.
func (t *trunk) trained() []*norm {
	var all []*norm
	for _, n := range t.nodes {
		if norm := t.norms[n]; norm != nil && !norm.frozen {
			all = append(all, norm)
		}
	}
	return all
}

// buffers lists the running statistics of a domain, or of all if it is empty.
func (t *trunk) buffers(domain string) []Param {
	var all []Param
	for _, n := range t.trained() {
		for _, p := range []Param{n.mean, n.variance} {
			p.Name, p.Domain = scoped(domain, p.Name), domain
			all = append(all, p)
		}
	}
	return all
}

// scoped is the name of what belongs to one domain: the domain is escaped, so
// that no two have names in common.
func scoped(domain, name string) string {
	if domain == "" {
		return name
	}
	return domainPrefix + url.PathEscape(domain) + "/" + name
}

// normalise completes a batch normalisation that is being laid.
//
// To normalise with the batch it is put into training mode. ONNX Runtime then
// overwrites the tensors that come in as running statistics, whoever else reads
// them, so they are temporaries of this node alone; with momentum 0 their
// values do not matter, and what comes out are the statistics of the batch.
func (d *draft) normalise(norm *norm, n *onnxio.Node, s statistics) {
	if norm.frozen {
		n.Inputs = append(n.Inputs, d.stored(norm.mean), d.stored(norm.variance))
		return
	}
	use := normalised{norm: norm, domain: s.domain, x: n.Inputs[0]}
	mean, variance := scoped(s.domain, norm.mean.Name), scoped(s.domain, norm.variance.Name)
	if s.batch {
		mean, variance = d.Op("Neg", []string{mean}), d.Op("Neg", []string{variance})
		use.mean, use.variance = d.Name("batch_mean"), d.Name("batch_variance")
		n.Outputs = append(n.Outputs, use.mean, use.variance)
		n.Attrs = slices.DeleteFunc(n.Attrs, func(a *onnxio.Attribute) bool { return a.Name == "momentum" })
		n.Attrs = append(n.Attrs, onnxio.FloatAttr("momentum", 0), onnxio.IntAttr("training_mode", 1))
	}
	n.Inputs = append(n.Inputs, mean, variance)
	d.norms = append(d.norms, use)
}

// stored returns the name of a constant with the elements of a statistic.
func (d *draft) stored(p Param) string {
	v := p.Value
	if v == nil {
		v = Initialize(p, nil)
	}
	return d.Initializer(onnxio.NewFloat32(p.Name, p.Shape, v))
}

// elements is the number of elements per channel in a value [N,C,D…].
func elements(shape []int64) int64 { return size(shape) / shape[1] }

// shapeOf is the shape of a value if all of it is known.
func shapeOf(v *onnxio.Value) ([]int64, bool) {
	if v == nil {
		return nil, false
	}
	return v.Shape.Ints()
}

// countNormed finds how many elements the batch normalisations of a draft
// normalise together.
func (d *draft) countNormed(types map[string]*onnxio.Value, batch int64) error {
	for _, n := range d.norms {
		shape, ok := shapeOf(types[n.x])
		if !ok || len(shape) < 2 || size(shape) < 1 {
			return valueError(d.model.Graph, n.x, "it goes into a batch normalisation, so its shape must be known and have a dimension of channels after the batch, and not be %v", shape)
		}
		n.perRow = elements(shape) / batch
	}
	return nil
}

// checkBatches refuses minibatches whose statistics would be those of single
// elements.
func (c *compiler) checkBatches() error {
	_, rows := c.batches()
	for _, n := range c.trunk.trained() {
		if !c.apart && n.perRow*rows < 2 {
			return fmt.Errorf("training: %w: with %d rows per step, the statistics kept in %q would be those of single elements; give more rows, or choose batch norm %s", ErrConfig, rows, n.mean.Name, FrozenStatistics)
		}
		for _, h := range c.heads {
			if c.apart && n.perRow*int64(h.Batch) < 2 {
				return fmt.Errorf("training: %w: domain %s has %d rows per step, so its own statistics in %q would be those of single elements; give it more rows, or choose batch norm %s or %s", ErrConfig, h.Name, h.Batch, n.mean.Name, SharedStatistics, FrozenStatistics)
			}
		}
	}
	return nil
}

// follow appends the next running statistics: of the old ones, the part keep
// stays, and the rest comes from the batch. The variance of the batch is that
// of a population of M; the running one estimates that of all data, with the
// factor M/(M−1), as PyTorch has it.
func (d *draft) follow(types map[string]*onnxio.Value) {
	move := func(name, batch string, keep float32, factor float64) {
		part := d.scale(batch, float32((1-float64(keep))*factor))
		d.OpNamed(NextName(name), "Add", []string{d.scale(name, keep), part})
	}
	for _, n := range d.norms {
		shape, _ := shapeOf(types[n.x]) // known, as countNormed saw to
		m := float64(elements(shape))
		move(scoped(n.domain, n.norm.mean.Name), n.mean, n.keep, 1)
		move(scoped(n.domain, n.norm.variance.Name), n.variance, n.keep, m/(m-1))
	}
}
