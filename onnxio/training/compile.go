package training

import (
	"fmt"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/autodiff"
	"github.com/sharewise/sharewise/onnxio/kernels"
)

// compiler holds what all graphs of a program share.
type compiler struct {
	cfg    Config
	trunk  *trunk
	heads  []head
	update optimizer
	params []Param // of the trunk, then of the heads
	state  []Param
	// apart says that domains keep statistics of their own; buffers are those
	// of all.
	apart   bool
	buffers []Param
}

// Compile turns a configuration into graphs. Its errors match ErrConfig,
// ErrTrunk or ErrInit, or are those of package autodiff for an operator that
// cannot be differentiated; each says which node, value or setting is to
// blame. The trunk is not changed and not retained.
func Compile(cfg Config) (*Program, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	t, err := readTrunk(cfg)
	if err != nil {
		return nil, err
	}
	if rows := int64(totalBatch(cfg.Domains)); t.bound != 0 && rows != t.bound {
		return nil, &BatchError{Bound: t.bound, Rows: rows, Err: t.unbatched}
	}
	c := &compiler{cfg: cfg, trunk: t, params: t.params}
	for _, d := range cfg.Domains {
		h := newHead(d, t.features)
		if cfg.KeepHead {
			if h, err = t.head(d); err != nil {
				return nil, err
			}
		}
		c.heads = append(c.heads, h)
	}
	if cfg.DomainAdapters && len(cfg.Domains) > 1 {
		if err := t.findAdapters(); err != nil {
			return nil, err
		}
	}
	for i := range c.heads {
		h := &c.heads[i]
		h.adapters = t.adaptersOf(h.Name)
		h.params = append(h.params, h.adapters...)
		c.params = append(c.params, h.params...)
	}
	if len(trainable(c.params)) == 0 {
		return nil, fmt.Errorf("training: %w: all parameters are frozen, and the model keeps its head, so that nothing trains; freeze less, or put a new layer on", ErrConfig)
	}
	own := cfg.BatchNorm == DomainStatistics || len(t.adapters) > 0
	c.apart = own && len(cfg.Domains) > 1 && len(t.trained()) > 0
	if !c.apart {
		c.buffers = t.buffers("")
	}
	for _, d := range cfg.Domains {
		if c.apart {
			c.buffers = append(c.buffers, t.buffers(d.Name)...)
		}
	}
	if err := c.checkBatches(); err != nil {
		return nil, err
	}
	c.update = cfg.Optimizer.rule()
	for _, slot := range c.update.slots() {
		for _, p := range trainable(c.params) {
			c.state = append(c.state, Param{
				Name: stateName(slot, p.Name), Shape: p.Shape, Init: Init{Rule: "zeros"}, Domain: p.Domain, Of: p.Name,
			})
		}
	}
	return c.program()
}

// totalBatch is the number of rows of the joined minibatch.
func totalBatch(domains []Domain) (rows int) {
	for _, d := range domains {
		rows += d.Batch
	}
	return rows
}

func (c *compiler) program() (*Program, error) {
	p := &Program{Params: c.params, State: c.state, Buffers: c.buffers}
	var err error
	if p.Step, p.Choices, err = c.step(); err != nil {
		return nil, err
	}
	if p.Steps, err = c.steps(); err != nil {
		return nil, err
	}
	for _, name := range c.trunk.inputs() {
		p.Inputs = append(p.Inputs, p.Step.Graph.Input(name))
	}
	for i := range c.heads {
		p.Domains = append(p.Domains, c.heads[i].Domain)
		eval, err := c.eval(&c.heads[i], kernels.Form{})
		if err != nil {
			return nil, err
		}
		fast, err := eval, nil
		if len(c.cfg.Form.Passes) > 0 {
			if fast, err = c.eval(&c.heads[i], c.cfg.Form); err != nil {
				return nil, err
			}
		}
		p.FormEval = append(p.FormEval, fast)
		predict, err := c.predict(&c.heads[i])
		if err != nil {
			return nil, err
		}
		p.Eval, p.Predict = append(p.Eval, eval), append(p.Predict, predict)
	}
	if !c.cfg.Gradients || len(trainable(c.trunk.params)) == 0 {
		return p, nil
	}
	if p.Gradients, err = c.gradients(); err != nil {
		return nil, err
	}
	if p.Gram, err = c.gram(); err != nil {
		return nil, err
	}
	if p.Update, err = c.combine(); err != nil {
		return nil, err
	}
	return p, nil
}

