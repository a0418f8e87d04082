package project

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/finetune"
	"github.com/sharewise/sharewise/onnxio/overview"
	"github.com/sharewise/sharewise/onnxio/training"
)

// TrunkNote says how a model was changed to become the trunk of a rung.
type TrunkNote struct {
	Rung string `json:"rung,omitempty"`
	// Input says how samples are brought to the model's input.
	Input string `json:"input,omitempty"`
	// Features names the value of the graph that heads take as their input, with
	// its type and shape.
	Features string `json:"features"`
	// Cut says which part of the model after that value was left out.
	Cut string `json:"cut,omitempty"`
	// Parameters and Trained count elements of the trunk's parameters.
	Parameters int64 `json:"parameters"`
	Trained    int64 `json:"trained"`
	// Init says how weights are initialised where they do not start with the
	// values of the model file; Kept names weights that start with those values
	// nevertheless.
	Init string   `json:"init,omitempty"`
	Kept []string `json:"kept,omitempty"`
	// Layers is the number of layers of which the first FrozenLayers are frozen.
	Layers       int `json:"layers,omitempty"`
	FrozenLayers int `json:"frozen_layers,omitempty"`
	// Adapted are weights with an adapter, Small those without one because it
	// would not be smaller.
	Adapted []string `json:"adapted,omitempty"`
	Small   []string `json:"small,omitempty"`
}

// finetuning says how a study wants its models to be changed, for samples shaped
// like those of a domain.
func finetuning(m study.Model, r study.Rung, d *dataset.Domain) finetune.Config {
	c := finetune.Config{Features: m.Features, Init: m.Init, FreezeDepth: m.FreezeDepth}
	if a := m.Adapters; a != nil {
		c.Adapters = finetune.Adapters{Rank: a.Rank, Alpha: a.Alpha, Match: a.Match}
	}
	if r.Path == "" {
		return c // built for the samples
	}
	for _, s := range d.Shape {
		c.Sample = append(c.Sample, int64(s))
	}
	return c
}

// Finetune makes a trunk of a model. The note says what was changed; it is nil
// where the trunk is the model itself.
func Finetune(m *onnxio.Model, c finetune.Config) (*onnxio.Model, *TrunkNote, error) {
	trunk, r, err := finetune.Apply(m, c)
	if err != nil {
		return nil, nil, settingError(err)
	}
	if trunk == m {
		return m, nil, nil
	}
	note := &TrunkNote{Input: r.Input, Layers: r.Layers, FrozenLayers: c.FreezeDepth, Adapted: r.Adapted, Small: r.Small, Kept: r.Kept}
	if c.Init != finetune.Keep {
		note.Init = c.Init
	}
	out := trunk.Graph.Outputs[0]
	note.Features = fmt.Sprintf("%s %v%v", out.Name, out.Type, out.Shape)
	switch l := r.Cut; {
	case l != nil:
		note.Cut = fmt.Sprintf("%s %q with weight %q", l.Op, l.Node, l.Weight)
		if len(l.After) > 0 {
			note.Cut += " and what follows: " + strings.Join(l.After, ", ")
		}
	case r.Activation != "":
		note.Cut = r.Activation
	case r.Dropped > 0:
		note.Cut = wording.Plural(r.Dropped, "node")
	}
	return trunk, note, nil
}

// settingError names the setting that an error about an unknown name comes from,
// and adds the names that the user may have meant.
func settingError(err error) error {
	var unknown *training.UnknownNameError
	var none *training.NoMatchError
	switch {
	case errors.As(err, &unknown):
		return fmt.Errorf("features: the model has no %s %q%s; 'sharewise model inspect' can print them", unknown.What, unknown.Name, study.DidYouMean(unknown.Name, unknown.Names))
	case errors.As(err, &none):
		return fmt.Errorf("adapters: no weight and no node with one is called %q%s; 'sharewise model inspect' can print them", none.Pattern, study.DidYouMean(none.Pattern, none.Params))
	}
	return err
}

