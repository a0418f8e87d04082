package similarity

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/combin"

	"github.com/sharewise/sharewise/analysis/dataset"
)

func gaussians(random *rand.Rand, n, p int, shift, scale float64) *mat.Dense {
	x := mat.NewDense(n, p, nil)
	for k := range x.RawMatrix().Data {
		x.RawMatrix().Data[k] = shift + scale*random.NormFloat64()
	}
	return x
}

// TestCKA knows what CKA leaves alone, what it is of unrelated representations on
// average, and its value by the definition with centring matrices.
func TestCKA(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	x := gaussians(random, 30, 5, 3, 1)
	var q mat.QR
	q.Factorize(gaussians(random, 5, 5, 0, 1))
	var rotation, y mat.Dense
	q.QTo(&rotation)
	y.Mul(x, &rotation)
	y.Apply(func(_, _ int, v float64) float64 { return 7*v - 100 }, &y)
	if got := CKA(x, &y); math.Abs(got-1) > 1e-9 {
		t.Errorf("CKA of a rotated, scaled and shifted representation is %v", got)
	}
	sum, repeats := 0.0, 400
	for range repeats {
		sum += CKA(gaussians(random, 20, 40, 0, 1), gaussians(random, 20, 40, 0, 1))
	}
	if mean := sum / float64(repeats); math.Abs(mean) > 0.01 {
		t.Errorf("CKA of unrelated representations is %v on average; that without the correction is about .67", mean)
	}
	// The unbiased estimate and the plain one, |YᵀX|²/(|XᵀX||YᵀY|) of centred columns,
	// agree where samples are many.
	n := 1500
	x = gaussians(random, n, 3, 0, 1)
	z := mat.NewDense(n, 2, nil)
	for i := range n {
		z.Set(i, 0, x.At(i, 0)+0.5*random.NormFloat64())
		z.Set(i, 1, random.NormFloat64())
	}
	norm := func(a, b *mat.Dense) float64 {
		var p mat.Dense
		p.Mul(a.T(), b)
		return mat.Norm(&p, 2) * mat.Norm(&p, 2)
	}
	if got, want := CKA(x, z), norm(x, z)/math.Sqrt(norm(x, x)*norm(z, z)); math.Abs(got-want) > 0.01 {
		t.Errorf("CKA %v, by the plain formula %v", got, want)
	}
	if got := CKA(x, mat.NewDense(n, 2, nil)); !math.IsNaN(got) {
		t.Errorf("CKA with a constant is %v", got)
	}
}

// TestAssignment compares with all permutations.
func TestAssignment(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 1))
	for n := 1; n <= 6; n++ {
		for range 60 {
			cost := gaussians(random, n, n, 0, 1)
			if random.IntN(2) == 0 {
				cost.Apply(func(_, _ int, v float64) float64 { return math.Round(v) }, cost) // ties
			}
			least := math.Inf(1)
			for _, order := range combin.Permutations(n, n) {
				sum := 0.0
				for i, j := range order {
					sum += cost.At(i, j)
				}
				least = min(least, sum)
			}
			match, total := Assignment(cost)
			seen := map[int]bool{}
			for _, j := range match {
				seen[j] = true
			}
			if len(seen) != n || math.Abs(total-least) > 1e-9 {
				t.Fatalf("%d rows: %v costs %v, the least is %v", n, match, total, least)
			}
		}
	}
}

// TestWasserstein compares with closed forms: of diagonal covariances, and of
// two by two, where tr (AB)^½ = √(tr AB + 2√(det AB)).
func TestWasserstein(t *testing.T) {
	a := &normal{mean: []float64{0, 1}, covariance: mat.NewSymDense(2, []float64{2, 0.7, 0.7, 1})}
	b := &normal{mean: []float64{3, 1}, covariance: mat.NewSymDense(2, []float64{1, -0.4, -0.4, 3})}
	a.root, b.root = root(a.covariance), root(b.covariance)
	var product mat.Dense
	product.Mul(a.covariance, b.covariance)
	want := 9 + 3 + 4 - 2*math.Sqrt(mat.Trace(&product)+2*math.Sqrt(mat.Det(&product)))
	if got := a.distance(b); math.Abs(got-want) > 1e-9 || math.Abs(got-b.distance(a)) > 1e-9 {
		t.Errorf("distance %v and back %v, want %v", got, b.distance(a), want)
	}
	if got := a.distance(a); got > 1e-9 {
		t.Errorf("distance %v of itself", got)
	}
	c := &normal{mean: []float64{0, 0}, variance: []float64{4, 1}}
	d := &normal{mean: []float64{1, 0}, variance: []float64{1, 9}}
	if got := c.distance(d); math.Abs(got-(1+1+4)) > 1e-9 {
		t.Errorf("diagonal: %v, want 6", got)
	}
}

