package artifacts

import (
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/lower"
	"github.com/sharewise/sharewise/onnxio/training"
)

// align is where tensors begin in their files: at multiples of a cache line,
// as ONNX Runtime's own tensors do.
const align = 64

// Training makes a bundle of a program that was compiled from cfg, which has
// one domain. source describes the file of the model cfg.Trunk; seed decides
// how parameters start that the model does not hold.
func Training(p *training.Program, cfg training.Config, source Model, seed uint64) (*Bundle, error) {
	if len(cfg.Domains) != 1 {
		return nil, fmt.Errorf("artifacts: a program of %d domains, not one", len(cfg.Domains))
	}
	d := cfg.Domains[0]
	b := &Bundle{
		Manifest: Manifest{
			Schema: SchemaID, Version: Version, Kind: KindTraining, Model: source, Batch: int64(d.Batch),
			Loss: lossOf(p.Domains[0], cfg.Features), Optimizer: optimizerOf(cfg),
		},
		seed: seed,
	}
	b.Loss.NewHead = !cfg.KeepHead
	roles := map[string]Role{
		training.TargetName(d.Name): RoleTarget, training.InputWeights: RoleLossWeights,
		training.InputRate: RoleLearningRate, training.InputStep: RoleStep,
	}
	for _, v := range p.Inputs {
		roles[v.Name] = RoleData
	}
	origins, err := originsOf(cfg.Trunk)
	if err != nil {
		return nil, fmt.Errorf("artifacts: %w", err)
	}
	b.addTensors(p, origins, roles)

	next := map[string]string{}
	for i := range b.Tensors {
		if t := &b.Tensors[i]; t.Next != "" {
			next[t.Next] = t.Name
		}
	}
	b.Train = b.add(TrainFile, p.Step, roles, func(o *Output) {
		if o.Feeds = next[o.Name]; o.Feeds != "" {
			o.Role = RoleNext
		}
	})
	b.Eval = b.add(EvalFile, p.Eval[0], roles, nil)
	deploy, err := b.deploy(p.Predict[0])
	if err != nil {
		return nil, err
	}
	b.Deploy = b.add(ModelFile, deploy, roles, nil)
	return b, nil
}

func lossOf(d training.Domain, of string) *Loss {
	return &Loss{
		Name: string(d.Loss), Of: of, Outputs: d.Outputs, ClassAxis: d.ClassAxis, Delta: d.Delta,
		Smoothing: d.Smoothing, ClassWeights: d.ClassWeights, Masked: d.Masked,
	}
}

func optimizerOf(cfg training.Config) *Optimizer {
	o := cfg.Optimizer.Effective()
	return &Optimizer{
		Name: string(o.Kind), Momentum: o.Momentum, Nesterov: o.Nesterov, Beta1: o.Beta1, Beta2: o.Beta2,
		Epsilon: o.Epsilon, WeightDecay: o.WeightDecay, Clip: cfg.Clip,
	}
}

// addTensors lists the tensors in the order of the inputs of the step.
func (b *Bundle) addTensors(p *training.Program, origins origins, roles map[string]Role) {
	params := map[string]training.Param{}
	for role, list := range map[Role][]training.Param{RoleParameter: p.Params, RoleBuffer: p.Buffers, RoleState: p.State} {
		for _, q := range list {
			params[q.Name], roles[q.Name] = q, role
		}
	}
	ends := map[string]int64{}
	for _, in := range p.Step.Graph.Inputs {
		q, ok := params[in.Name]
		if !ok {
			continue
		}
		t := Tensor{
			Name: q.Name, Role: roles[q.Name], DType: onnxio.Float32.String(), Shape: slices.Clone(q.Shape),
			File: ParametersFile, Bytes: 4, Next: training.NextName(q.Name), Param: q.Of,
		}
		for _, n := range t.Shape {
			t.Bytes *= n
		}
		if t.Role == RoleState {
			t.File = OptimizerFile
		}
		if q.Frozen {
			t.Next = ""
		}
		if q.Stop != nil {
			t.Stuck = q.Stop.Error()
		}
		if origin, ok := origins[q.Source]; ok {
			t.Initializer = &origin
		}
		t.Offset = (ends[t.File] + align - 1) / align * align
		ends[t.File] = t.Offset + t.Bytes
		b.Tensors, b.params = append(b.Tensors, t), append(b.params, q)
	}
}

// deploy returns a Predict model whose parameters are initializers with their
// elements in ParametersFile.
func (b *Bundle) deploy(predict *onnxio.Model) (*onnxio.Model, error) {
	m := predict.Clone()
	var data []*onnxio.Value
	for _, v := range m.Graph.Inputs {
		i := slices.IndexFunc(b.Tensors, func(t Tensor) bool { return t.Name == v.Name })
		if i < 0 {
			data = append(data, v)
			continue
		}
		t := b.Tensors[i]
		init := &onnxio.Tensor{Name: t.Name, Type: onnxio.Float32, Shape: t.Shape}
		if err := init.SetExternal(t.File, t.Offset, t.Bytes); err != nil {
			return nil, fmt.Errorf("artifacts: %w", err)
		}
		m.Graph.Initializers = append(m.Graph.Initializers, init)
	}
	m.Graph.Inputs = data
	return m, nil
}

// origins says where a model has its weights.
type origins map[string]Initializer

func originsOf(m *onnxio.Model) (origins, error) {
	o := origins{}
	for _, v := range m.Graph.Inputs {
		o[v.Name] = Initializer{Name: v.Name, DType: v.Type.String(), Where: "input"}
	}
	for _, t := range m.Graph.Initializers {
		o[t.Name] = Initializer{Name: t.Name, DType: t.Type.String(), Where: "initializer"}
	}
	for _, n := range m.Graph.Nodes {
		if a := n.Attr("value"); n.OpName() == "Constant" && a != nil && a.Tensor != nil {
			o[n.Outputs[0]] = Initializer{Name: n.Outputs[0], DType: a.Tensor.Type.String(), Where: "constant"}
		}
	}
	merged, err := lower.Merged(m)
	if err != nil {
		return nil, err
	}
	for _, n := range m.Graph.Nodes {
		if n.OpName() != "Identity" || merged[n.Outputs[0]] == "" {
			continue // what is not there stands in a function
		}
		y, source := n.Outputs[0], merged[n.Outputs[0]]
		o[y] = Initializer{Name: y, DType: o[source].DType, Where: "identity", Merged: source}
	}
	return o, nil
}
