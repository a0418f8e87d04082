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
	"github.com/sharewise/sharewise/analysis/filelimit"
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
// into the folder. The looks of a sample come from the study's data: from domains that are
// given, those that were trained on, once for every fold of the study; else from the list that is in the folder, where
// it was made from the same data and has all samples; else from the data, read anew. Where the data
// are not at hand any more, or have changed, its number has to do.
func Write(ctx context.Context, folder layout.Folder, plan *study.Plan, results *analysis.Results, folds [][]*dataset.Domain) (*List, error) {
	list := &List{Exemplars: []Exemplar{}}
	add := func(confidential func(domain string) bool) {
		list.Exemplars, list.Withheld = list.Exemplars[:0], nil
		for _, e := range results.Effects {
			if d := plan.Domain(e.Domain); d != nil && d.Confidential || confidential(e.Domain) {
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
					list.Exemplars = append(list.Exemplars, Exemplar{
						Key: e.Key, Sample: c.Sample, Direction: side.direction, Measure: e.Measure, P: c.P, Q: c.Q,
					})
				}
			}
		}
	}
	add(func(string) bool { return false })
	kept := false
	switch {
	case folds != nil:
		if list.Unseen = dataset.Planned(plan, folds); list.Unseen != nil {
			folds = nil
		}
	case len(list.Exemplars) > 0:
		if kept = list.keepLooks(folder, plan); !kept {
			_, folds, list.Unseen = dataset.OpenPlanned(ctx, plan)
			if filelimit.SystemFault(list.Unseen) != "" { // the data may be there all the same
				return nil, fmt.Errorf("exemplars: %w", list.Unseen)
			}
		}
	}
	if !kept {
		looks := looksOf(folds, list.Exemplars)
		add(looks.confidential)
		for i := range list.Exemplars {
			if err := looks.put(&list.Exemplars[i]); err != nil {
				return nil, fmt.Errorf("exemplars: %w", err)
			}
		}
	}
	if err := os.MkdirAll(folder.Tables(), 0o777); err != nil {
		return nil, fmt.Errorf("exemplars: %w", err)
	}
	sum, err := layout.SumOfJSON(results)
	if err != nil {
		return nil, fmt.Errorf("exemplars: %w", err)
	}
	var from any
	if list.Unseen == nil {
		from = seenIn(plan)
	}
	origin, err := folder.Origin(folder.Results())
	if err != nil {
		return nil, fmt.Errorf("exemplars: %w", err)
	}
	isOther := func() bool {
		for range 2 { // a file system may give what it was before, once
			if now, err := layout.HashFile(folder.Results()); err != nil || now == sum {
				return false
			}
		}
		return true
	}
	return list, origin.Derive(func(d *layout.Derivation) error {
		if isOther() {
			return nil // another process has analysed the folder since, and writes its own
		}
		if err := layout.WriteJSON(folder.Exemplars(), list.Exemplars); err != nil {
			return err
		}
		return d.Record(origin, from, folder.Exemplars())
	})
}

// looks shows test samples by domain and number. Nil shows nothing.
type looks map[string]*shown

// shown are samples of a domain that are looked for, by number.
type shown struct {
	confidential bool
	samples      map[string]look
}

// confidential reports whether samples of a domain are shown nowhere.
func (l looks) confidential(domain string) bool { return l[domain] != nil && l[domain].confidential }

// look is where a test sample is found.
type look struct {
	test *dataset.Split
	at   int
	task dataset.Task
}

// looksOf looks for the samples of exemplars in the test samples of the folds.
func looksOf(folds [][]*dataset.Domain, list []Exemplar) looks {
	wanted := map[string]map[int64]bool{}
	for _, x := range list {
		if wanted[x.Domain] == nil {
			wanted[x.Domain] = map[int64]bool{}
		}
		if n, err := strconv.ParseInt(x.Sample, 10, 64); err == nil {
			wanted[x.Domain][n] = true
		}
	}
	l := looks{}
	for _, domains := range folds {
		for _, d := range domains {
			if l[d.Name] == nil {
				l[d.Name] = &shown{samples: map[string]look{}}
			}
			at := l[d.Name]
			at.confidential = at.confidential || d.Confidential
			if want := wanted[d.Name]; len(want) > 0 && !d.Confidential {
				for i := range d.Test.Len() {
					if id := d.Test.ID(i); want[id] {
						at.samples[strconv.FormatInt(id, 10)] = look{d.Test, i, d.Task}
					}
				}
			}
		}
	}
	return l
}

// put adds a sample's picture or features, and its class.
func (l looks) put(x *Exemplar) error {
	if l[x.Domain] == nil {
		return nil
	}
	d, ok := l[x.Domain].samples[x.Sample]
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