// TestTransport: samples of one distribution are 0 apart on average, and others by
// their shift; labels that lie the other way round are further apart still.
func TestTransport(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 1))
	make2 := func(shift float64, flip bool) *Labelled {
		l := &Labelled{X: mat.NewDense(80, 2, nil)}
		for i := range 80 {
			x := random.NormFloat64()
			l.X.SetRow(i, []float64{x, shift + 0.3*random.NormFloat64()})
			class := 0
			if (x > 0) != flip {
				class = 1
			}
			l.Class = append(l.Class, class)
		}
		return l
	}
	mean := func(shift float64, flip bool) float64 {
		sum := 0.0
		for range 30 {
			sum += Transport(make2(0, false), make2(shift, flip))
		}
		return sum / 30
	}
	if got := mean(0, false); math.Abs(got) > 0.03 {
		t.Errorf("two samples of one distribution are %v apart", got)
	}
	// Inputs are 1 apart, and so are classes: 1 + 1.
	if got := mean(1, false); math.Abs(got-2) > 0.1 {
		t.Errorf("a shift by 1 is a distance of %v, want 2", got)
	}
	// Names of classes do not count.
	if got := mean(0, true); math.Abs(got) > 0.03 {
		t.Errorf("classes with each other's names are %v apart", got)
	}
	line := func(slope float64) *Labelled {
		l := &Labelled{X: mat.NewDense(80, 1, nil), Y: mat.NewDense(80, 1, nil)}
		for i := range 80 {
			x := random.NormFloat64()
			l.X.Set(i, 0, x)
			l.Y.Set(i, 0, slope*x)
		}
		return l
	}
	if same, other := Transport(line(1), line(1)), Transport(line(1), line(-1)); math.Abs(same) > 0.2 || other < 0.8 {
		t.Errorf("lines of one slope are %v apart, of opposite ones %v", same, other)
	}
	if got := Transport(&Labelled{X: mat.NewDense(3, 1, nil), Class: make([]int, 3)}, line(1)); !math.IsNaN(got) {
		t.Errorf("three samples give %v", got)
	}
}

// TestProxyA: no better than a coin where nothing differs, sure where all does, and
// about what the best classifier can do in between.
func TestProxyA(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 1))
	mean := func(shift, scale float64, nx, ny int) float64 {
		sum := 0.0
		for k := range 20 {
			sum += ProxyA(gaussians(random, nx, 2, 0, 1), gaussians(random, ny, 2, shift, scale), uint64(k))
		}
		return sum / 20
	}
	if got := mean(0, 1, 100, 150); got > 0.2 {
		t.Errorf("samples of one distribution: %v", got)
	}
	if got := mean(8, 1, 100, 100); got < 1.99 {
		t.Errorf("samples far apart: %v", got)
	}
	// Shifts of 1 in two coordinates: the best classifier errs with Φ(−√2/2) = .2398.
	if got := mean(1, 1, 200, 200); math.Abs(got-2*(1-2*0.2398)) > 0.12 {
		t.Errorf("samples that overlap: %v, the best classifier has %v", got, 2*(1-2*0.2398))
	}
	// The same mean: no line tells them apart.
	if got := mean(0, 6, 200, 200); got < 1 {
		t.Errorf("samples that differ in scale: %v", got)
	}
	if got := ProxyA(gaussians(random, 9, 2, 0, 1), gaussians(random, 100, 2, 0, 1), 1); !math.IsNaN(got) {
		t.Errorf("nine samples give %v", got)
	}
	if got := ProxyA(mat.NewDense(20, 2, nil), mat.NewDense(20, 2, nil), 1); got != 0 {
		t.Errorf("constants give %v", got)
	}
}

func TestOverlap(t *testing.T) {
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"sizes", Sizes(100, 400), -math.Log(4)},
		{"sizes back", Sizes(400, 100), -math.Log(4)},
		{"shares", Shares(map[string]float64{"a": 0.5, "b": 0.5}, map[string]float64{"b": 0.2, "c": 0.8}), 0.2},
		{"same shares", Shares(map[string]float64{"a": 1}, map[string]float64{"a": 1}), 1},
		{"names", Names([]string{"a", "b"}, []string{"b", "c"}), 1.0 / 3},
		{"Fisher, scaled", Fisher([]float32{1, 2, 0}, []float32{10, 20, 0}), 1},
		{"Fisher, apart", Fisher([]float32{1, 0}, []float32{0, 3}), 0},
		{"cosine", Cosine([]float32{1, 0}, []float32{-2, 0}), -1},
	} {
		if math.Abs(c.got-c.want) > 1e-12 {
			t.Errorf("%s: %v, want %v", c.name, c.got, c.want)
		}
	}
	if got := Cosine([]float32{0}, []float32{1}); !math.IsNaN(got) {
		t.Errorf("cosine with nothing is %v", got)
	}
}

