package adaptive

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/grouping/decisions"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// families is a world of many domains, of which no pairs are trained: those of one
// family save inside of each other's errors, others outside. A domain's family is its
// entry.
func families(seed uint64, of []int, inside, outside, blur float64) *world {
	w := newWorld(seed, none, len(of), pairedBy)
	w.noPairs, w.blur = true, blur
	for j := range w.hard {
		w.hard[j] = w.hard[j][:400]
	}
	for j := range of {
		for i := range of {
			switch {
			case i == j:
			case of[i] == of[j]:
				w.brings[j][i] += inside
			default:
				w.brings[j][i] += outside
			}
		}
	}
	return w
}

// groupsBy are the names of a world's domains by their families.
func (w *world) groupsBy(of []int) [][]string {
	var out [][]string
	for f := range slices.Max(of) + 1 {
		var names []string
		for j, x := range of {
			if x == f {
				names = append(names, w.names[j])
			}
		}
		out = append(out, names)
	}
	return out
}

// total is what groups truly gain, for each domain on average.
func (w *world) total(groups [][]string) float64 {
	sum := 0.0
	for _, names := range groups {
		pool := w.members(names)
		for _, j := range pool {
			sum += w.gain(pool, j)
		}
	}
	return sum / float64(len(w.names))
}

// apart has every domain by itself.
func (w *world) apart() [][]string {
	var out [][]string
	for _, name := range w.names {
		out = append(out, []string{name})
	}
	return out
}

// threeFamilies are of three, two and one domain.
var threeFamilies = []int{0, 1, 0, 2, 0, 1}

// TestPropose finds families among many domains whose pairs are not trained, asks for
// their pools once, and takes the same decisions again.
func TestPropose(t *testing.T) {
	w := families(1, threeFamilies, 0.25, -0.12, 0.3)
	d := w.driver(t, layout.Folder(t.TempDir()), Options{Step: 4})
	r, err := d.run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := range r.Decisions {
		t.Log(r.Line(i))
	}
	proposed := 0
	for _, x := range r.Decisions {
		if x.Kind != decisions.Propose {
			continue
		}
		proposed++
		if p := x.Proposal; p == nil || len(p.Levels) == 0 || p.Levels[0].Groups != 3 || !reflect.DeepEqual(p.Levels[0].Pools, w.groupsBy(threeFamilies)[:2]) || len(p.Chance) != byChance {
			t.Errorf("%+v", x.Proposal)
		}
		// The likeliest groups come first.
		for k, id := range x.Runs[:2*r.Settings.Pilot] {
			if run, err := d.candidates.plan.Run(id); err != nil || !slices.Equal(run.Domains, x.Proposal.Levels[0].Pools[k%2]) {
				t.Errorf("run %d is of %v, %v", k, run, err)
			}
		}
	}
	if proposed != 1 || r.Decisions[1].Kind != decisions.Propose {
		t.Errorf("%d of %d decisions propose pools", proposed, len(r.Decisions))
	}
	if r.End.Reason != decisions.Settled || !reflect.DeepEqual(sortedPools(r.End.Saw.Groups), sortedPools(w.groupsBy(threeFamilies))) {
		t.Errorf("%s: %v", r.End.Reason, r.End.Saw.Groups)
	}
	again, err := w.driver(t, d.folder, Options{Step: 4}).run(t.Context())
	if err != nil || !reflect.DeepEqual(again, r) {
		t.Errorf("called again: %v, %+v", err, again)
	}
}

func sortedPools(pools [][]string) [][]string {
	out := slices.Clone(pools)
	slices.SortFunc(out, slices.Compare)
	return out
}

// TestProposeNone asks for no pools where the study lists some, or trains pairs.
func TestProposeNone(t *testing.T) {
	for _, how := range []string{"listed", "pairs"} {
		w := families(1, threeFamilies[:5], 0.25, -0.12, 0.3)
		w.noPairs = how != "pairs"
		d := w.driver(t, layout.Folder(t.TempDir()), Options{Step: 4})
		if how == "listed" {
			d.project.Study.Arms.Pools = [][]string{{"a", "c"}}
		}
		r, err := d.run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if slices.ContainsFunc(r.Decisions, func(x decisions.Decision) bool { return x.Kind == decisions.Propose }) {
			t.Errorf("%s: pools are proposed", how)
		}
	}
}

// BenchmarkPropose prints the rows on proposed pools of testdata/trainings.md, a kind of
// world each:
// go test ./grouping/adaptive -run=^$ -bench=Propose/nothing -benchtime=1x.
func BenchmarkPropose(b *testing.B) {
	const worlds = 40
	one := make([]int, 8)
	odd := slices.Clone(one)
	odd[5] = 1
	for _, c := range []struct {
		name            string
		of              []int
		inside, outside float64
	}{
		{"families", []int{0, 1, 0, 2, 0, 1, 0, 1}, 0.2, -0.12},
		{"alike", one, 0.15, 0},
		{"harmful", odd, 0.15, -0.3},
		{"different", one, -0.15, 0},
		{"nothing", one, 0, 0},
	} {
		b.Run(c.name, func(b *testing.B) {
			for range b.N {
				lost, settled, wrong, harmed, runs := 0.0, 0, 0, 0, 0
				for seed := range uint64(worlds) {
					w := families(7000+seed, c.of, c.inside, c.outside, 0.3)
					r := w.course(b, Options{Step: 60, Most: 5})
					best := math.Inf(-1)
					for _, groups := range [][][]string{w.groupsBy(c.of), {w.names}, w.apart()} {
						best = max(best, w.total(groups))
					}
					total := w.total(r.End.Saw.Groups)
					lost, runs = lost+max(0, best-total), runs+r.Trained()
					if r.End.Reason != decisions.Settled {
						continue
					}
					settled++
					if best-total > r.Settings.Tolerance {
						wrong++
					}
					if total < -r.Settings.Tolerance {
						harmed++
					}
				}
				fmt.Printf("| %s | %d | %d | %d | %d | %.4f | %.0f |\n", c.name, worlds, settled, wrong, harmed, lost/worlds, float64(runs)/worlds)
			}
		})
	}
}

