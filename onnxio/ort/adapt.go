package ort

import (
	"fmt"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
)

// port is one input or output of a model, as the model declares it and as the
// adapted graph carries it.
type port struct {
	name  string
	typ   onnxio.DataType // Undefined where the model declares none
	shape onnxio.Shape    // nil where the rank is unknown

	// carrier is the name in the adapted graph: another than name for a
	// scalar, which travels as a vector of one element.
	carrier string
	// flat and dims name the two vectors, elements and shape, in which Run
	// reads an output of unknown rank.
	flat, dims string
	// direct marks an output that is an input.
	direct bool
}

func (p *port) scalar() bool { return p.shape != nil && len(p.shape) == 0 }

// rankless reports whether p is a tensor of unknown rank.
func (p *port) rankless() bool { return p.shape == nil && p.typ != onnxio.Undefined }

// supported reports whether a tensor of ours can hold the declared type.
func (p *port) supported() bool {
	return p.typ == onnxio.Undefined || exec.Zeros(p.typ, 0).Data != nil
}

// signature is what a model takes and gives, in its own order.
type signature struct {
	inputs, outputs []*port
	// unused names the input added to a model that has none.
	unused string
}

// runInputs lists the names under which Run passes inputs.
func (s *signature) runInputs() []string {
	if s.unused != "" {
		return []string{s.unused}
	}
	names := make([]string, len(s.inputs))
	for i, p := range s.inputs {
		names[i] = p.carrier
	}
	return names
}

// runOutputs lists the names under which Run receives outputs: one per output,
// two for one of unknown rank.
func (s *signature) runOutputs() []string {
	var names []string
	for _, p := range s.outputs {
		if p.flat != "" {
			names = append(names, p.flat, p.dims)
		} else {
			names = append(names, p.carrier)
		}
	}
	return names
}

// adapt returns the model's signature and the model in a form that
// onnxruntime_go and ONNX Runtime carry faithfully. The former cannot bind
// tensors of rank 0 to memory of ours, nor return them, and needs an input; the
// latter does not copy an input that is also an output to the memory bound for
// it. So the adapted graph
//
//   - takes and gives a scalar as a vector of one element, with Squeeze or
//     Reshape in between;
//   - gives an output of unknown rank a second time, as a vector of elements
//     and a vector of sizes;
//   - gives an input that is an output through Identity;
//   - has an input that nothing reads if the model has none;
//   - leaves omitted inputs out, see [onnxio.TrimInputs].
//
// A model that needs none of this is returned as it is. An input that is also
// an initializer has its value and is no part of the signature.
func adapt(m *onnxio.Model) (*onnxio.Model, *signature, error) {
	m = onnxio.TrimInputs(m)
	sig := &signature{}
	fixed := map[string]bool{}
	for _, t := range m.Graph.Initializers {
		fixed[t.Name] = true
	}
	asIs := true
	direct := map[string]bool{}
	for _, v := range m.Graph.Inputs {
		if fixed[v.Name] {
			continue
		}
		p := newPort(v)
		sig.inputs = append(sig.inputs, p)
		direct[v.Name] = true
		asIs = asIs && !p.scalar()
	}
	for _, v := range m.Graph.Outputs {
		p := newPort(v)
		p.direct = direct[v.Name]
		sig.outputs = append(sig.outputs, p)
		asIs = asIs && !p.scalar() && !p.rankless() && !p.direct
	}
	if asIs && len(sig.inputs) > 0 {
		return m, sig, nil
	}
	if v := m.Opset(""); v < minAdaptOpset {
		return nil, nil, fmt.Errorf("opset %d is too old to run here; convert the model to opset %d or later", v, minAdaptOpset)
	}
	m = m.Clone()
	b := onnxio.NewBuilder(m.Graph)
	adaptInputs(b, sig)
	adaptOutputs(b, sig)
	return m, sig, nil
}

// minAdaptOpset is the first in which Reshape takes its shape as an input.
const minAdaptOpset = 5

func newPort(v *onnxio.Value) *port {
	return &port{name: v.Name, typ: v.Type, shape: v.Shape, carrier: v.Name}
}

func adaptInputs(b *onnxio.Builder, sig *signature) {
	g := b.Graph()
	var before []*onnxio.Node
	for _, p := range sig.inputs {
		if !p.scalar() {
			continue
		}
		p.carrier = b.Name(p.name + "/vector")
		v := g.Input(p.name)
		v.Name, v.Shape = p.carrier, onnxio.Static(1)
		before = append(before, &onnxio.Node{
			Name:    p.carrier,
			Op:      "Squeeze",
			Inputs:  []string{p.carrier},
			Outputs: []string{p.name},
		})
	}
	g.Nodes = append(before, g.Nodes...)
	if len(sig.inputs) == 0 {
		sig.unused = b.Name("unused")
		g.Inputs = append(g.Inputs, &onnxio.Value{Name: sig.unused, Type: onnxio.Float32, Shape: onnxio.Static(1)})
	}
}

func adaptOutputs(b *onnxio.Builder, sig *signature) {
	g := b.Graph()
	for _, p := range sig.outputs {
		switch {
		case p.scalar():
			p.carrier = b.OpNamed(b.Name(p.name+"/vector"), "Reshape", []string{p.name, b.Int64s(1)})
			v := g.Output(p.name)
			v.Name, v.Shape = p.carrier, onnxio.Static(1)
		case p.rankless():
			p.flat = b.OpNamed(b.Name(p.name+"/flat"), "Reshape", []string{p.name, b.Int64s(-1)})
			p.dims = b.OpNamed(b.Name(p.name+"/dims"), "Shape", []string{p.name})
			unsized := onnxio.Shape{{Size: -1}}
			g.Outputs = append(g.Outputs,
				&onnxio.Value{Name: p.flat, Type: p.typ, Shape: unsized},
				&onnxio.Value{Name: p.dims, Type: onnxio.Int64, Shape: unsized})
			if p.direct {
				through(b, p)
			}
		case p.direct:
			through(b, p)
		}
	}
}

// through gives an output that is an input under another name.
func through(b *onnxio.Builder, p *port) {
	p.carrier = b.OpNamed(b.Name(p.name+"/copy"), "Identity", []string{p.name})
	b.Graph().Output(p.name).Name = p.carrier
}
