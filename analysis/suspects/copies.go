package suspects

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
)

const (
	// near is how much nearer than the usual nearest neighbour a copy is.
	near = 0.1
	// projected is the number of random directions that candidates are found along.
	projected = 24
)

// held is a sample with its inputs before normalisation.
type held struct {
	domain, split, row int
	label              int // -1 without classes
	values             []float32
	short              [projected]float32 // along random directions
}

// shelf holds samples among which copies are looked for. All have one shape.
type shelf struct {
	domains []*dataset.Domain
	samples []held
}

var splitNames = []string{layout.TrainSplit, layout.ValSplit, testSplit}

func splitsOf(d *dataset.Domain) []*dataset.Split { return []*dataset.Split{d.Train, d.Val, d.Test} }

// newShelf reads the samples of domains, at most so many of each split.
func newShelf(domains []*dataset.Domain, most int) *shelf {
	s := &shelf{domains: domains}
	size := 1
	for _, k := range domains[0].Shape {
		size *= k
	}
	random := rand.New(rand.NewPCG(1, 2))
	directions := make([][]float32, projected)
	for j := range directions {
		directions[j] = make([]float32, size)
		for k := range directions[j] {
			directions[j][k] = float32(random.NormFloat64())
		}
	}
	raw := make([]float64, size)
	for d, domain := range domains {
		for p, split := range splitsOf(domain) {
			for _, i := range spread(split.Len(), most) {
				split.Raw(i, raw)
				h := held{domain: d, split: p, row: i, label: -1, values: make([]float32, size)}
				if domain.Task.Kind == dataset.Classification || domain.Task.Kind == dataset.Binary {
					h.label = split.Label(i)
				}
				for k, v := range raw {
					if math.IsNaN(v) {
						v = 0
					}
					h.values[k] = float32(v)
				}
				s.samples = append(s.samples, h)
			}
		}
	}
	s.scale(size)
	for i := range s.samples {
		h := &s.samples[i]
		for j, direction := range directions {
			for k, v := range h.values {
				h.short[j] += v * direction[k]
			}
		}
	}
	return s
}

// scale brings every input to unit deviation over all samples, so that columns of tables
// count alike.
func (s *shelf) scale(size int) {
	n := float64(len(s.samples))
	sum, square := make([]float64, size), make([]float64, size)
	for i := range s.samples {
		for k, v := range s.samples[i].values {
			sum[k] += float64(v)
		}
	}
	for i := range s.samples {
		for k, v := range s.samples[i].values {
			e := float64(v) - sum[k]/n
			square[k] += e * e
		}
	}
	for i := range s.samples {
		for k := range s.samples[i].values {
			if square[k] > 0 {
				s.samples[i].values[k] = float32((float64(s.samples[i].values[k]) - sum[k]/n) / math.Sqrt(square[k]/n))
			}
		}
	}
}

// spread are at most so many of n rows, in equal steps.
func spread(n, most int) []int {
	out := make([]int, min(n, most))
	for i := range out {
		out[i] = i * n / len(out)
	}
	return out
}

// pair is a training sample with the nearest other sample.
type pair struct {
	of, to   int // among the samples
	distance float64
}

// nearest finds for every training sample the nearest other one: along random
// directions first, whose distance is about that of the samples times √projected, then
// exactly among the nearest four. Distances are relative to the spread of the domain's
// inputs.
func (s *shelf) nearest() []pair {
	var out []pair
	for i := range s.samples {
		a := &s.samples[i]
		if a.split != 0 {
			continue
		}
		type candidate struct {
			at int
			d  float32
		}
		var best [4]candidate
		for k := range best {
			best[k] = candidate{-1, float32(math.Inf(1))}
		}
		for j := range s.samples {
			if j == i {
				continue
			}
			d, worst := float32(0), best[len(best)-1].d
			for k, v := range s.samples[j].short {
				e := v - a.short[k]
				if d += e * e; d >= worst {
					break
				}
			}
			if d < worst {
				at := len(best) - 1
				for at > 0 && best[at-1].d > d {
					best[at] = best[at-1]
					at--
				}
				best[at] = candidate{j, d}
			}
		}
		p := pair{of: i, to: -1, distance: math.Inf(1)}
		for _, c := range best {
			if c.at < 0 {
				continue
			}
			if d := distance(a.values, s.samples[c.at].values); d < p.distance {
				p.to, p.distance = c.at, d
			}
		}
		if p.to >= 0 {
			out = append(out, p)
		}
	}
	return out
}

func distance(a, b []float32) float64 {
	sum := 0.0
	for k, v := range a {
		e := float64(v - b[k])
		sum += e * e
	}
	return math.Sqrt(sum)
}

// copies are the training samples that are copies of others. Of two copies in the
// training data of one domain the later one is listed.
func (s *shelf) copies() []Suspect {
	pairs := s.nearest()
	usual := make([]float64, len(s.domains)) // median distance to the nearest that is none of 0
	for d := range usual {
		var all []float64
		for _, p := range pairs {
			if s.samples[p.of].domain == d && p.distance > 0 {
				all = append(all, p.distance)
			}
		}
		if len(all) > 0 {
			slices.Sort(all)
			usual[d] = all[len(all)/2]
		}
	}
	var out []Suspect
	for _, p := range pairs {
		a, b := &s.samples[p.of], &s.samples[p.to]
		share := 0.0
		if p.distance > 0 {
			if share = p.distance / usual[a.domain]; !(share < near) {
				continue
			}
		}
		same := a.domain == b.domain
		if same && b.split == 0 && a.row < b.row && s.sameLabels(a, b) {
			continue // the later one is listed; of different labels nobody knows which is right
		}
		suspect := Suspect{Domain: s.domains[a.domain].Name, Split: layout.TrainSplit, Score: 1 - share}
		suspect.Sample, suspect.Member = s.name(a)
		suspect.Of = &Place{Domain: s.domains[b.domain].Name, Split: splitNames[b.split]}
		suspect.Of.Sample, suspect.Of.Member = s.name(b)
		switch {
		case !s.sameLabels(a, b):
			suspect.Reason = OtherLabel
		case b.split == 2:
			suspect.Reason = CopyOfTest
		case b.split == 1:
			suspect.Reason = CopyOfVal
		case !same:
			suspect.Reason = CopyElsewhere
		default:
			suspect.Reason = Copy
		}
		out = append(out, suspect)
	}
	return out
}

// sameLabels reports whether two samples have one class by its name, or none.
func (s *shelf) sameLabels(a, b *held) bool {
	if a.label < 0 || b.label < 0 {
		return true
	}
	x, y := s.domains[a.domain].Task.Classes, s.domains[b.domain].Task.Classes
	return x[a.label] == y[b.label]
}

// name is the number and member of a sample in its data.
func (s *shelf) name(h *held) (int64, string) {
	split := splitsOf(s.domains[h.domain])[h.split]
	return split.ID(h.row), split.Member(h.row)
}