// plantedFamilies is a study of four small tables of which pairs are not trained: a and c
// follow one rule, b and d another. Where the classes of each have names of its own, no
// model fits another domain.
func plantedFamilies(t *testing.T, apart bool) *project.Project {
	t.Helper()
	s, samples := study.New("families"), map[string]*dataset.Samples{}
	s.Training.Epochs, s.Training.Batch, s.Training.Rate = 4, 4, 0.1
	s.Model.Widths, s.Baseline, s.Arms.Pairs = []float64{0.02}, study.NoBaseline, new(bool)
	random := rand.New(rand.NewPCG(1, 2))
	for k, name := range []string{"a", "b", "c", "d"} {
		d := study.NewDomain(name)
		d.Format = study.InMemory
		s.Domains = append(s.Domains, d)
		x := new(dataset.Samples)
		for range 60 {
			row := []float32{float32(random.NormFloat64()), float32(random.NormFloat64())}
			label := "low"
			if row[k%2] > 0 {
				label = "high"
			}
			if apart {
				label += " in " + name
			}
			x.X, x.Labels = append(x.X, row), append(x.Labels, label)
		}
		samples[name] = x
	}
	p, err := project.Open(t.Context(), s, project.Options{Samples: samples})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestProposeTrained proposes pools by models that were trained; interrupted before their
// training and started again it does the same to the byte.
func TestProposeTrained(t *testing.T) {
	o := Options{Step: 2, Jobs: 2, Budget: Budget{Runs: 17}}
	folder := layout.Folder(filepath.Join(t.TempDir(), "out"))
	if f, err := Foresee(plantedFamilies(t, false), folder, o); err != nil || !f.Proposes || !strings.Contains(f.Lines()[0], "Then pools of domains that seem alike") {
		t.Errorf("foreseen: %+v, %v", f, err)
	}
	r, err := Run(t.Context(), plantedFamilies(t, false), reference.Backend(), folder, o)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Decisions) < 2 || r.Decisions[1].Proposal == nil {
		t.Fatalf("%+v", r.Decisions)
	}
	if p := r.Decisions[1].Proposal; p.By != "cross-evaluation" || len(p.Levels) != 1 || !reflect.DeepEqual(p.Levels[0].Pools, [][]string{{"a", "c"}, {"b", "d"}}) {
		t.Errorf("by %s: %+v", p.By, p.Levels)
	}
	want := written(t, folder)
	folder = layout.Folder(filepath.Join(t.TempDir(), "out"))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	interrupted := o
	interrupted.Decided = func(r *decisions.Record) {
		if r.Decisions[len(r.Decisions)-1].Proposal != nil {
			cancel()
		}
	}
	if _, err := Run(ctx, plantedFamilies(t, false), reference.Backend(), folder, interrupted); !errors.Is(err, train.ErrInterrupted) {
		t.Fatalf("interrupted: %v", err)
	}
	if _, err := Run(t.Context(), plantedFamilies(t, false), reference.Backend(), folder, o); err != nil {
		t.Fatal(err)
	}
	compare(t, "interrupted", written(t, folder), want)
}

// TestProposeApart proposes pools by representations where no model fits another domain.
func TestProposeApart(t *testing.T) {
	r, err := Run(t.Context(), plantedFamilies(t, true), reference.Backend(), layout.Folder(t.TempDir()), Options{Pilot: 2, Step: 2, Jobs: 2, Budget: Budget{Runs: 15}})
	if err != nil {
		t.Fatal(err)
	}
	last := r.Decisions[len(r.Decisions)-1]
	if p := last.Proposal; p == nil || p.By != "representations (CKA)" || len(p.Levels) != 1 || len(last.Runs) < 4 {
		t.Errorf("%+v", last)
	}
}

// TestProposeFolds trains all seeds of all arms of a study with folds alike.
func TestProposeFolds(t *testing.T) {
	w := families(3, threeFamilies[:5], 0.25, -0.12, 0.3)
	d := w.driver(t, layout.Folder(t.TempDir()), Options{Step: 4, Pilot: 4, Most: 4})
	for i := range d.project.Study.Domains {
		d.project.Study.Domains[i].Split.Folds = 2
	}
	r, err := d.run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if n := len(d.project.Plan.Runs); len(r.Decisions) != 2 || n != 4*(len(d.candidates.arms)) {
		t.Errorf("%d decisions, %d runs of %d arms", len(r.Decisions), n, len(d.candidates.arms))
	}
}
