package clusters

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"

	"golang.org/x/sync/errgroup"

	"github.com/sharewise/sharewise/analysis/effect"
)

// Config says how a matrix is looked at.
type Config struct {
	// Errors returns a draw of the errors of the matrix's entries; nil where they
	// are not known.
	Errors func(*rand.Rand) [][]float64
	// Gains says that entries above zero are for pooling and those below against
	// it, as of gains; affinities have no such zero.
	Gains bool
	Seed  uint64
}

// alpha is the level of the test against the null.
const alpha = 0.05

// Look views a matrix, where m[i][j] is what i has of j, NaN where that is not
// known, by every method. Views without clusters are an answer. Where fewer than
// three domains, or fewer than half of the pairs, are known, there are no views
// and a Reason. The result depends on the matrix, the errors and the seed alone.
func Look(names []string, m [][]float64, c Config) (*Views, error) {
	if len(names) != len(m) {
		return nil, fmt.Errorf("clusters: %w: %d names for %d rows", ErrShape, len(names), len(m))
	}
	a, asymmetry, err := Symmetrise(m)
	if err != nil {
		return nil, err
	}
	n := len(a)
	entries, missing := a.known()
	v := &Views{Domains: names, Asymmetry: effect.Number(asymmetry), Missing: missing, Gains: c.Gains, Seed: c.Seed, Views: []View{}, Null: RotationNull, Order: names}
	for _, row := range a {
		numbers := make([]effect.Number, n)
		for j, x := range row {
			numbers[j] = effect.Number(x)
		}
		v.Matrix = append(v.Matrix, numbers)
	}
	switch {
	case n < 3:
		v.Reason = fmt.Sprintf("of %d domains there are no clusters", n)
		return v, nil
	case len(entries) < missing:
		v.Reason = fmt.Sprintf("%d of %d pairs are not known", missing, missing+len(entries))
		return v, nil
	}
	l := &looker{names: names, a: a.filled(), config: c, random: rand.New(rand.NewPCG(c.Seed, 0x636c757374657273))} // "clusters"
	if c.Errors != nil {
		v.Null = ErrorsNull
	}
	tree, err := Agglomerate(a, Average)
	if err != nil {
		return nil, err
	}
	v.Order = named(names, tree.Leaves())
	l.sample(methods[0].effort(n))
	for _, method := range methods {
		view, err := l.view(method)
		if err != nil {
			return nil, err
		}
		if !view.P.Known() && len(v.Views) > 0 {
			view.Clusters = v.Views[0].Clusters
		}
		v.Views = append(v.Views, *view)
	}
	return v, nil
}

// looker has what all views have in common.
type looker struct {
	names      []string
	a          Matrix
	config     Config
	random     *rand.Rand
	references []reference
	draws      []Matrix
	chosen     []int // numbers of clusters, by the views so far
}

// sample draws references and matrices with errors.
func (l *looker) sample(e effort) {
	null := rotations(l.a)
	if l.config.Errors != nil {
		entries, _ := l.a.known()
		mean, _ := meanVariance(entries)
		null = func(random *rand.Rand) Matrix { return l.erring(func(int, int) float64 { return mean }, random) }
		for range e.draws {
			l.draws = append(l.draws, l.erring(func(i, j int) float64 { return l.a[i][j] }, l.random))
		}
	}
	for range e.references {
		a := null(l.random)
		l.references = append(l.references, reference{a, a.Distances()})
	}
}

// reference is a matrix of the null, with its distances.
type reference struct{ a, d Matrix }

// each calls f with all numbers below n, as many at a time as there are processors.
func each(n int, f func(i int) error) error {
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range n {
		group.Go(func() error { return f(i) })
	}
	return group.Wait()
}

// erring is a matrix with a draw of the errors. Errors that are no numbers are
// those of pairs that are not known.
func (l *looker) erring(centre func(i, j int) float64, random *rand.Rand) Matrix {
	errors := l.config.Errors(random)
	out := newMatrix(len(l.a))
	for i := range out {
		for j := range i {
			x := (errors[i][j] + errors[j][i]) / 2
			if !finite(x) {
				x = 0
			}
			out[i][j] = centre(i, j) + x
			out[j][i] = out[i][j]
		}
	}
	return out
}

