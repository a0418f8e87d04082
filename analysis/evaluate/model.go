package evaluate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/imagefile"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/kernels"
	"github.com/sharewise/sharewise/onnxio/rebatch"
)

// A chunk, the samples that are run at a time, has at most mostRows of them and
// about chunkNumbers input numbers; see ChunkRows too.
const (
	mostRows     = 256
	chunkNumbers = 1 << 22
)

// Model is a model ready to judge samples.
type Model struct {
	form    Form
	input   *onnxio.Value // as the model declares it
	fixed   int           // samples of a chunk where the model takes no others; else 0
	doubt   string
	order   *Order
	output  string // of the session
	session exec.Session
	fast    exec.Session // the same in a faster form; nil for none
	used    exec.Session // which of the two judges
	// computed says how the last split was computed, see Computed.
	computed string
	threads  int // chunks that are run at a time
	rows     int // of a chunk, where the model takes any number of samples
}

// samplesName is the input of a prepared graph whose model does not take float32.
const samplesName = "sharewise.samples"

// scoresName is the output of a prepared graph that has one.
const scoresName = "sharewise.scores"

// Open prepares a model for a form. The model is not changed.
func Open(b exec.Backend, m *onnxio.Model, f Form, o exec.Options) (*Model, error) {
	models, err := OpenAll(b, m, []Form{f}, o)
	if err != nil {
		return nil, err
	}
	return models[0], nil
}

// OpenAll prepares a model for several forms, which name the same input and fix
// the same values, in one session. Closing one of what it returns closes all.
func OpenAll(b exec.Backend, m *onnxio.Model, forms []Form, o exec.Options) ([]*Model, error) {
	return openAll(b, m, forms, o, kernels.Form{})
}

func openAll(b exec.Backend, m *onnxio.Model, forms []Form, o exec.Options, form kernels.Form) ([]*Model, error) {
	first := forms[0]
	input := m.Graph.Input(first.Input)
	if input == nil {
		return nil, fmt.Errorf("evaluate: the model has no input %q; there are %s", first.Input, names(m.Graph.Inputs))
	}
	fixed := 0
	if s := input.Shape; len(s) > 0 && s[0].Known() {
		fixed = max(1, int(s[0].Size))
	}
	outputs := map[string]string{} // of the session, by value
	models := make([]*Model, len(forms))
	for i, f := range forms {
		if f.Input != first.Input || !maps.Equal(f.Fixed, first.Fixed) {
			return nil, fmt.Errorf("evaluate: forms with inputs %q and %q do not share a session", first.Input, f.Input)
		}
		if m.Graph.Output(f.Output) == nil && producer(m.Graph, f.Output) == nil {
			return nil, fmt.Errorf("evaluate: the model has no value %q; its outputs are %s", f.Output, names(m.Graph.Outputs))
		}
		if outputs[f.Output] == "" {
			outputs[f.Output] = scoresName + strings.Repeat("'", len(outputs))
		}
		models[i] = &Model{form: f, input: input, output: outputs[f.Output]}
	}
	prepared, err := first.prepare(m, outputs)
	if err != nil {
		return nil, err
	}
	session := exec.Session(nil)
	// Chunks side by side on a thread each take less time than one after another on
	// all threads. Where a model draws numbers these depend on the order of the chunks.
	threads := max(1, o.Threads)
	if !draws(prepared.Graph) {
		o.Threads = 1
	} else {
		threads = 1
	}
	rows, opened := ChunkRows(prepared), prepared
	if free := freed(prepared, fixed); free != nil {
		if session, err = b.Open(free, o); err == nil {
			fixed, rows, opened = 0, ChunkRows(free), free
		}
	}
	if session == nil {
		if session, err = b.Open(prepared, o); err != nil {
			return nil, fmt.Errorf("evaluate: %w", err)
		}
	}
	fast := faster(b, opened, o, form)
	for _, model := range models {
		model.session, model.fast, model.used = session, fast, session
		model.fixed, model.threads, model.rows = fixed, threads, rows
	}
	return models, nil
}

