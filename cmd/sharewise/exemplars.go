package main

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"path/filepath"
	"strconv"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/reports"
)

// exemplarsPath is where analyze leaves the samples that changed most, with
// their looks, for the report.
func exemplarsPath(folder layout.Folder) string {
	return filepath.Join(folder.Tables(), "exemplars.json")
}

// writeExemplars looks up the samples that an arm helped or harmed most. The
// looks of a sample come from the study's data; where these are not at hand
// any more, its number has to do.
func (a *app) writeExemplars(ctx context.Context, plan *study.Plan, folder layout.Folder, results *analysis.Results) error {
	looks, err := openLooks(ctx, plan)
	if err != nil {
		fmt.Fprintf(a.stderr, "sharewise: the report will show numbers of samples and no pictures: %v\n", err)
	}
	list := []reports.Exemplar{}
	for _, e := range results.Effects {
		for _, side := range []struct {
			direction string
			calls     []analysis.Call
		}{{"helped", e.Calls.Helped}, {"harmed", e.Calls.Harmed}} {
			for _, c := range side.calls {
				x := reports.Exemplar{
					Arm: e.Arm, Rung: e.Rung, Weighting: e.Weighting, Domain: e.Domain,
					Sample: c.Sample, Direction: side.direction, Measure: e.Measure, P: c.P, Q: c.Q,
				}
				if err := looks.put(&x); err != nil {
					return err
				}
				list = append(list, x)
			}
		}
	}
	return layout.WriteJSON(exemplarsPath(folder), list)
}

// looks shows test samples by domain and number. Nil shows nothing.
type looks map[string]*domainLooks

type domainLooks struct {
	test *dataset.Split
	at   map[string]int // position by sample number
	task dataset.Task
}

func openLooks(ctx context.Context, plan *study.Plan) (looks, error) {
	_, domains, err := openPlanned(ctx, plan, 0)
	if err != nil {
		return nil, err
	}
	l := looks{}
	for _, d := range domains {
		at := map[string]int{}
		for i := range d.Test.Len() {
			at[strconv.FormatInt(d.Test.ID(i), 10)] = i
		}
		l[d.Name] = &domainLooks{test: d.Test, at: at, task: d.Task}
	}
	return l, nil
}

// put adds a sample's picture or features, and its class.
func (l looks) put(x *reports.Exemplar) error {
	d := l[x.Domain]
	if d == nil {
		return nil
	}
	i, ok := d.at[x.Sample]
	if !ok {
		return nil
	}
	if d.task.Classes != nil {
		x.Features = append(x.Features, reports.Feature{Name: "class", Value: d.task.Classes[d.test.Label(i)]})
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
		f := reports.Feature{Name: name}
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
