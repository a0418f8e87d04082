package retrain_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/policy"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/retrain"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// open opens the training of the scorer in a folder.
func open(t *testing.T, dir string, edit func(*retrain.Config)) (*retrain.Training, error) {
	t.Helper()
	given := filepath.Join(dir, "given.onnx")
	if err := onnxio.Save(given, scorer()); err != nil {
		t.Fatal(err)
	}
	s, samples := parts()
	c := retrain.Config{Model: given, Study: s, KeepHead: true, Options: project.Options{Samples: samples}}
	if edit != nil {
		edit(&c)
	}
	return retrain.Open(t.Context(), c)
}

// TestResume stops a training after an epoch. It goes on to the bytes of one that
// was not stopped, puts weights back into the model, and leaves no work folder.
func TestResume(t *testing.T) {
	dir := t.TempDir()
	var files [][]byte
	for _, stopped := range []bool{false, true} {
		o := retrain.Options{
			Work:  layout.Folder(filepath.Join(dir, "work")),
			Model: filepath.Join(dir, "out.onnx"), Into: filepath.Join(dir, "into.onnx"), Table: filepath.Join(dir, "losses.parquet"),
		}
		if stopped {
			tr, err := open(t, dir, nil)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			first := o
			first.Observe = func(retrain.Epoch) { cancel() }
			if _, err := tr.Run(ctx, reference.Backend(), first); !errors.Is(err, train.ErrInterrupted) {
				t.Fatalf("stopped: %v", err)
			}
			if err := retrain.MayWork(string(o.Work)); err != nil {
				t.Errorf("the work folder is not taken for one: %v", err)
			}
		}
		resumed := 0
		o.Resumed = func(step int) { resumed = step }
		tr, err := open(t, dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		r, err := tr.Run(t.Context(), reference.Backend(), o)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Epochs) != 2 || r.Epochs[1].Number != 2 || (resumed > 0) != stopped || r.Into.Tensors != 1 {
			t.Errorf("stopped %v: epochs %+v, resumed after %d, into %+v", stopped, r.Epochs, resumed, r.Into)
		}
		for _, file := range []string{o.Model, o.Into, o.Table} {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, data)
		}
		if _, err := os.Stat(string(o.Work)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the work folder is left: %v", err)
		}
	}
	for i := range 3 {
		if !bytes.Equal(files[i], files[3+i]) {
			t.Errorf("file %d differs after a stop", i)
		}
	}
}

// TestMistakes says what a program asked for wrongly.
func TestMistakes(t *testing.T) {
	dir := t.TempDir()
	var domain *retrain.DomainError
	if _, err := open(t, dir, func(c *retrain.Config) { c.Domain = "nort" }); !errors.As(err, &domain) || domain.Name != "nort" {
		t.Errorf("unknown domain: %v", err)
	}
	_, err := open(t, dir, func(c *retrain.Config) {
		c.Study.Domains = append(c.Study.Domains, study.NewDomain("south"))
	})
	if !errors.As(err, &domain) || domain.Name != "" || len(domain.Known) != 2 {
		t.Errorf("no choice among two domains: %v", err)
	}
	if _, err := open(t, dir, func(c *retrain.Config) { c.Model += ".x" }); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no model: %v", err)
	}
	if err := retrain.MayWork(dir); !errors.Is(err, retrain.ErrForeign) {
		t.Errorf("a folder of models: %v", err)
	}
	tr, err := open(t, dir, func(c *retrain.Config) { c.Study.Training.Rate = 1e38; c.Study.Training.Clip = 0 })
	if err != nil {
		t.Fatal(err)
	}
	var diverged *retrain.DivergedError
	if _, err := tr.Run(t.Context(), reference.Backend(), retrain.Options{Work: layout.Folder(filepath.Join(dir, "work"))}); !errors.As(err, &diverged) || diverged.AtOnce {
		t.Errorf("a rate of 1e38: %v", err)
	}
}

// TestPolicy goes on training no model on what a rule keeps from the data that it has
// learned before.
func TestPolicy(t *testing.T) {
	for before, allowed := range map[string]bool{"sister": true, "rival": false, "stranger": false} {
		_, err := open(t, t.TempDir(), func(c *retrain.Config) {
			m := scorer()
			m.SetProperty("sharewise.learned", before)
			if err := onnxio.Save(c.Model, m); err != nil {
				t.Fatal(err)
			}
			c.Domain = c.Study.Domains[0].Name
			c.Study.Domains = append(c.Study.Domains, c.Study.Domains[0], c.Study.Domains[0])
			for i, name := range []string{c.Domain, "sister", "rival"} {
				c.Study.Domains[i].Name = name
				c.Study.Domains[i].Labels = policy.Labels{"owner": {[]string{"x", "x", "y"}[i]}}
			}
			c.Study.Policy = &study.Policy{Policy: policy.Policy{Rules: []policy.Rule{{Name: "owners", Same: "owner"}}}}
		})
		if allowed != (err == nil) || !allowed && !errors.Is(err, policy.ErrForbidden) {
			t.Errorf("a model that has learned %s: %v", before, err)
		}
	}
}
