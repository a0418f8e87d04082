package suspects

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/sharewise/sharewise/analysis/linear"
)

// parts is how many parts samples are dealt to, each judged by what the others say.
const parts = 5

// ballot is what an ensemble says of samples.
type ballot struct {
	label   []int       // by sample
	mean    [][]float64 // probabilities of classes, [sample][class]
	votes   [][]int     // [sample][class]
	classes int
	models  int
}

func newBallot(label []int, classes int) *ballot {
	b := &ballot{label: label, classes: classes}
	for range label {
		b.mean = append(b.mean, make([]float64, classes))
		b.votes = append(b.votes, make([]int, classes))
	}
	return b
}

// vote adds what a linear layer on features, [sample, width], says of every sample after
// it was fitted to samples of other parts. Parts have their share of each class.
func (b *ballot) vote(ctx context.Context, features []float32, width int, seed uint64) error {
	n, units := len(b.label), linear.Standard(features, width)
	rows, err := units.Collect(ctx)
	if err != nil {
		return err
	}
	part := deal(b.label, rand.New(rand.NewPCG(seed, 7)))
	x, scores := make([]float32, width), make([]float64, b.classes)
	for of := range parts {
		p := &linear.Problem{Rows: rows, Loss: linear.Softmax, Outputs: b.classes, Target: make([]float64, n), Weight: make([]float64, n)}
		for i, label := range b.label {
			p.Target[i] = float64(label)
			if part[i] != of {
				p.Weight[i] = 1
			}
		}
		found, err := p.Choose(ctx, linear.Search{Part: make([]int, n)})
		if err != nil {
			return err
		}
		for i := range n {
			if part[i] != of {
				continue
			}
			if err := units.Row(i, x); err != nil {
				return err
			}
			found.Model.Scores(x, scores)
			b.add(i, scores)
		}
	}
	b.models++
	return nil
}

// add adds the scores of one model for a sample.
func (b *ballot) add(i int, scores []float64) {
	most, sum := slices.Max(scores), 0.0
	for _, s := range scores {
		sum += math.Exp(s - most)
	}
	for k, s := range scores {
		b.mean[i][k] += math.Exp(s-most) / sum
	}
	b.votes[i][slices.Index(scores, most)]++
}

// dispute is a label that is disputed.
type dispute struct {
	sample, other int
	score         float64
}

// leadOf is the least lead in probability that disputes a label where the smaller of the
// two classes has so many samples. Models that were fitted to few samples err by much:
// without it, of three classes by a rule with one label in twenty turned, 10 % of the right
// labels are disputed at ten samples a class and 3 % at twenty; with it 0 and 1 %, as at
// hundreds (testdata/few.md).
func leadOf(samples float64) float64 { return 3 / math.Sqrt(samples) }

// fewest is the least number of samples of classes whose labels can be disputed at all:
// no lead is larger than 1.
const fewest = 10

// sizes are the numbers of samples of classes.
func (b *ballot) sizes() []float64 {
	count := make([]float64, b.classes)
	for _, y := range b.label {
		count[y]++
	}
	return count
}

// disputes are the labels that are disputed, by confident learning with a lead that
// grows as classes shrink.
func (b *ballot) disputes() []dispute {
	if b.models == 0 {
		return nil
	}
	threshold, count := make([]float64, b.classes), b.sizes()
	for i, y := range b.label {
		threshold[y] += b.mean[i][y] / float64(b.models)
	}
	for k := range threshold {
		threshold[k] /= max(1, count[k])
	}
	var out []dispute
	for i, y := range b.label {
		best := -1
		for k, p := range b.mean[i] {
			if count[k] > 0 && p/float64(b.models) >= threshold[k] && (best < 0 || p > b.mean[i][best]) {
				best = k
			}
		}
		if best < 0 || best == y || 2*b.votes[i][best] <= b.models {
			continue
		}
		smaller := min(count[y], count[best])
		if score := (b.mean[i][best] - b.mean[i][y]) / float64(b.models); smaller >= fewest && score >= leadOf(smaller) {
			out = append(out, dispute{i, best, score})
		}
	}
	return out
}

// deal deals samples to parts, class by class.
func deal(label []int, random *rand.Rand) []int {
	out := make([]int, len(label))
	next := 0
	byClass := map[int][]int{}
	most := 0
	for i, y := range label {
		byClass[y] = append(byClass[y], i)
		most = max(most, y)
	}
	for y := range most + 1 {
		list := byClass[y]
		random.Shuffle(len(list), func(a, b int) { list[a], list[b] = list[b], list[a] })
		for _, i := range list {
			out[i] = next % parts
			next++
		}
	}
	return out
}
