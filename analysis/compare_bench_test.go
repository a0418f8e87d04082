package analysis

import (
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/measures"
)

// benchRun is what a run says of some domains.
func benchRun(domains []string, seed, samples int, shift float64) *losses.Table {
	t := &losses.Table{}
	for d, name := range domains {
		easy, chance := rand.New(rand.NewPCG(uint64(d), 1)), rand.New(rand.NewPCG(uint64(d), uint64(seed)*2+uint64(shift)))
		for i := range samples {
			p := 1 / (1 + math.Exp(-1-1.5*easy.NormFloat64()-0.5*chance.NormFloat64()-0.1*shift))
			t.Domain, t.Seed = append(t.Domain, name), append(t.Seed, int64(seed))
			t.Sample, t.Loss = append(t.Sample, losses.SampleID{Number: int64(3 * i)}), append(t.Loss, float32(-math.Log(p)))
			t.Correct, t.Label = append(t.Correct, p > 0.5), append(t.Label, int32(i%10))
		}
	}
	return t
}

// BenchmarkCompareSets reads files as a study writes them, and measures transfer and
// interference; testdata/peers/columns does the same with as many rows as wanted.
func BenchmarkCompareSets(b *testing.B) {
	const domains, seeds, samples = 4, 5, 40000
	dir := b.TempDir()
	var names []string
	for d := range domains {
		names = append(names, fmt.Sprint("line ", d))
	}
	for s := range seeds {
		for d := range names {
			if err := losses.WriteFile(filepath.Join(dir, fmt.Sprintf("alone_%d_%d.parquet", d, s)), benchRun(names[d:d+1], s, samples, 0)); err != nil {
				b.Fatal(err)
			}
		}
		if err := losses.WriteFile(filepath.Join(dir, fmt.Sprintf("joint_%d.parquet", s)), benchRun(names, s, samples, 1)); err != nil {
			b.Fatal(err)
		}
	}
	for _, measure := range []string{measures.Correct, measures.Loss} {
		b.Run(measure, func(b *testing.B) {
			for b.Loop() {
				independent, err := losses.Open(filepath.Join(dir, "alone_*.parquet"))
				if err != nil {
					b.Fatal(err)
				}
				arm, err := losses.Open(filepath.Join(dir, "joint_*.parquet"))
				if err != nil {
					b.Fatal(err)
				}
				if _, err := CompareSets(independent, arm, Options{Options: effect.Options{Measure: measure, SharedSeeds: true}}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(2*domains*seeds*samples*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrows/s")
		})
	}
}

// One processor or many: the figures are the same to the last bit.
func TestCompareSetsInAnyNumberOfParts(t *testing.T) {
	names := []string{"a", "b"}
	dir := t.TempDir()
	for s := range 3 {
		for arm, shift := range map[string]float64{"alone": 0, "joint": 1} {
			if err := losses.WriteFile(filepath.Join(dir, fmt.Sprintf("%s_%d.parquet", arm, s)), benchRun(names, s, 40000, shift)); err != nil {
				t.Fatal(err)
			}
		}
	}
	compare := func(processors int, measure string) string {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
		var sets []*losses.Set
		for _, arm := range []string{"alone", "joint"} {
			s, err := losses.Open(filepath.Join(dir, arm+"_*.parquet"))
			if err != nil {
				t.Fatal(err)
			}
			sets = append(sets, s)
		}
		found, err := CompareSets(sets[0], sets[1], Options{Options: effect.Options{Measure: measure, Exemplars: 5}})
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("%+v", found.Effects)
	}
	for _, measure := range []string{measures.Correct, measures.Loss} {
		if one, many := compare(1, measure), compare(5, measure); one != many {
			t.Errorf("measure %s: with one processor\n%s\nwith five\n%s", measure, one, many)
		}
	}
}
