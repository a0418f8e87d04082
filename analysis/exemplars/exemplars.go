package exemplars

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"os"
	"slices"
	"strconv"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
)

// List is what was found.
type List struct {
	Exemplars []Exemplar
	// Unseen says why samples have numbers alone and no looks; nil where the data
	// were at hand.
	Unseen error
	// Withheld are confidential domains, of which no sample is shown.
	Withheld []string
}

// Write looks up the samples that each arm helped or harmed most and writes them
// into the folder. The looks of a sample come from the study's data, read anew
// unless domains are given, those that were trained on, once for every fold of the study; where the data
// are not at hand any more, or have changed, its number has to do.
func Write(ctx context.Context, folder layout.Folder, plan *study.Plan, results *analysis.Results, folds [][]*dataset.Domain) (*List, error) {
	var unseen error
	if folds == nil {
		_, folds, unseen = dataset.OpenPlanned(ctx, plan)
	} else if unseen = dataset.Planned(plan, folds); unseen != nil {
		folds = nil
	}
	looks := looksOf(folds)
	list := &List{Exemplars: []Exemplar{}, Unseen: unseen}
	for _, e := range results.Effects {
		if d := plan.Domain(e.Domain); d != nil && d.Confidential || looks.confidential(e.Domain) {
			if !slices.Contains(list.Withheld, e.Domain) {
				list.Withheld = append(list.Withheld, e.Domain)
			}
			continue
		}
		for _, side := range []struct {
			direction string
			calls     []effect.Call
		}{{"helped", e.Calls.HelpedSamples}, {"harmed", e.Calls.HarmedSamples}} {
			for _, c := range side.calls {
				x := Exemplar{
					Key: e.Key, Sample: c.Sample, Direction: side.direction, Measure: e.Measure, P: c.P, Q: c.Q,
				}
				if err := looks.put(&x); err != nil {
					return nil, fmt.Errorf("exemplars: %w", err)
				}
				list.Exemplars = append(list.Exemplars, x)
			}
		}
	}
	if err := os.MkdirAll(folder.Tables(), 0o755); err != nil {
		return nil, fmt.Errorf("exemplars: %w", err)
	}
	origin, err := folder.Origin(folder.Results())
	if err != nil {
		return nil, fmt.Errorf("exemplars: %w", err)
	}
	if err := layout.WriteJSON(folder.Exemplars(), list.Exemplars); err != nil {
		return nil, err
	}
	return list, origin.Record(nil, folder.Exemplars())
}

// looks shows test samples by domain and number. Nil shows nothing.
type looks map[string]map[string]look

// confidential reports whether samples of a domain are shown nowhere.
func (l looks) confidential(domain string) bool {
	for _, x := range l[domain] {
		return x.confidential
	}
	return false
}

// look is where a test sample is found.
type look struct {
	test         *dataset.Split
	at           int
	task         dataset.Task
	confidential bool
}

func looksOf(folds [][]*dataset.Domain) looks {
	l := looks{}
	for _, domains := range folds {
		for _, d := range domains {
			if l[d.Name] == nil {
				l[d.Name] = map[string]look{}
			}
			for i := range d.Test.Len() {
				l[d.Name][strconv.FormatInt(d.Test.ID(i), 10)] = look{d.Test, i, d.Task, d.Confidential}
			}
		}
	}
	return l
}

// put adds a sample's picture or features, and its class.
func (l looks) put(x *Exemplar) error {
	d, ok := l[x.Domain][x.Sample]
	if !ok {
		return nil
	}
	i := d.at
	if d.task.Classes != nil {
		x.Features = append(x.Features, Feature{Name: "class", Value: d.task.Classes[d.test.Label(i)]})
	}
	p := d.test.Preview(i)
	if p.Image != nil {
		var buf bytes.Buffer
		if err := png.Encode(&buf, p.Image); err != nil {
			return fmt.Errorf("picture of sample %s of %s: %w", x.Sample, x.Domain, err)
		}
		x.PNG = buf.Bytes()
	}
	for k, name := range p.Names {
		f := Feature{Name: name}
		if k < len(p.Values) {
			if f.Value = "missing"; p.Values[k] == p.Values[k] {
				f.Value = strconv.FormatFloat(float64(p.Values[k]), 'g', 5, 32)
			}
		} else {
			f.Value = p.Words[k-len(p.Values)]
		}
		x.Features = append(x.Features, f)
	}
	return nil
}