// draws reports whether a graph draws random numbers.
func draws(g *onnxio.Graph) bool {
	return slices.ContainsFunc(g.Nodes, func(n *onnxio.Node) bool {
		switch n.Op {
		case "Dropout": // told to train
			return len(n.Inputs) > 2
		case "Bernoulli", "Multinomial", "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike":
			return true
		}
		return slices.ContainsFunc(n.Attrs, func(a *onnxio.Attribute) bool {
			return a.Graph != nil && draws(a.Graph) || slices.ContainsFunc(a.Graphs, draws)
		})
	})
}

// freed makes a prepared model that was exported for one sample at a time, which
// is slow, take any number of samples. It returns nil where the model takes more
// already, cannot be changed, or would judge a sample otherwise.
func freed(m *onnxio.Model, fixed int) *onnxio.Model {
	if fixed == 0 {
		return nil
	}
	in := m.Graph.Inputs[0]
	free, err := rebatch.Free(m, []string{in.Name})
	if err != nil || rebatch.Mixes(free) || !slices.Equal(free.Graph.Input(in.Name).Shape[1:], in.Shape[1:]) {
		return nil
	}
	return free
}

// Close releases the model.
func (m *Model) Close() error {
	if m.fast == nil {
		return m.session.Close()
	}
	return errors.Join(m.session.Close(), m.fast.Close())
}

// prepare returns a model that takes samples as float32, whatever the original
// takes, and gives the values of outputs alone, under their new names, as
// float32. Quantized integers become the numbers that they stand for.
func (f *Form) prepare(m *onnxio.Model, outputs map[string]string) (*onnxio.Model, error) {
	out := *m
	g := *m.Graph
	out.Graph = &g
	g.Initializers = slices.Clone(g.Initializers)
	for _, name := range slices.Sorted(maps.Keys(f.Fixed)) {
		t, err := filled(g.Input(name), f.Fixed[name])
		if err != nil {
			return nil, err
		}
		g.Initializers = append(g.Initializers, t)
	}
	sample := *g.Input(f.Input)
	g.Inputs, g.Nodes = []*onnxio.Value{&sample}, slices.Clone(g.Nodes)
	b := onnxio.NewBuilder(&g)
	switch sample.Type {
	case onnxio.Float32:
	case onnxio.Float16, onnxio.BFloat16, onnxio.Float64, onnxio.Uint8, onnxio.Int8, onnxio.Int16, onnxio.Int32, onnxio.Int64, onnxio.Uint16:
		declared := sample
		sample = onnxio.Value{Name: b.Name(samplesName), Type: onnxio.Float32, Shape: declared.Shape}
		cast := &onnxio.Node{Op: "Cast", Inputs: []string{sample.Name}, Outputs: []string{declared.Name}, Attrs: []*onnxio.Attribute{onnxio.IntAttr("to", int64(declared.Type))}}
		g.Nodes = slices.Insert(g.Nodes, 0, cast)
		g.Values = append(slices.Clone(g.Values), &declared)
	default:
		return nil, fmt.Errorf("evaluate: input %q takes %v, and samples are numbers", sample.Name, sample.Type)
	}
	g.Outputs = nil
	for _, value := range slices.Sorted(maps.Keys(outputs)) {
		g.Outputs = append(g.Outputs, &onnxio.Value{Name: outputs[value], Type: onnxio.Float32})
		meant := value
		if scale, zero := quantized(m.Graph, value); zero != "" {
			meant = b.Op("DequantizeLinear", []string{value, scale, zero})
		} else if scale != "" {
			meant = b.Op("DequantizeLinear", []string{value, scale})
		}
		b.OpNamed(outputs[value], "Cast", []string{meant}, onnxio.IntAttr("to", int64(onnxio.Float32)))
	}
	return &out, nil
}

