package deploy

import (
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"

	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/evaluate"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/policy"
	"github.com/sharewise/sharewise/analysis/provenance"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/onnxio"
)

// bundle chooses a model for every recommended pool.
func (g *gatherer) bundle() (*Bundle, error) {
	if err := g.allowed(); err != nil {
		return nil, err
	}
	b := &Bundle{files: map[string]string{}, Manifest: Manifest{
		Schema: SchemaID, Version: Version, Study: g.plan.Study, Title: g.plan.Title, Rung: g.groups.Rung, Weighting: g.groups.Weighting, Rule: Rule, Policy: g.plan.PolicySHA256,
	}}
	m := &b.Manifest
	if s := g.groups.Stability; s != nil && s.Decision != nil {
		m.Decision = string(s.Decision.Kind)
	}
	for _, path := range []string{g.folder.Plan(), g.folder.Results(), g.folder.Groups(), g.folder.Provenance()} {
		sum := g.origin.Sum(path)
		if path == g.folder.Provenance() {
			if sum == "" {
				return nil, g.stale("group", "there is no provenance.json, which says what the recommendation rests on")
			}
			if err := g.recorded(); err != nil {
				return nil, err
			}
			b.files[ProvenanceFile] = path
		}
		m.Sources = append(m.Sources, Source{filepath.Base(path), sum})
	}
	routes := map[string]Route{}
	for i, domains := range g.groups.Names() {
		choose := g.model
		if g.o.Refit {
			choose = g.refitted
		}
		model, path, err := choose(domains)
		if err != nil {
			return nil, err
		}
		model.File = fmt.Sprintf("model-%d.onnx", i+1)
		b.files[model.File] = path
		if err := g.routes(routes, model, path); err != nil {
			return nil, err
		}
		m.Models = append(m.Models, *model)
	}
	for _, d := range g.plan.Domains {
		m.Routes = append(m.Routes, routes[d.Name])
	}
	for _, d := range g.results.Doubts {
		m.Notes = append(m.Notes, d.Text)
	}
	for _, model := range m.Models {
		if model.WithoutFold > 0 {
			m.Notes = append(m.Notes, fmt.Sprintf("%s was trained without fold %d of the data of its domains", model.File, model.WithoutFold))
		}
		if model.Refit != nil {
			m.Notes = append(m.Notes, fmt.Sprintf("%s was trained once more on all samples of its domains after the choice, so that none is left to test it: its scores are estimated by models that lacked a fold each", model.File))
		}
	}
	return b, nil
}

// recorded makes sure that provenance.json is that of the recommendation.
func (g *gatherer) recorded() error {
	p, err := provenance.Read(g.folder)
	if err != nil {
		return err
	}
	if p.Files[filepath.Base(g.folder.Groups())] != g.origin.Sum(g.folder.Groups()) {
		return g.stale("group", "provenance.json is about another groups.json")
	}
	return nil
}

// labelsOf are the labels of all domains whose data a model has learned.
func (g *gatherer) labelsOf(domains []string) policy.Labels {
	var out policy.Labels
	for _, name := range domains {
		for label, values := range g.plan.Domain(name).Labels {
			if out == nil {
				out = policy.Labels{}
			}
			for _, v := range values {
				if !slices.Contains(out[label], v) {
					out[label] = append(out[label], v)
				}
			}
		}
	}
	for _, values := range out {
		slices.Sort(values)
	}
	return out
}

// model chooses the run of a pool, and says what its model is.
func (g *gatherer) model(domains []string) (*Model, string, error) {
	runs, err := g.runsOf(domains)
	if err != nil {
		return nil, "", err
	}
	among, err := g.oneFold(runs, domains)
	if err != nil {
		return nil, "", err
	}
	best, err := g.choose(among, domains)
	if err != nil {
		return nil, "", err
	}
	path := g.folder.Run(best.ID).Model()
	info, err := os.Stat(path)
	if err != nil {
		return nil, "", fmt.Errorf("%w: the model of %s is not there (%w)", ErrMissing, wording.First(domains, 6), err)
	}
	out := &Model{
		SHA256: best.done.Files[filepath.Base(path)], Bytes: info.Size(), Domains: domains,
		Arm: best.Arm, Run: best.ID, Seed: best.Seed, Epoch: best.done.Epoch, Labels: g.labelsOf(domains),
	}
	if len(among) < len(runs) {
		out.WithoutFold = best.Fold
	}
	if out.SHA256 == "" {
		return nil, "", fmt.Errorf("%w: run %s left no model", ErrMissing, best.ID)
	}
	for _, r := range among {
		c := Candidate{Seed: r.Seed}
		if !math.IsNaN(r.score) {
			c.Validation = &r.score
		}
		out.Candidates = append(out.Candidates, c)
	}
	return out, path, nil
}

// routes adds how a model serves its domains.
func (g *gatherer) routes(routes map[string]Route, model *Model, path string) error {
	m, err := onnxio.Load(path)
	if err != nil {
		return err
	}
	model.IRVersion = m.IRVersion
	for _, o := range m.Opsets {
		if o.Domain == "" || o.Domain == "ai.onnx" {
			model.Opset = o.Version
		}
	}
	for _, domain := range model.Domains {
		about, err := evaluate.DeploymentOf(m, domain)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		form, err := evaluate.FormOf(m, domain)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		route := Route{Domain: domain, Model: model.File, Use: *about}
		d := g.plan.Domain(domain)
		route.Data, route.Labels = d.SHA256, d.Labels
		if route.Input, err = value(m.Graph.Inputs, form.Input); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if route.Output, err = value(m.Graph.Outputs, form.Output); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		routes[domain] = route
	}
	return nil
}

// value describes one of the values of a graph.
func value(list []*onnxio.Value, name string) (Value, error) {
	i := slices.IndexFunc(list, func(v *onnxio.Value) bool { return v.Name == name })
	if i < 0 {
		return Value{}, fmt.Errorf("the model has no %q", name)
	}
	out := Value{Name: name, DType: list[i].Type.String(), Shape: []int64{}}
	for _, d := range list[i].Shape {
		out.Shape = append(out.Shape, d.Size)
	}
	return out, nil
}

// copyFile copies a file, and fails where it is no longer the one that was chosen.
func copyFile(from, to, sum string) error {
	err := atomicfile.Write(to, func(w io.Writer) error {
		f, err := filelimit.Open(from)
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = io.Copy(w, f)
		return err
	})
	if err != nil {
		return err
	}
	got, err := layout.HashFile(to)
	if err == nil && got != sum {
		err = fmt.Errorf("%s has changed while it was copied", from)
	}
	return err
}
