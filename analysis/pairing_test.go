package analysis

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/losses"
)

// newPairedStudy is a study of two domains, independent and joint, in which what
// chance does to a run is a part `together` of what it does to all runs of that
// seed.
func newPairedStudy(independent, joint int, together float64) *fakeStudy {
	f := newFakeStudy(1)
	f.Domains, f.Rungs, f.Runs = f.Domains[:2], []string{"w1"}, nil
	f.tables = map[string]*losses.Table{}
	f.Options.SharedSeeds = true
	r := rand.New(rand.NewPCG(5, 5))
	common := map[int]float64{}
	for _, arm := range []struct {
		name    string
		domains []string
		seeds   int
	}{{Independent, []string{"a"}, independent}, {Independent, []string{"b"}, independent}, {"joint", []string{"a", "b"}, joint}} {
		for seed := 1; seed <= arm.seeds; seed++ {
			if _, ok := common[seed]; !ok {
				common[seed] = r.NormFloat64()
			}
			run := Run{ID: arm.name + strings.Join(arm.domains, "") + string(rune('0'+seed)), Arm: arm.name, Domains: arm.domains, Rung: "w1", Weighting: "equal", Seed: int64(seed), Status: Finished}
			f.Runs = append(f.Runs, run)
			t := &losses.Table{Correct: []bool{}}
			luck := math.Sqrt(together)*common[seed] + math.Sqrt(1-together)*r.NormFloat64()
			for _, d := range arm.domains {
				for i := range 200 {
					wrong := math.Sin(float64(i)*7)+0.3*luck > 0.5
					loss := 0.5 + 0.1*luck
					if wrong {
						loss++
					}
					t.Domain, t.Seed, t.Sample = append(t.Domain, d), append(t.Seed, run.Seed), append(t.Sample, losses.SampleID{Number: int64(i)})
					t.Loss, t.Correct = append(t.Loss, float32(loss)), append(t.Correct, !wrong)
				}
			}
			f.tables[run.ID] = t
		}
	}
	return f
}

// TestPairedStudy measures how far runs of one seed move together, narrows limits
// by it, and leaves independent runs of other seeds out where they would only add
// noise.
func TestPairedStudy(t *testing.T) {
	of := func(independent, joint int, together float64, shared bool) *Results {
		t.Helper()
		f := newPairedStudy(independent, joint, together)
		f.Options.SharedSeeds = shared
		r, err := Analyze(f.Study)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	width := func(r *Results) float64 { return r.Gains[0].Absolute.Hi - r.Gains[0].Absolute.Lo }
	paired, unpaired := of(6, 6, 0.9, true), of(6, 6, 0.9, false)
	p := paired.Pairing
	if p == nil || p.Cells != 2 || p.Losses.Value < 0.7 || p.Losses.Noise > 0.5 || p.Errors.Value < 0.5 {
		t.Fatalf("pairing %+v", p)
	}
	if unpaired.Pairing != nil || unpaired.Gains[0].Pairing != nil || paired.Gains[0].Pairing.Seeds != 6 {
		t.Errorf("pairing of separate streams %+v, of a cell %+v", unpaired.Pairing, paired.Gains[0].Pairing)
	}
	if width(paired) > 0.8*width(unpaired) {
		t.Errorf("limits are %.4f wide with paired runs, %.4f without", width(paired), width(unpaired))
	}
	for _, c := range []struct {
		together float64
		want     [2]int
	}{{0.95, [2]int{5, 5}}, {0, [2]int{9, 5}}} {
		r := of(9, 5, c.together, true)
		if r.Gains[0].Seeds != (effect.Pair[int]{Independent: c.want[0], Arm: c.want[1]}) || r.Effects[0].Seeds.Independent != c.want[0] || r.Scores[0].Seeds != 9 || len(r.Placebo) != 2 {
			t.Errorf("together %g (%+v): runs %v, want %v; scores of %d", c.together, r.Pairing, r.Gains[0].Seeds, c.want, r.Scores[0].Seeds)
		}
	}
	data, err := json.Marshal(of(2, 2, 0.9, true))
	if err != nil {
		t.Fatal(err)
	}
	var back Results
	if err := json.Unmarshal(data, &back); err != nil || back.Pairing == nil || back.Pairing.Cells != 0 || !math.IsNaN(float64(back.Pairing.Losses.Value)) {
		t.Errorf("two seeds: %+v, %v", back.Pairing, err)
	}
}