// rotations draws matrices with the effects of rows of a, and residuals of the same sum
// of squares in a random direction: were pairs normal around the effects of rows, all
// directions would be alike, given these effects and that sum (Langsrud, Rotation tests,
// Statistics and Computing 15, 2005). Residuals in another order have effects of rows
// again, so that among few domains they let clusters be found too often.
func rotations(a Matrix) func(*rand.Rand) Matrix {
	n := len(a)
	rest := residuals(a)
	own := rest.length()
	return func(random *rand.Rand) Matrix {
		out := newMatrix(n)
		for i := range n {
			for j := range i {
				out[i][j] = random.NormFloat64()
				out[j][i] = out[i][j]
			}
		}
		turned, scale := residuals(out), 0.0
		if of := turned.length(); of > 0 {
			scale = own / of
		}
		for i := range n {
			for j := range n {
				if i != j {
					out[i][j] = a[i][j] - rest[i][j] + scale*turned[i][j]
				}
			}
		}
		return out
	}
}

// length is the root of the sum of squares of the pairs' entries.
func (m Matrix) length() float64 {
	sum := 0.0
	for i := range m {
		for j := range i {
			sum += m[i][j] * m[i][j]
		}
	}
	return math.Sqrt(sum)
}

// residuals are what a least-squares fit of m + r(i) + r(j), with the r adding up to
// zero, leaves of the pairs.
func residuals(a Matrix) Matrix {
	n := len(a)
	entries, _ := a.known()
	mean, _ := meanVariance(entries)
	effects := make([]float64, n)
	for i := range n {
		sum := -float64(n-1) * mean
		for j := range n {
			if i != j {
				sum += a[i][j]
			}
		}
		effects[i] = sum / float64(n-2)
	}
	out := newMatrix(n)
	for i := range n {
		for j := range n {
			if i != j {
				out[i][j] = a[i][j] - mean - effects[i] - effects[j]
			}
		}
	}
	return out
}

// contrast is that of the entries; or, where the null keeps effects of rows, of
// what they leave of the entries, as a share of its sum of squares.
func (l *looker) contrast(a Matrix, p Partition) float64 {
	if l.config.Errors != nil {
		return contrast(a, p)
	}
	rest := residuals(a)
	entries, _ := rest.known()
	if _, variance := meanVariance(entries); variance > 0 {
		return contrast(rest, p) / (variance * float64(len(entries)))
	}
	return 0
}

// view looks by one method.
func (l *looker) view(m method) (*View, error) {
	n := len(l.a)
	e := m.effort(n)
	ks := m.counts(n, l.chosen)
	cuts, err := m.cuts(l.a, ks)
	if err != nil {
		return nil, err
	}
	d := l.a.Distances()
	own := choose(d, cuts)
	l.chosen = append(l.chosen, own.k)
	view := &View{Method: m.name, K: own.partition.Count(), Silhouette: effect.Number(own.silhouette), P: effect.NaN, Gap: effect.NaN, GapError: effect.NaN, Stability: effect.NaN, Agreement: effect.NaN, Together: []effect.Number{}}
	for _, members := range own.partition.Groups() {
		view.Groups = append(view.Groups, named(l.names, members))
		view.Within = append(view.Within, effect.Number(l.within(members)))
	}
	if err := m.describe(l, own.cut, view); err != nil {
		return nil, err
	}
	if err := l.test(m, e, ks, cuts, own, view); err != nil {
		return nil, err
	}
	return view, l.firmness(m, e, own, view)
}

// within is the mean entry of the pairs of a cluster, NaN of one domain.
func (l *looker) within(members []int) float64 {
	sum := 0.0
	for x, i := range members {
		for _, j := range members[:x] {
			sum += l.a[i][j]
		}
	}
	return sum / float64(len(members)*(len(members)-1)/2)
}

// chosen is a partition with the number it was asked for.
type chosen struct {
	cut
	silhouette float64
}