// outlook says what is left to train of a trunk of which a part may be frozen.
func outlook(m *onnxio.Model, s study.Model) (*training.Outlook, error) {
	o, err := training.Preview(m, s.Freeze, training.BatchNorm(s.BatchNorm))
	var none *training.NoMatchError
	if errors.As(err, &none) {
		return nil, fmt.Errorf("model.freeze: no parameter is called %q%s; 'sharewise model inspect' can print them", none.Pattern, study.DidYouMean(none.Pattern, none.Params))
	}
	return o, err
}

// FrozenTrunk reports whether no parameter of a rung's trunk trains.
func (p *Project) FrozenTrunk(rung string) bool { return p.folds[0].models[rung].Frozen }

// freezer is the key by which a study freezes parameters, "" if it does not.
func freezer(m study.Model) string {
	switch {
	case m.Adapters != nil:
		return "model.adapters"
	case len(m.Freeze) > 0:
		return "model.freeze"
	case m.FreezeDepth > 0:
		return "model.freeze_depth"
	}
	return ""
}

// doubts are warnings of parameters that are frozen and probably should not be. A
// study of one domain may well train a head alone, on the features of a frozen
// trunk, and gets no warning of that.
func doubts(o *training.Outlook, key string, domains int) (out []string) {
	if o.Trained == 0 && domains > 1 {
		out = append(out, key+": the whole trunk is frozen, so domains share nothing that trains; shared models differ from independent ones by chance alone")
	}
	if len(o.Random) > 0 {
		out = append(out, fmt.Sprintf("%s: %s frozen at random values (%s); weights worth keeping come from a trained model's file", key, wording.Plural(len(o.Random), "tensor"), wording.First(o.Random, 2)))
	}
	return out
}

// stuckAndMerged says of a rung's trunk which parameters no gradient reaches,
// and which train apart although the file keeps them as one.
func stuckAndMerged(o *training.Outlook, merged map[string]string, rung string) (out []string) {
	if len(o.Stuck) > 0 {
		names := make([]string, len(o.Stuck))
		for i, s := range o.Stuck {
			names[i] = s.Value
		}
		out = append(out, fmt.Sprintf("model of rung %s: %s", rung, StuckNote(names, o.Stuck[0].Error())))
	}
	apart := slices.DeleteFunc(slices.Clone(o.Names), func(name string) bool { return merged[name] == "" })
	if len(apart) > 0 {
		out = append(out, fmt.Sprintf("model of rung %s: %s", rung, MergedNote(apart)))
	}
	return out
}

// Lines returns the note as sentences that are printed one per line.
func (n *TrunkNote) Lines() (out []string) {
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if n.Input != "" {
		add("%s", n.Input)
	}
	if n.Cut != "" {
		add("it ends in %s; left out: %s", n.Features, n.Cut)
	}
	if n.Init != "" {
		add("weights start anew (%s)", n.Init)
		if len(n.Kept) > 0 {
			add("%s of no known role start as the model has them: %s", wording.Plural(len(n.Kept), "tensor"), wording.First(n.Kept, 3))
		}
	}
	if n.FrozenLayers > 0 {
		add("the first %d of %s stay as they start", n.FrozenLayers, wording.Plural(n.Layers, "layer"))
	}
	if len(n.Adapted) > 0 {
		add("%s beside %s", wording.Plural(len(n.Adapted), "adapter"), wording.First(n.Adapted, 3))
	}
	if len(n.Small) > 0 {
		add("%s too small for an adapter of this rank: %s", wording.Plural(len(n.Small), "weight"), wording.First(n.Small, 3))
	}
	if n.Parameters > 0 {
		add("%s of %s parameters of the trunk train", onnxio.FormatCount(n.Trained), onnxio.FormatCount(n.Parameters))
	}
	return out
}

// Overview reports on a model, or on the trunk that ends at features and on what
// was left out, see finetune.Config.
func Overview(m *onnxio.Model, features string) (*overview.Report, error) {
	if features == "" {
		return overview.Of(m)
	}
	trunk, note, err := Finetune(m, finetune.Config{Features: features})
	if err != nil {
		return nil, err
	}
	report, err := overview.Of(trunk)
	if err != nil || note == nil {
		return report, err
	}
	report.Cut, err = overview.CutFrom(m, report, note.Cut)
	return report, err
}
