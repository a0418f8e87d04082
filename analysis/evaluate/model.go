package evaluate

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/kernels"
	"github.com/sharewise/sharewise/onnxio/lower"
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
		return slices.ContainsFunc(n.Subgraphs(), draws)
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
	lower.Prune(&g, nil)
	return &out, nil
}

// mostFilled is the number of elements that an input may have which one number fills.
const mostFilled = 1 << 26

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
		if size < 0 || size > mostFilled/int64(max(n, 1)) {
			return nil, fmt.Errorf("evaluate: input %q has shape %v, which is too large to fill with one number", v.Name, v.Shape)
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
