package merging

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio/reference"
	"github.com/sharewise/sharewise/onnxio/training"
)

// TestJudge tests merged models beside a trained pool: gains are what the loss tables
// say, and a pool with a domain of the opposite rule is no better merged.
func TestJudge(t *testing.T) {
	p, folder := plants(t, func(s *study.Study) {
		for k := range s.Domains {
			s.Domains[k].Task.Measure = "loss"
		}
	})
	f, err := Try(t.Context(), reference.Backend(), p, folder, Config{})
	if err != nil {
		t.Fatal(err)
	}
	j := f.Judged
	if j == nil || len(j.Ways) != 3 || len(j.Alone) != 3 || j.Margin != DefaultMargin {
		t.Fatalf("judged %+v", j)
	}
	lossIn := func(domain string, paths ...string) float64 {
		sum, n := 0.0, 0.0
		for _, path := range paths {
			for table, err := range losses.Batches(path) {
				if err != nil {
					t.Fatal(err)
				}
				for i, d := range table.Domain {
					if d == domain {
						sum, n = sum+float64(table.Loss[i]), n+1
					}
				}
			}
		}
		return sum / n
	}
	runs := map[string][]string{} // paths of loss tables, by arm and domain
	for _, r := range p.Plan.Runs {
		for _, d := range r.Domains {
			runs[r.Arm+" "+d] = append(runs[r.Arm+" "+d], folder.Run(r.ID).Losses())
		}
	}
	for _, w := range j.Ways {
		if len(w.Pools) != 1 || len(w.Members) != 3 {
			t.Fatalf("%s: %+v", w.Name, w)
		}
		merged, err := filepath.Glob(filepath.Join(folder.MergedTables(), slug(w.Name), "*.parquet"))
		if err != nil || len(merged) != 2 {
			t.Fatalf("%s: tables %v, %v", w.Name, merged, err)
		}
		for _, m := range w.Members {
			alone := lossIn(m.Domain, runs["independent "+m.Domain]...)
			pool := study.PoolName(m.Pool)
			if got, want := m.Trained.Value, (alone-lossIn(m.Domain, runs[pool+" "+m.Domain]...))/alone; math.Abs(got-want) > 1e-6 {
				t.Errorf("%s, %s: trained gains %g, by its tables %g", w.Name, m.Domain, got, want)
			}
			if got, want := m.Merged.Value, (alone-lossIn(m.Domain, merged...))/alone; math.Abs(got-want) > 1e-6 {
				t.Errorf("%s, %s: merged gains %g, by its tables %g", w.Name, m.Domain, got, want)
			}
			if got := m.Difference.By.Value; math.Abs(got-(m.Merged.Value-m.Again.Value)) > 1e-9 {
				t.Errorf("%s, %s: difference %g", w.Name, m.Domain, got)
			}
		}
	}
	// Conflicts of the margin with limits decide.
	for _, c := range []struct {
		lo, hi float64
		want   Verdict
	}{{-0.01, 0.3, AsGood}, {-0.3, -0.1, Worse}, {-0.3, 0.1, Undecided}, {-0.015, -0.005, AsGood}, {math.NaN(), math.NaN(), Undecided}} {
		d := analysis.Difference{By: effect.Interval{Value: (c.lo + c.hi) / 2, Lo: c.lo, Hi: c.hi}}
		if got := j.compared(d).Verdict; got != c.want {
			t.Errorf("%g to %g: %s, want %s", c.lo, c.hi, got, c.want)
		}
	}
	again, err := Try(t.Context(), reference.Backend(), p, layout.Folder(string(folder)), Config{NoTest: true})
	if err != nil || again.Judged != nil {
		t.Errorf("without tests: %+v, %v", again.Judged, err)
	}
	read, err := Read(layout.Folder(t.TempDir()))
	if read != nil || err != nil {
		t.Errorf("read %v, %v", read, err)
	}
}

// TestRefit mends a head that was spoilt, and leaves alone one that is better.
func TestRefit(t *testing.T) {
	p, folder := plants(t, func(*study.Study) {})
	runs, err := p.Finished(folder, study.Independent, p.Plan.Rungs[0])
	if err != nil {
		t.Fatal(err)
	}
	point, err := p.At(reference.Backend(), folder, runs[0])
	if err != nil {
		t.Fatal(err)
	}
	defer point.Close()
	d := point.Domains()[0]
	good, err := point.Loss(0, d.Val)
	if err != nil {
		t.Fatal(err)
	}
	weight := point.Values(training.HeadWeight(d.Name))
	for k := range weight {
		weight[k] *= -1
	}
	bad, err := point.Loss(0, d.Val)
	if err != nil || !(bad > 2*good) {
		t.Fatalf("loss %g of a spoilt head, %g before, %v", bad, good, err)
	}
	mended, err := refit(t.Context(), point, 0, bad)
	if err != nil || mended > bad/10 {
		t.Errorf("loss %g of a mended head, %g before it was spoilt, %v", mended, good, err)
	}
	now, err := point.Loss(0, d.Val)
	if err != nil || math.Abs(now-mended) > 1e-9 {
		t.Errorf("the model has loss %g, not %g, %v", now, mended, err)
	}
	before := append([]float32{}, weight...)
	if kept, err := refit(t.Context(), point, 0, mended/2); err != nil || kept != mended/2 {
		t.Errorf("a better head was replaced: %g, %v", kept, err)
	}
	for k, w := range before {
		if weight[k] != w {
			t.Fatal("the better head is gone")
		}
	}
}

func TestSlug(t *testing.T) {
	seen := map[string]bool{}
	for _, name := range []string{ways[0].trial.Name, ways[1].trial.Name, ways[2].trial.Name, aloneAgain, trainedAgain} {
		s := slug(name)
		if seen[s] || strings.ContainsAny(s, " ,/") {
			t.Errorf("%q becomes %q", name, s)
		}
		seen[s] = true
	}
}

// TestTables finds the tables of merged models in a folder whose name looks like a pattern.
func TestTables(t *testing.T) {
	folder := layout.Folder(filepath.Join(t.TempDir(), "out [1]"))
	want := filepath.Join(folder.MergedTables(), "average", "joint-1.parquet")
	if err := os.MkdirAll(filepath.Dir(want), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(want, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if got, err := Tables(folder); err != nil || !slices.Equal(got, []string{want}) {
		t.Errorf("%q, %v", got, err)
	}
}