// choose takes the partition with the largest silhouette, of equal ones that with
// the fewest clusters. Where none has one all domains are together.
func choose(d Matrix, cuts []cut) chosen {
	best := chosen{cut{k: cuts[0].k, partition: make(Partition, len(d)), relaxed: cuts[0].relaxed}, math.NaN()}
	for _, c := range cuts {
		if s := Silhouette(d, c.partition); s > best.silhouette+1e-12 || finite(s) && !finite(best.silhouette) {
			best = chosen{c, s}
		}
	}
	return best
}

// test holds the clusters against the references.
func (l *looker) test(m method, e effort, ks []int, cuts []cut, own chosen, view *View) error {
	references := l.references[:min(e.references, len(l.references))]
	if len(references) == 0 {
		return nil
	}
	view.References = len(references)
	dispersions := make([][]float64, len(ks)) // by number, of the references
	for i := range dispersions {
		dispersions[i] = make([]float64, len(references))
	}
	contrasts := make([]float64, len(references))
	err := each(len(references), func(at int) error {
		r := references[at]
		other, err := m.cuts(r.a, ks)
		if err != nil {
			return err
		}
		contrasts[at] = l.contrast(r.a, choose(r.d, other).partition)
		all := dispersion(r.d, make(Partition, len(r.d)))
		for i, c := range other {
			dispersions[i][at] = dispersion(r.d, c.partition) / all
		}
		return nil
	})
	if err != nil {
		return err
	}
	atLeast, reached := 1, l.contrast(l.a, own.partition)
	for _, c := range contrasts {
		if c >= reached*(1-1e-12) {
			atLeast++
		}
	}
	p := float64(atLeast) / float64(len(references)+1)
	view.P, view.Clusters = effect.Number(p), p <= alpha && finite(own.silhouette) && reached > 0
	l.gaps(ks, cuts, dispersions, own, view)
	return nil
}

// gaps judges by the gap statistic: the smallest number of clusters whose gap is
// not below that of the next number by more than its standard error. One cluster
// has gap 0.
func (l *looker) gaps(ks []int, cuts []cut, dispersions [][]float64, own chosen, view *View) {
	d := l.a.Distances()
	all := dispersion(d, make(Partition, len(d)))
	if all == 0 {
		return
	}
	before := 0.0
	view.GapK = 1
	found := false
	for i, k := range ks {
		mean, variance := meanVariance(dispersions[i])
		gap := mean - dispersion(d, cuts[i].partition)/all
		se := math.Sqrt(variance * (1 + 1/float64(len(dispersions[i]))))
		if k == own.k {
			view.Gap, view.GapError = effect.Number(gap), effect.Number(se)
		}
		if !found && before >= gap-se {
			found = true
		}
		if !found {
			view.GapK = k
		}
		before = gap
	}
}

// firmness looks for the clusters in draws of the errors.
func (l *looker) firmness(m method, e effort, own chosen, view *View) error {
	draws := l.draws[:min(e.draws, len(l.draws))]
	view.Draws = len(draws)
	if len(draws) == 0 {
		return nil
	}
	groups := own.partition.Groups()
	together := make([]float64, len(groups))
	drawn := make([]Partition, len(draws))
	err := each(len(draws), func(i int) error {
		cuts, err := m.cuts(draws[i], []int{own.k})
		if err == nil {
			drawn[i] = cuts[0].partition
		}
		return err
	})
	if err != nil {
		return err
	}
	sum := 0.0
	for _, partition := range drawn {
		sum += Agreement(own.partition, partition)
		for g, members := range groups {
			pairs := float64(len(members)*(len(members)-1)) / 2
			for x, i := range members {
				for _, j := range members[:x] {
					if partition[i] == partition[j] {
						together[g] += 1 / pairs
					}
				}
			}
		}
	}
	view.Stability = effect.Number(sum / float64(len(draws)))
	for g, share := range together {
		if len(groups[g]) == 1 {
			share = math.NaN()
		}
		view.Together = append(view.Together, effect.Number(share/float64(len(draws))))
	}
	return nil
}

func named(names []string, members []int) []string {
	out := make([]string, len(members))
	for i, m := range members {
		out[i] = names[m]
	}
	return out
}
