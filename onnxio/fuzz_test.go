package onnxio

import (
	"bytes"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/sharewise/sharewise/analysis/versioned/alteration"
	"github.com/sharewise/sharewise/onnxio/internal/onnxpb"
)

// FuzzParse feeds damaged files to everything that takes a model apart: no
// panic, no endless loop, and what is accepted survives a round trip.
func FuzzParse(f *testing.F) {
	trunks, err := filepath.Glob("../testdata/models/*.onnx")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range trunks {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	data, err := testModel().Marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	for seed := range uint64(8) {
		p := &onnxpb.ModelProto{}
		fill(p.ProtoReflect(), rand.New(rand.NewPCG(seed, 2)), 2)
		if data, err = proto.Marshal(p); err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Parse(data)
		if err != nil {
			alteration.Plain(t, err)
			return
		}
		alteration.Plain(t, Check(m))
		if values, err := InferShapes(m); err == nil {
			Costs(m, values, nil)
		}
		if err := Print(io.Discard, m); err != nil {
			t.Error(err)
		}
		again, err := m.Marshal()
		if err != nil {
			return // strings that are no UTF-8, for instance
		}
		back, err := Parse(again)
		if err != nil {
			t.Fatalf("what was written does not parse: %v", err)
		}
		if b, err := back.Marshal(); err != nil || !bytes.Equal(b, again) {
			t.Errorf("writing again gives other bytes: %v", err)
		}
	})
}

// FuzzInferOperator calls every operator on arbitrary shapes and attributes:
// rules must refuse what does not fit, not crash on it.
func FuzzInferOperator(f *testing.F) {
	for i := range 64 {
		f.Add(uint64(i))
	}
	var ops []*schema
	for _, family := range families {
		for i := range family {
			ops = append(ops, parseSchema(&family[i]))
		}
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		rng := rand.New(rand.NewPCG(seed, 3))
		for _, s := range ops {
			m := randomCall(rng, s)
			if values, err := InferShapes(m); err == nil {
				for _, v := range values {
					for _, d := range v.Shape {
						if d.Size < -1 || d.Symbol != "" && d.Size != -1 {
							t.Errorf("%v gives %s with a size of %d", m.Graph.Nodes[len(m.Graph.Nodes)-1], v.describe(), d.Size)
						}
					}
				}
			}
			_ = Check(m)
		}
	})
}

// randomCall is a model of one node, most of whose inputs have one rank, and most of whose
// lists are as long as those of such a rank. Lists of whole numbers may come with a
// shape that is not known.
func randomCall(rng *rand.Rand, s *schema) *Model {
	n := &Node{Op: s.op, Domain: s.domain}
	g := &Graph{Name: "g"}
	rank := rng.IntN(6)
	if rng.IntN(50) == 0 {
		rank = maxRank + 1
	}
	length := func() int {
		return max(0, []int{rank, rank - 2, 2 * (rank - 2), 1, rng.IntN(5)}[rng.IntN(5)])
	}
	inputs := s.minInputs + rng.IntN(min(s.maxInputs, s.minInputs+3)-s.minInputs+1)
	for i := range inputs {
		name := string(rune('a' + i))
		n.Inputs = append(n.Inputs, name)
		if rng.IntN(3) == 0 {
			list := make([]int64, length())
			for k := range list {
				list[k] = randomSize(rng)
			}
			t := NewInt64(name, []int64{int64(len(list))}, list)
			g.Initializers = append(g.Initializers, t)
			if rng.IntN(3) == 0 {
				t.Name = "list " + name
				g.Inputs = append(g.Inputs, &Value{Name: "like " + name, Type: Float32, Shape: Shape{Sym("N")}})
				g.Nodes = append(g.Nodes, &Node{Op: "Shape", Inputs: []string{"like " + name}, Outputs: []string{"shape of " + name}},
					&Node{Op: "Reshape", Inputs: []string{t.Name, "shape of " + name}, Outputs: []string{name}})
			}
			continue
		}
		v := &Value{Name: name, Type: []DataType{Float32, Int64, Bool, Undefined}[rng.IntN(4)]}
		r := rank
		if rng.IntN(3) == 0 {
			r = rng.IntN(6)
		}
		for range r {
			d := Dim{Size: max(-1, randomSize(rng))}
			if rng.IntN(4) == 0 {
				d = Sym([]string{"N", "M", "2*N"}[rng.IntN(3)])
			}
			v.Shape = append(v.Shape, d)
		}
		g.Inputs = append(g.Inputs, v)
	}
	outputs := max(1, s.minOutputs) + rng.IntN(2)
	for i := range outputs {
		n.Outputs = append(n.Outputs, string(rune('A'+i)))
	}
	for _, name := range slices.Sorted(maps.Keys(s.attributes)) {
		spec := s.attributes[name]
		if !spec.required && rng.IntN(2) == 0 {
			continue
		}
		a := &Attribute{Name: name, Type: spec.typ, Int: randomSize(rng), Float: float32(randomSize(rng)), String: []byte("SAME_UPPER")}
		sound := rng.IntN(2) == 0
		for range length() {
			k := randomSize(rng)
			if sound {
				k = 1 + rng.Int64N(4)
			}
			a.Ints = append(a.Ints, k)
			a.Floats = append(a.Floats, float32(k))
		}
		n.Attrs = append(n.Attrs, a)
	}
	g.Nodes = append(g.Nodes, n)
	version := int64(17)
	if s.domain == "" {
		version = s.since
	}
	return &Model{IRVersion: 8, Opsets: []Opset{{Version: version}, {Domain: "com.microsoft", Version: 1}, {Domain: KernelDomain, Version: 1}}, Graph: g}
}

// randomSize favours small numbers and knows the edges.
func randomSize(rng *rand.Rand) int64 {
	edges := []int64{-1 << 63, 1<<63 - 1, -1, 0, 1 << 31, 1 << 47, 1 << 62}
	if rng.IntN(8) == 0 {
		return edges[rng.IntN(len(edges))]
	}
	return rng.Int64N(9) - 2
}
