package analysis

import (
	"encoding/json"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/losses"
)

// sharedWorld is a study of domains a to e, with independent models, the joint model
// and those that lack one member. The probability of an error on a sample is its own,
// moved by the run and, for every other member of the pool, by what that brings.
type sharedWorld struct {
	brings  func(source, target string) float64 // added to the probability of an error, negative: helps
	arms    [][]string
	domains []string
	runs    float64 // standard deviation of what runs add
	samples int
	seeds   int
}

func worldOf(names string, brings func(source, target string) float64) sharedWorld {
	w := sharedWorld{brings: brings, domains: strings.Split(names, ""), runs: 0.02, samples: 300, seeds: 4}
	w.arms = append(w.arms, w.domains)
	for _, d := range w.domains {
		w.arms = append(w.arms, slices.DeleteFunc(slices.Clone(w.domains), func(s string) bool { return s == d }))
	}
	return w
}

// study draws the runs of a world.
func (w sharedWorld) study(seed uint64) Study {
	random := rand.New(rand.NewPCG(seed, 15))
	tables := map[string]*losses.Table{}
	own := map[string][]float64{}
	s := Study{
		Name: "shared", Rungs: []string{"w1"}, Weightings: []string{"equal"}, GainsOnly: true,
		Open: func(r Run) iter.Seq2[*losses.Table, error] {
			return func(yield func(*losses.Table, error) bool) { yield(tables[r.ID], nil) }
		},
	}
	for _, d := range w.domains {
		s.Domains = append(s.Domains, DomainInfo{Name: d, Task: "classification", Outputs: 2, Test: w.samples})
		for range w.samples {
			own[d] = append(own[d], 0.1+0.4*random.Float64())
		}
	}
	add := func(arm string, members []string) {
		for k := 1; k <= w.seeds; k++ {
			id := fmt.Sprint(arm, members, k)
			s.Runs = append(s.Runs, Run{ID: id, Arm: arm, Domains: members, Rung: "w1", Weighting: "equal", Seed: int64(k), Status: Finished})
			moved := w.runs * random.NormFloat64()
			t := &losses.Table{Correct: []bool{}, Label: []int32{}}
			for _, d := range members {
				shift := moved
				for _, source := range members {
					if source != d {
						shift += w.brings(source, d)
					}
				}
				for i, p := range own[d] {
					wrong := random.Float64() < min(1, max(0, p+shift))
					t.Domain, t.Seed, t.Sample = append(t.Domain, d), append(t.Seed, int64(k)), append(t.Sample, losses.SampleID{Number: int64(i)})
					t.Correct, t.Label = append(t.Correct, !wrong), append(t.Label, int32(i%2))
					t.Loss = append(t.Loss, map[bool]float32{true: 1, false: 0.1}[wrong])
				}
			}
			tables[id] = t
		}
	}
	for _, d := range w.domains {
		add(Independent, []string{d})
	}
	for _, members := range w.arms {
		arm := "joint"
		if len(members) < len(w.domains) {
			arm = "pool{" + strings.Join(members, ",") + "}"
		}
		add(arm, members)
	}
	return s
}

// TestLeftOutFindsTheHarm plants a domain that harms all others, and one that helps a
// single other: it is these that are found.
func TestLeftOutFindsTheHarm(t *testing.T) {
	w := worldOf("abcde", func(source, target string) float64 {
		switch {
		case source == "c":
			return 0.09
		case source == "a" && target == "b":
			return -0.1
		}
		return 0
	})
	w.samples, w.seeds = 500, 6
	r, err := Analyze(w.study(1))
	if err != nil {
		t.Fatal(err)
	}
	if r.LeftOut == nil || len(r.LeftOut.Sums) != 5 || len(r.LeftOut.Effects) != 20 {
		t.Fatalf("left out %+v", r.LeftOut)
	}
	for _, s := range r.LeftOut.Sums {
		harm := s.Source == "c"
		if s.Discovery != harm || harm && (s.Brings.Hi > 0 || math.Abs(s.Brings.Value+0.3) > 0.1) {
			t.Errorf("%s brings the others %+v, p %.3g, discovery %v", s.Source, s.Brings, s.P, s.Discovery)
		}
		if s.Domains != 4 || s.Domain != "" || s.Arm != "joint" || !strings.HasPrefix(s.Without, "pool{") || strings.Contains(s.Without, s.Source+",") {
			t.Errorf("sum %+v", s)
		}
		if own := r.Gain(s.On(s.Source)); own.Relative != s.Own {
			t.Errorf("%s gains %v itself, want %v", s.Source, s.Own, own.Relative)
		}
	}
	for _, e := range r.LeftOut.Effects {
		want := e.Source == "c" || e.Source == "a" && e.Domain == "b"
		if e.Discovery != want || want && (e.Brings.Value < 0) != (e.Source == "c") {
			t.Errorf("%s brings %s %+v, p %.3g, discovery %v", e.Source, e.Domain, e.Brings, e.P, e.Discovery)
		}
		if got := e.With.Value - e.Left.Value; got != e.Brings.Value {
			t.Errorf("%s brings %s %v, its gains differ by %v", e.Source, e.Domain, e.Brings.Value, got)
		}
	}
}