// headLoss is the mean loss of a head, on features in standard units, with its penalty.
func headLoss(task dataset.Task, features, target *mat.Dense, weight, bias []float32) float64 {
	n, width := features.Dims()
	total := 0.0
	for k := range width {
		deviation := stat.PopStdDev(mat.Col(nil, k, features), nil)
		for o := range bias {
			w := float64(weight[o*width+k]) * deviation
			total += headPenalty / 2 * w * w
		}
	}
	for i := range n {
		scores := make([]float64, len(bias))
		for o := range scores {
			scores[o] = float64(bias[o])
			for k := range width {
				scores[o] += float64(weight[o*width+k]) * features.At(i, k)
			}
		}
		if task.Kind == dataset.Classification {
			total += (floats.LogSumExp(scores) - scores[int(target.At(i, 0))]) / float64(n)
			continue
		}
		loss, known := 0.0, 0.0
		for o, s := range scores {
			switch y := target.At(i, o); {
			case math.IsNaN(y):
				continue
			case task.Kind == dataset.Regression:
				loss += (s - y) * (s - y)
			default:
				loss += math.Log1p(math.Exp(s)) - y*s
			}
			known++
		}
		total += loss / max(1, known) / float64(n)
	}
	return total
}

// TestHead finds no weight nearby with a lower loss, and squares by the normal equations.
func TestHead(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 1))
	features := gaussians(random, 40, 3, 5, 2)
	var values []float32
	for i := range 40 {
		features.Set(i, 2, 1) // never varies
		for _, v := range features.RawRowView(i) {
			values = append(values, float32(v))
		}
	}
	for _, task := range []dataset.Task{
		{Kind: dataset.Classification, Classes: []string{"a", "b", "c"}},
		{Kind: dataset.Binary, Classes: []string{"a", "b"}},
		{Kind: dataset.Multilabel, Targets: []string{"u", "v"}},
		{Kind: dataset.Regression, Targets: []string{"u", "v"}},
	} {
		columns := task.Outputs()
		if task.Kind == dataset.Classification {
			columns = 1
		}
		target := mat.NewDense(40, columns, nil)
		for k := range target.RawMatrix().Data {
			target.RawMatrix().Data[k] = float64(random.IntN(max(2, len(task.Classes))))
			if task.Kind == dataset.Multilabel && k%7 == 0 {
				target.RawMatrix().Data[k] = math.NaN()
			}
		}
		weight, bias, err := fitHead(t.Context(), task, values, target)
		if err != nil {
			t.Fatal(err)
		}
		if len(weight) != 3*task.Outputs() || len(bias) != task.Outputs() || weight[2] != 0 {
			t.Errorf("%s: weight %v, bias %v", task.Kind, weight, bias)
		}
		least := headLoss(task, features, target, weight, bias)
		for _, list := range [][]float32{weight, bias} {
			for k := range list {
				if &list[0] == &weight[0] && k%3 == 2 {
					continue
				}
				for _, step := range []float32{-0.02, 0.02} {
					at := list[k]
					list[k] += step
					if l := headLoss(task, features, target, weight, bias); l < least {
						t.Errorf("%s: a loss of %v by moving %v by %v, %v as fitted", task.Kind, l, at, step, least)
					}
					list[k] = at
				}
			}
		}
	}
	// y = 2x₀ − x₁ + 4 comes back, a little shorter for the penalty.
	target := mat.NewDense(40, 1, nil)
	for i := range 40 {
		target.Set(i, 0, 2*features.At(i, 0)-features.At(i, 1)+4)
	}
	weight, bias, err := fitHead(t.Context(), dataset.Task{Kind: dataset.Regression, Targets: []string{"y"}}, values, target)
	if err != nil {
		t.Fatal(err)
	}
	if !floats.EqualApprox([]float64{float64(weight[0]), float64(weight[1]), float64(bias[0])}, []float64{2, -1, 4}, 0.05) {
		t.Errorf("weight %v, bias %v, want 2, -1 and 4", weight, bias)
	}
}
