package remedies

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
)

// TestDoubtful finds planted wrong labels and repetitions among training samples, and
// little else; without them a domain has another identity.
func TestDoubtful(t *testing.T) {
	s, held := study.New("labels"), map[string]*dataset.Samples{}
	s.Model.Widths = []float64{0.05}
	random := rand.New(rand.NewPCG(3, 3))
	wrong := map[int64]bool{}
	for _, name := range []string{"a", "b"} {
		d := study.NewDomain(name)
		d.Format = study.InMemory
		s.Domains = append(s.Domains, d)
		in := new(dataset.Samples)
		for i := range 400 {
			class := i % 2
			x := []float32{float32(4*class) + float32(random.NormFloat64()), float32(random.NormFloat64())}
			switch {
			case i%20 == 7:
				wrong[int64(i)] = true
				class = 1 - class
			case i%50 == 11:
				x = slices.Clone(in.X[i-4])
			}
			in.X, in.Labels = append(in.X, x), append(in.Labels, []string{"low", "high"}[class])
		}
		held[name] = in
	}
	p, err := project.Open(t.Context(), s, project.Options{Samples: held})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range p.Domains {
		rows, err := doubtful(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		found, planted := 0, 0
		for i := range d.Train.Len() {
			if wrong[d.Train.ID(i)] {
				planted++
				if slices.Contains(rows, i) {
					found++
				}
			}
		}
		if found*2 < planted || len(rows) > found+10 {
			t.Errorf("%s: %d of %d wrong labels among %d doubtful samples", d.Name, found, planted, len(rows))
		}
		less := d.LeaveOut(rows)
		if less.Train.Len() != d.Train.Len()-len(rows) || less.SHA256 == d.SHA256 || less.Test.Len() != d.Test.Len() {
			t.Errorf("%s: %d of %d training samples are left", d.Name, less.Train.Len(), d.Train.Len())
		}
	}
}
