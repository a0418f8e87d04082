package training

import (
	"fmt"

	"github.com/sharewise/sharewise/onnxio"
)

// seeds appends the cotangents of what is differentiated, and the loss.
func (g *derivation) seeds() (map[string]string, error) {
	if g.Loss != nil {
		return g.lossSeeds()
	}
	seeds := map[string]string{}
	for _, name := range g.Of {
		v := g.types[name]
		if g.Cotangents {
			seeds[name] = g.declare("cotangent/"+name, v.Type, v.Shape)
			g.out.Cotangents[name] = seeds[name]
			continue
		}
		shape, _ := v.Shape.Ints()
		one := onnxio.NewFloat32("", []int64{1}, []float32{1})
		if v.Type == onnxio.Float64 {
			one = onnxio.NewFloat64("", []int64{1}, []float64{1})
		}
		seeds[name] = g.Op("ConstantOfShape", []string{g.Int64s(shape...)}, onnxio.TensorAttr("value", one))
	}
	return seeds, nil
}

// declare is input under a name that is free.
func (g *derivation) declare(hint string, dt onnxio.DataType, shape onnxio.Shape) string {
	name := g.Name(hint)
	g.model.Graph.Inputs = append(g.model.Graph.Inputs, &onnxio.Value{Name: name, Type: dt, Shape: shape})
	return name
}

// lossSeeds appends the loss of the only value in Of.
func (g *derivation) lossSeeds() (map[string]string, error) {
	if len(g.Of) != 1 || g.Cotangents {
		return nil, fmt.Errorf("training: %w: a loss is put on one value, and has no factors of its own", ErrConfig)
	}
	of := g.Of[0]
	shape, _ := g.types[of].Shape.Ints()
	domain := *g.Loss
	domain.Name = of
	if len(shape) < 1 || size(shape) < 1 || g.types[of].Type != onnxio.Float32 {
		return nil, valueError(g.model.Graph, of, "it is %v%v; a loss takes %v with a first dimension that is the batch", g.types[of].Type, g.types[of].Shape, onnxio.Float32)
	}
	domain.Batch, domain.Outputs = int(shape[0]), 0
	t := &trunk{output: of, rank: len(shape), shape: shape[1:], features: size(shape[1:])}
	if err := domain.validate(true); err != nil {
		return nil, err
	}
	h, err := t.head(domain)
	if err != nil {
		return nil, err
	}
	g.out.Loss = h.Domain
	scores := of
	if len(shape) != 2 {
		scores = g.Op("Flatten", []string{of}, onnxio.IntAttr("axis", 1))
	}
	scores = h.scores(g.draft, "", scores)
	dt, targetShape := h.rule.target(onnxio.Dim{Size: shape[0]}, h.Outputs)
	g.out.Target = g.declare("target", dt, targetShape)
	g.out.SampleLosses, g.out.Losses = g.Name(OutputSampleLosses), g.Name(OutputLosses)
	l := h.judge(scores, g.out.Target)
	h.rule.samples(g.draft, g.out.SampleLosses, l)
	sum := g.Op("ReduceSum", []string{g.out.SampleLosses, g.Int64s(0)}, onnxio.IntAttr("keepdims", 1))
	g.OpNamed(g.out.Losses, "Mul", []string{sum, g.floats(1 / float32(shape[0]))})
	return map[string]string{scores: h.rule.cotangent(g.draft, l, g.floats(h.factor()))}, nil
}