// TestLeftOutHolds draws worlds without any effect, and one with: limits hold the truth
// and hardly any world has a discovery where there is none.
func TestLeftOutHolds(t *testing.T) {
	worlds := 60
	if testing.Short() {
		worlds = 15
	}
	for _, harm := range []float64{0, 0.06} {
		held, limited, sums, heldSums, false1 := 0, 0, 0, 0, 0
		for k := range worlds {
			w := worldOf("abcd", func(source, _ string) float64 {
				if source == "c" {
					return harm
				}
				return 0
			})
			w.samples, w.seeds = 150, 3
			r, err := Analyze(w.study(uint64(100 + k)))
			if err != nil {
				t.Fatal(err)
			}
			// The error alone is 0.3 and the harm is the same for all samples.
			truth := func(source string) float64 {
				if source == "c" {
					return -harm / 0.3
				}
				return 0
			}
			wrong := false
			for _, e := range r.LeftOut.Effects {
				if e.Brings.Limited() {
					limited++
					if v := truth(e.Source); e.Brings.Lo <= v && v <= e.Brings.Hi {
						held++
					}
				}
				wrong = wrong || e.Discovery && truth(e.Source) == 0
			}
			for _, s := range r.LeftOut.Sums {
				sums++
				if v := truth(s.Source); s.Brings.Lo <= v && v <= s.Brings.Hi {
					heldSums++
				}
				wrong = wrong || s.Discovery && truth(s.Source) == 0
			}
			if wrong {
				false1++
			}
		}
		coverage, coverageSums := float64(held)/float64(limited), float64(heldSums)/float64(sums)
		t.Logf("harm %.2f: %.3f of %d limits hold the truth, %.3f of %d of sums; a false discovery in %d of %d worlds", harm, coverage, limited, coverageSums, sums, false1, worlds)
		if coverage < 0.92 || coverageSums < 0.93 || float64(false1) > 0.15*float64(worlds)+1 {
			t.Errorf("harm %.2f: coverage %.3f and %.3f, %d of %d worlds with a false discovery", harm, coverage, coverageSums, false1, worlds)
		}
	}
}

// TestLeftOutUnknown leaves unknown what one run, missing gains and missing covariances
// do not tell.
func TestLeftOutUnknown(t *testing.T) {
	w := worldOf("abc", func(string, string) float64 { return 0 })
	w.seeds, w.samples = 1, 40
	r, err := Analyze(w.study(3))
	if err != nil {
		t.Fatal(err)
	}
	if r.LeftOut == nil || len(r.LeftOut.Effects) != 6 {
		t.Fatalf("left out %+v", r.LeftOut)
	}
	for _, e := range r.LeftOut.Effects {
		if e.Brings.Limited() || e.Discovery || e.P != 1 || e.Freedom != 0 {
			t.Errorf("one run: %+v", e)
		}
	}
	for _, s := range r.LeftOut.Sums {
		if s.Brings.Limited() || s.Discovery || s.P != 1 || !s.Brings.Known() {
			t.Errorf("one run: %+v", s)
		}
	}
	if _, err := json.Marshal(r); err != nil {
		t.Error(err)
	}

	w.seeds = 3
	if r, err = Analyze(w.study(4)); err != nil {
		t.Fatal(err)
	}
	if !r.LeftOut.Effects[0].Brings.Limited() {
		t.Fatalf("three runs: %+v", r.LeftOut.Effects[0])
	}
	gone := r.LeftOut.Effects[0]
	r.Gain(gone.Key).Relative = effect.Unknown()
	r.Covariances = slices.DeleteFunc(r.Covariances, func(c GainCovariance) bool { return c.Target == "b" })
	found := r.leaveOut()
	for _, e := range found.Effects {
		switch {
		case e.Key == gone.Key:
			t.Errorf("a gain that is unknown says %+v", e)
		case e.Domain == "b" && e.Brings.Limited():
			t.Errorf("without a covariance %+v", e)
		}
	}
	for _, s := range found.Sums {
		if s.Source != gone.Domain && s.Source == gone.Source {
			t.Errorf("a member is unknown, the mean is %+v", s)
		}
	}

	// Pairs and independent models tell nothing that gains do not.
	f, err := Analyze(newFakeStudy(2).Study)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range f.LeftOut.Effects {
		if e.Source != "r" || e.Arm != "joint" || e.Without != "pool{a,b}" {
			t.Errorf("effect %+v", e)
		}
	}
	if without := f.Without("r"); without.LeftOut != nil {
		t.Errorf("without r %+v", without.LeftOut)
	}
}
