package training

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/autodiff"
)

// FreezeProperty is what the metadata keys start with that mark a parameter of
// a trunk as frozen, whatever Config.Freeze says; its name follows.
const FreezeProperty = "sharewise.freeze/"

// NoMatchError says that a pattern, such as one of Config.Freeze, matches no
// parameter. It matches ErrConfig.
type NoMatchError struct {
	Pattern string
	Params  []string // names of the trunk's parameters
}

func (e *NoMatchError) Error() string {
	const most = 5
	names := e.Params
	more := ""
	if len(names) > most {
		more = fmt.Sprintf(" and %d more", len(names)-most)
		names = names[:most]
	}
	return fmt.Sprintf("training: %v: the pattern %q matches no parameter; there are %s%s", ErrConfig, e.Pattern, strings.Join(names, ", "), more)
}

// Unwrap makes the error match ErrConfig.
func (e *NoMatchError) Unwrap() error { return ErrConfig }

// Matches reports whether a pattern, as package path has them, matches the
// whole of a name. A star also matches slashes, which are letters like others
// in names of parameters.
func Matches(pattern, name string) (bool, error) {
	flat := func(s string) string { return strings.ReplaceAll(s, "/", "\x00") }
	return path.Match(flat(pattern), flat(name))
}

// freezeMarked freezes the parameters that the model marks.
func (t *trunk) freezeMarked(m *onnxio.Model) {
	for i, name := range t.modelNames() {
		if _, marked := m.Property(FreezeProperty + name); marked {
			t.params[i].Frozen = true
		}
	}
}

// freeze marks the parameters that match a pattern, and the batch
// normalisations that have no scale and bias left to train.
func (t *trunk) freeze(patterns []string) error {
	names := t.modelNames()
	for _, pattern := range patterns {
		found := false
		for i, name := range names {
			ok, err := Matches(pattern, name)
			if err != nil {
				return fmt.Errorf("training: %w: pattern %q to freeze: %w", ErrConfig, pattern, err)
			}
			if ok {
				t.params[i].Frozen, found = true, true
			}
		}
		if !found {
			return &NoMatchError{Pattern: pattern, Params: names}
		}
	}
	byName := map[string]bool{}
	for i, p := range t.params {
		byName[names[i]] = p.Frozen
	}
	for n, norm := range t.norms {
		scale, isScale := byName[n.Inputs[1]]
		bias, isBias := byName[n.Inputs[2]]
		if (scale || bias) && scale == isScale && bias == isBias {
			norm.frozen = true
		}
	}
	return nil
}

// modelNames are the names that the parameters have in the model.
func (t *trunk) modelNames() []string {
	names := paramNames(t.params)
	for original, name := range t.renamed {
		if i := slices.Index(names, name); i >= 0 {
			names[i] = original
		}
	}
	return names
}

// trainable lists the parameters that are not frozen.
func trainable(params []Param) []Param {
	var all []Param
	for _, p := range params {
		if !p.Frozen {
			all = append(all, p)
		}
	}
	return all
}

// Outlook is what Config.Freeze leaves of a trunk to train, and what a training
// pass then takes.
type Outlook struct {
	Trained, Frozen int // tensors
	// Params and TrainedParams count elements: of the trunk, and of what trains.
	Params, TrainedParams int64
	// Random names the frozen parameters that do not start at values that the
	// model holds.
	Random []string
	// Names are those of the tensors that train.
	Names []string
	// Stuck are those of them that no gradient reaches, with the reasons, and
	// StuckParams the number of their elements.
	Stuck       []*autodiff.Stop
	StuckParams int64
	// FLOPs counts the floating-point operations of a sample's way forwards and
	// of the gradients, as [onnxio.Cost] counts them: a node takes its own once
	// more for the gradient of its parameters, and once more for that of what
	// flows into it.
	FLOPs int64
}

// Preview says what patterns freeze of a trunk whose batch normalisations use
// the given statistics. Its errors are those of Compile.
func Preview(trunk *onnxio.Model, freeze []string, batchNorm BatchNorm) (*Outlook, error) {
	t, err := readTrunk(Config{Trunk: trunk, Freeze: freeze, BatchNorm: batchNorm})
	if err != nil {
		return nil, err
	}
	o := &Outlook{}
	trained := map[string]bool{}
	for i, name := range t.modelNames() {
		p := t.params[i]
		o.Params += size(p.Shape)
		switch {
		case !p.Frozen:
			o.Trained++
			o.TrainedParams += size(p.Shape)
			trained[name] = true
			o.Names = append(o.Names, name)
			continue
		case p.Init.Rule != "value":
			o.Random = append(o.Random, name)
		}
		o.Frozen++
	}
	if o.Stuck, err = t.stuck(); err != nil {
		return nil, err
	}
	for _, s := range o.Stuck {
		o.StuckParams += size(t.params[slices.Index(paramNames(t.params), s.Value)].Shape)
	}
	values, err := onnxio.InferShapes(trunk)
	if err != nil {
		return nil, fmt.Errorf("training: %w: %w", ErrTrunk, err)
	}
	reached := map[string]bool{}
	for i, c := range onnxio.Costs(trunk, values, nil) {
		n := trunk.Graph.Nodes[i]
		passes, through := int64(1), false
		if slices.ContainsFunc(n.Inputs, func(name string) bool { return trained[name] }) {
			passes, through = passes+1, true
		}
		if slices.ContainsFunc(n.Inputs, func(name string) bool { return reached[name] }) {
			passes, through = passes+1, true
		}
		for _, y := range n.Outputs {
			reached[y] = through
		}
		o.FLOPs += passes * c.FLOPs
	}
	return o, nil
}