// filled is an initializer for an input that has one value all over.
func filled(v *onnxio.Value, x float64) (*onnxio.Tensor, error) {
	if v == nil {
		return nil, fmt.Errorf("evaluate: the model has no such input to fix")
	}
	var shape []int64
	n := 1
	for _, d := range v.Shape {
		size := int64(1)
		if d.Known() {
			size = d.Size
		}
		shape = append(shape, size)
		n *= int(size)
	}
	switch v.Type {
	case onnxio.Float32:
		return onnxio.NewFloat32(v.Name, shape, slices.Repeat([]float32{float32(x)}, n)), nil
	case onnxio.Float64:
		return onnxio.NewFloat64(v.Name, shape, slices.Repeat([]float64{x}, n)), nil
	case onnxio.Int64:
		return onnxio.NewInt64(v.Name, shape, slices.Repeat([]int64{int64(x)}, n)), nil
	case onnxio.Int32:
		return onnxio.NewInt32(v.Name, shape, slices.Repeat([]int32{int32(x)}, n)), nil
	case onnxio.Bool:
		return onnxio.NewBool(v.Name, shape, slices.Repeat([]bool{x != 0}, n)), nil
	}
	return nil, fmt.Errorf("evaluate: input %q takes %v, which a number does not fill", v.Name, v.Type)
}

// Fits returns an error that matches ErrFit where the model cannot judge
// samples of a domain: other shape of samples, other task, classes or targets
// that it does not know.
func (m *Model) Fits(d *dataset.Domain) error {
	_, _, err := m.match(d)
	return err
}

// match finds, for every class or target of a domain, its place among the
// model's names, and where its columns go.
func (m *Model) match(d *dataset.Domain) ([]int, *columnMap, error) {
	fail := func(format string, args ...any) error {
		of := "evaluate: %w: "
		if m.form.Learned != "" {
			of += "that of " + m.form.Learned + " on "
		}
		return fmt.Errorf(of+"%s: %s", ErrFit, d.Name, fmt.Sprintf(format, args...))
	}
	size, shape := len(m.form.Mean), m.form.shapeOf(d)
	switch {
	case layoutOf(m.input, shape) == "":
		return nil, nil, fail("its samples have shape %v, those of the domain %v", m.input.Shape[min(1, len(m.input.Shape)):], shape)
	case m.form.Layout == ChannelsLast && len(d.Shape) < 2:
		return nil, nil, fail("samples of shape %v have no channels to stand last", d.Shape)
	case m.form.Rows != nil && (m.form.Rows.Numbers > size || m.form.Rows.Weights != nil && len(m.form.Rows.Weights) != m.form.Rows.Numbers):
		return nil, nil, fail("its metadata transform %d numbers of a row, and it takes %d", m.form.Rows.Numbers, size)
	case m.form.Depth != "" && m.form.Depth != d.Depth && (m.form.Depth.White() == 0 || d.Depth.White() == 0):
		return nil, nil, fail("its images are %s, those of the domain %s; only uint8 and uint16 count from black to white", m.form.Depth, cmp.Or(string(d.Depth), "no images"))
	case m.form.Task != d.Task.Kind:
		return nil, nil, fail("it does %s, the domain is %s", m.form.Task, d.Task.Kind)
	case size > 1 && size != shape[0] || size != len(m.form.Std):
		return nil, nil, fail("%d means and %d deviations, and samples have %d channels or features", size, len(m.form.Std), shape[0])
	case !slices.EqualFunc(m.form.Categories, d.Categories, sameCategory):
		return nil, nil, fail("its columns of words are numbered in another way; open it with the study that it was trained in")
	}
	columns, err := m.form.columnsOf(d)
	if err != nil {
		return nil, nil, fail("%v", err)
	}
	what := "class"
	if d.Task.Classes == nil {
		what = "target"
	}
	var index []int
	for _, name := range namesOf(d) {
		k := slices.Index(m.form.Names, name)
		if k < 0 {
			return nil, nil, fail("it does not know the %s %q; it knows %s", what, name, quoted(m.form.Names))
		}
		index = append(index, k)
	}
	return index, columns, nil
}

func sameCategory(a, b dataset.Category) bool {
	return a.Name == b.Name && slices.EqualFunc(a.Words, b.Words, func(v, w string) bool { return dataset.SameWord(a.Name, v, w) })
}

