package training

import (
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/autodiff"
)

// findStuck marks the parameters that train and that no gradient reaches. forward
// is the number of nodes that the graph had before the gradients.
func (c *compiler) findStuck(d *draft, forward int, types map[string]*onnxio.Value, seeds []string, grads map[string]string) error {
	stops, err := stopped(d, forward, types, seeds, grads, paramNames(trainable(c.params)))
	if err != nil {
		return err
	}
	for _, s := range stops {
		i := slices.IndexFunc(c.params, func(p Param) bool { return p.Name == s.Value })
		c.params[i].Stop = s
	}
	return nil
}

// stopped lists the values of wrt that no gradient of the seeds reaches, for
// which grads has zeros.
func stopped(d *draft, forward int, types map[string]*onnxio.Value, seeds []string, grads map[string]string, wrt []string) ([]*autodiff.Stop, error) {
	g := d.model.Graph
	zeros := map[string]bool{}
	for _, n := range g.Nodes[forward:] {
		zeros[n.Outputs[0]] = n.OpName() == "ConstantOfShape"
	}
	wrt = slices.DeleteFunc(slices.Clone(wrt), func(w string) bool { return !zeros[grads[w]] })
	if len(wrt) == 0 {
		return nil, nil
	}
	before := &onnxio.Graph{Name: g.Name, Nodes: g.Nodes[:forward], Inputs: g.Inputs, Initializers: g.Initializers}
	stops, err := autodiff.Stops(before, d.opset(), types, seeds, wrt)
	if err != nil {
		return nil, fmt.Errorf("training: %w", err)
	}
	return stops, nil
}

// stuck lists the parameters of a trunk that are not frozen and that no gradient
// of its features reaches.
func (t *trunk) stuck() ([]*autodiff.Stop, error) {
	d := newDraft(t.name, t.opsets)
	d.declareTrunk(t, onnxio.Dim{Size: 2}, t.buffers(""))
	features := t.lay(d, t.inputs(), statistics{})
	types, err := d.infer()
	if err != nil {
		return nil, err
	}
	stops, err := autodiff.Stops(d.model.Graph, d.opset(), types, []string{features}, paramNames(trainable(t.params)))
	if err != nil {
		return nil, fmt.Errorf("training: %w", autodiff.Explain(err, t.kept))
	}
	return stops, nil
}