// batches lists the rows of each domain in the joined minibatch.
func (c *compiler) batches() (sizes []int64, rows int64) {
	for _, h := range c.heads {
		sizes = append(sizes, int64(h.Batch))
		rows += int64(h.Batch)
	}
	return sizes, rows
}

// statistics says how the trunk is laid for a domain alone.
func (c *compiler) statistics(h *head, batch bool) statistics {
	s := statistics{batch: batch, of: c.adapting(h)}
	if c.apart {
		s.domain = h.Name
	}
	return s
}

// adapting says whose adapters the rows of domains go through, none where there are no
// adapters.
func (c *compiler) adapting(heads ...*head) (of []rowsOf) {
	for _, h := range heads {
		if len(h.adapters) > 0 {
			of = append(of, rowsOf{h.Name, int64(h.Batch)})
		}
	}
	return of
}

// features lays the trunk for training and returns the features of every
// domain's rows of the joined minibatch. The trunk is laid once, over all rows,
// unless domains have statistics of their own.
func (c *compiler) features(d *draft, sizes []int64) (features []string) {
	if !c.apart {
		var all []*head
		for i := range c.heads {
			all = append(all, &c.heads[i])
		}
		return d.split(c.trunk.layFlat(d, c.trunk.inputs(), statistics{batch: true, of: c.adapting(all...)}), sizes)
	}
	return c.separate(d, sizes)
}

// separate is features with the trunk laid once per domain.
func (c *compiler) separate(d *draft, sizes []int64) (features []string) {
	parts := make([][]string, len(sizes)) // by domain, the data inputs
	for _, x := range c.trunk.inputs() {
		for i, part := range d.split(x, sizes) {
			parts[i] = append(parts[i], part)
		}
	}
	for i, xs := range parts {
		features = append(features, c.trunk.layFlat(d, xs, c.statistics(&c.heads[i], true)))
	}
	return features
}

// declareHeads declares the inputs of all heads and returns the targets.
func (c *compiler) declareHeads(d *draft, sizes []int64) (targets []string) {
	for i := range c.heads {
		targets = append(targets, c.heads[i].target(d, onnxio.Dim{Size: sizes[i]}))
		d.params(c.heads[i].params)
	}
	return targets
}

// domainLoss names what the loss of one domain is made of.
type domainLoss struct {
	scores    string
	cotangent string // of the scores, for the unweighted mean loss
	samples   string // losses of the samples
}

// losses appends heads and losses.
func (c *compiler) losses(d *draft, features, targets []string) []domainLoss {
	all := make([]domainLoss, len(c.heads))
	for i := range c.heads {
		h := &c.heads[i]
		scores := h.scores(d, "", features[i])
		l := h.judge(scores, targets[i])
		samples := h.rule.samples(d, "", l)
		all[i] = domainLoss{scores, h.rule.cotangent(d, l, d.floats(h.factor())), samples}
	}
	return all
}

// means computes OutputLosses.
func (c *compiler) means(d *draft, losses []domainLoss) {
	var sums []string
	var inverse []float32
	for i, l := range losses {
		sums = append(sums, d.Op("ReduceSum", []string{l.samples, d.Int64s(0)}, onnxio.IntAttr("keepdims", 1)))
		inverse = append(inverse, 1/float32(c.heads[i].Batch))
	}
	d.OpNamed(OutputLosses, "Mul", []string{d.join("", sums, 0), d.floats(inverse...)})
}

// gradient appends the derivatives of the seeded values of d's graph: seeds
// are cotangents by value. types are those of before the first gradient; kept says
// why nodes were not lowered.
func gradient(d *draft, types map[string]*onnxio.Value, seeds map[string]string, wrt []string, kept []*onnxio.NodeError) (map[string]string, error) {
	g, err := autodiff.Gradient(d.Builder, d.opset(), types, seeds, wrt, d.gradientForm()...)
	if err != nil {
		return nil, fmt.Errorf("training: %s graph: %w", d.model.Graph.Name, autodiff.Explain(err, kept))
	}
	return g, nil
}

// infer returns the types of the values that d's graph has so far.
func (d *draft) infer() (map[string]*onnxio.Value, error) {
	types, err := onnxio.InferShapes(d.model)
	if err != nil {
		return nil, fmt.Errorf("training: %s graph: %w", d.model.Graph.Name, err)
	}
	return types, nil
}