func quoted(names []string) string {
	const most = 8
	text := fmt.Sprintf("%q", names[:min(most, len(names))])
	if more := len(names) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// Doubt says what looked wrong in the outputs judged so far, "" for nothing:
// that scores seem to be probabilities.
func (m *Model) Doubt() string { return m.doubt }

// Order is a doubt about the order of the classes in the last split that was
// judged, nil if there is none: the model, the study or the caller said it, or
// both orders are the same.
func (m *Model) Order() *Order { return m.order }

// Judge appends all samples of a split of a domain to a loss table. The rows
// have the domain's name, the given seed and the samples' numbers; labels of
// classes are the domain's, and a predicted class that it lacks is -1.
func (m *Model) Judge(ctx context.Context, t *losses.Table, d *dataset.Domain, s *dataset.Split, seed int64) error {
	index, columns, err := m.match(d)
	if err != nil {
		return err
	}
	j := &judge{form: &m.form, domain: d, split: s, index: index, shares: m.form.Gives == Scores}
	if m.form.NamesFrom == FromData && slices.Equal(m.form.Names, d.Task.Classes) {
		j.order = Orders(d)
	}
	m.order = j.order
	m.used = m.session
	rows := m.fixed
	if rows == 0 {
		rows = min(m.rows, max(1, chunkNumbers/product(m.form.shapeOf(d))))
		// Some exporters declare the size of the batch open and fix it inside the
		// graph.
		if n := min(rows, s.Len()); n > 1 {
			if _, err := m.run(d, s, columns, []int{0, 1}, 2); err != nil {
				if _, alone := m.run(d, s, columns, []int{0}, 1); alone != nil {
					return fmt.Errorf("evaluate: domain %s: %w", d.Name, err)
				}
				rows = 1
			}
		}
	}
	if err := m.prove(d, s, columns, rows); err != nil {
		return fmt.Errorf("evaluate: domain %s: %w", d.Name, err)
	}
	err = m.inOrder(ctx, s.Len(), rows, func(chunk []int) ([]float32, error) {
		return m.run(d, s, columns, chunk, rows)
	}, func(chunk []int, scores []float32) error {
		o, err := j.judge(chunk, scores)
		if err == nil {
			Append(t, d, s, o, seed)
		}
		return err
	})
	switch {
	case err != nil && errors.Is(err, ctx.Err()):
		return err
	case err != nil:
		return fmt.Errorf("evaluate: domain %s: %w", d.Name, err)
	}
	if j.shares && s.Len() > 0 {
		m.doubt = fmt.Sprintf("all scores of output %q lie between 0 and 1 and sum to 1; are they probabilities?", m.form.Output)
	}
	return nil
}

// scored is what a model gives for a chunk.
type scored struct {
	chunk  []int
	scores []float32
	err    error
}

// inOrder runs the model on all of n samples, in chunks of so many, several at a time,
// and hands what it gives to judge, chunk after chunk in their order.
func (m *Model) inOrder(ctx context.Context, n, rows int, run func(chunk []int) ([]float32, error), judge func(chunk []int, scores []float32) error) error {
	ctx, cancel := context.WithCancel(ctx)
	// The queue holds those that run or wait to be judged.
	queue := make(chan chan scored, 2*m.threads)
	slots := make(chan struct{}, m.threads)
	var running sync.WaitGroup
	defer func() {
		cancel()
		running.Wait()
	}()
	running.Go(func() {
		defer close(queue)
		for start := 0; start < n && ctx.Err() == nil; start += rows {
			chunk := make([]int, min(rows, n-start))
			for i := range chunk {
				chunk[i] = start + i
			}
			slots <- struct{}{}
			done := make(chan scored, 1)
			running.Go(func() {
				scores, err := run(chunk)
				done <- scored{chunk, scores, err}
				<-slots
			})
			select {
			case queue <- done:
			case <-ctx.Done():
			}
		}
	})
	for done := range queue {
		r := <-done
		if r.err == nil {
			r.err = judge(r.chunk, r.scores)
		}
		if r.err != nil {
			return r.err
		}
	}
	return ctx.Err()
}

// run returns the outputs of samples, [samples, outputs]. Where the model
// states the samples of a chunk, the last one is filled up with zeros.
func (m *Model) run(d *dataset.Domain, s *dataset.Split, columns *columnMap, chunk []int, rows int) ([]float32, error) {
	n := len(chunk)
	if m.fixed > 0 {
		n = rows
	}
	size := product(m.form.shapeOf(d))
	shape := []int64{int64(n)}
	for _, k := range m.sampleShape(d) {
		shape = append(shape, int64(k))
	}
	x := exec.Zeros(onnxio.Float32, shape...)
	own, raw, scaled := make([]float64, product(d.Shape)), make([]float64, size), make([]float32, size)
	for k, i := range chunk {
		if columns == nil {
			s.Raw(i, raw)
		} else {
			s.Raw(i, own)
			columns.apply(own, raw)
		}
		m.form.level(raw, d.Depth)
		m.form.scale(raw, scaled)
		m.form.lay(scaled, x.Float32()[k*size:(k+1)*size], d.Shape)
	}
	name := m.input.Name
	if m.input.Type != onnxio.Float32 {
		name = samplesName
	}
	out, err := m.used.Run(map[string]*exec.Tensor{name: x})
	if err != nil {
		return nil, err
	}
	scores := out[m.output].Float32()
	if shape := out[m.output].Shape; len(scores) == 0 || len(shape) == 0 || shape[0] != int64(n) {
		return nil, fmt.Errorf("output %q has shape %v for %d samples; it must begin with them", m.form.Output, shape, n)
	}
	return scores[:len(scores)/n*len(chunk)], nil
}

// sampleShape is how a sample lies in the input.
func (m *Model) sampleShape(d *dataset.Domain) []int {
	own := m.form.shapeOf(d)
	shape := slices.Clone(own)
	if m.form.Layout == ChannelsLast {
		shape = append(shape[1:], own[0])
	}
	if in := m.input.Shape; in != nil && !matches(in[1:], shape) {
		shape = shape[:0] // the input takes the same numbers in another shape: see layoutOf
		for _, k := range in[1:] {
			n := product(own)
			if k.Known() {
				n = int(k.Size)
			} else if len(in) > 2 {
				n = own[len(shape)+len(own)-len(in)+1]
			}
			shape = append(shape, n)
		}
	}
	return shape
}

// level brings images of 8 and of 16 bits to the depth that the form scales.
func (f *Form) level(x []float64, depth dataset.Depth) {
	own := f.Depth
	if own == "" && f.Learned != "" && depth == imagefile.Uint16 {
		own = imagefile.Uint8 // what models without that key take: see Deployment
	}
	if own == "" || own == depth {
		return
	}
	factor := float64(own.White() / depth.White())
	for i := range x {
		x[i] *= factor
	}
}

// scale normalises a raw sample into x.
func (f *Form) scale(raw []float64, x []float32) {
	if len(f.Mean) == 0 {
		for i, v := range raw {
			x[i] = float32(v)
		}
		return
	}
	if f.Rows != nil {
		for i, v := range raw {
			x[i] = float32(v)
		}
		f.Rows.Apply(x)
		for i, v := range x {
			x[i] = (v - f.Mean[i]) / f.Std[i]
		}
		return
	}
	area := len(x) / len(f.Mean)
	for c, mean := range f.Mean {
		offset := 0.0
		if f.Offset != nil {
			offset = f.Offset[c]
		}
		for i := c * area; i < (c+1)*area; i++ {
			x[i] = (float32(raw[i]-offset) - mean) / f.Std[c]
		}
	}
}

// lay writes a sample, channels first, in the layout of the input.
func (f *Form) lay(x, dst []float32, shape []int) {
	if f.Layout != ChannelsLast {
		copy(dst, x)
		return
	}
	channels := shape[0]
	area := len(x) / channels
	for c := range channels {
		for i := range area {
			dst[i*channels+c] = x[c*area+i]
		}
	}
}
