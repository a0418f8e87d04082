package effect

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/measures"
)

func TestSmallestP(t *testing.T) {
	for k, want := range map[int]float64{2: 2. / 6, 3: 0.10, 4: 0.0286, 5: 0.0079} {
		a, b := randomRuns(rand.New(rand.NewPCG(1, uint64(k))), 300, k, k)
		list := clusters(a.Correct, b.Correct, nil)
		test := distancesOf(list, arrangement{a: 1<<k - 1, b: 1<<k - 1}).noEffect(20000, 1)
		if math.Abs(float64(test.Smallest)-want) > 5e-5 {
			t.Errorf("K = %d: smallest p %.4f, want %.4f", k, test.Smallest, want)
		}
		if test.P < test.Smallest-1e-12 || test.P > 1 {
			t.Errorf("K = %d: p %v", k, test.P)
		}
	}
}

// The permutation test from its definition: S by the estimator of the
// measures, for every choice of runs.
func TestNoEffectFollowsItsDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 3))
	for _, shared := range []bool{false, true} {
		const ka, kb = 4, 4
		a, b := randomRuns(r, 250, ka, kb)
		l := arrangement{a: 15, b: 15}
		if shared {
			l.shared = 15
		}
		test := distancesOf(clusters(a.Correct, b.Correct, nil), l).noEffect(1000, 1)
		statistic := func(choice uint64) float64 { // bit r: run r goes to the second arm
			x, y := make([]uint64, a.Samples), make([]uint64, a.Samples)
			for i := range x {
				all := a.Correct[i] | b.Correct[i]<<ka
				na, nb := 0, 0
				if shared { // keep seeds at their places
					for k := range ka {
						first, second := all>>k&1, all>>(ka+k)&1
						if choice>>k&1 == 1 {
							first, second = second, first
						}
						x[i] |= first << k
						y[i] |= second << k
					}
					continue
				}
				for run := range ka + kb {
					if choice>>run&1 == 1 {
						y[i] |= all >> run & 1 << nb
						nb++
					} else {
						x[i] |= all >> run & 1 << na
						na++
					}
				}
			}
			return momentsOf(clusters(x, y, nil), l).estimate(combS)
		}
		observed := uint64(0xf0)
		if shared {
			observed = 0
		}
		if got, want := float64(test.Statistic), statistic(observed); math.Abs(got-want) > 1e-12 {
			t.Errorf("statistic %v, want %v", got, want)
		}
		choices, extreme := 0, 0
		for c := range uint64(256) {
			if shared && c >= 16 || !shared && popcount(c) != kb {
				continue
			}
			choices++
			if statistic(c) >= statistic(observed)-1e-12 {
				extreme++
			}
		}
		if want := Number(extreme) / Number(choices); test.P != want || test.Choices != choices {
			t.Errorf("shared %v: p %v of %d choices, want %v of %d", shared, test.P, test.Choices, want, choices)
		}
	}
}

func popcount(x uint64) int {
	n := 0
	for ; x != 0; x &= x - 1 {
		n++
	}
	return n
}

func TestNoEffectSamplesManyChoices(t *testing.T) {
	a, b := randomRuns(rand.New(rand.NewPCG(4, 5)), 100, 12, 12)
	g := distancesOf(clusters(a.Correct, b.Correct, nil), arrangement{a: 1<<12 - 1, b: 1<<12 - 1})
	x, y := g.noEffect(500, 1), g.noEffect(500, 1)
	if x != y || !x.Sampled || x.Choices != 500 || x.P < 1./500 {
		t.Errorf("sampled test %+v, again %+v", x, y)
	}
}

func TestFisher(t *testing.T) {
	// p values of R's fisher.test.
	for _, c := range []struct {
		a, ka, b, kb int
		want         float64
	}{{5, 5, 0, 5, 0.007937}, {3, 4, 1, 4, 0.4857}, {1, 10, 11, 14, 0.002759}, {2, 3, 2, 3, 1}, {0, 3, 3, 3, 0.1}, {0, 3, 4, 4, 0.02857}} {
		if got := newFisher(c.ka, c.kb).p[c.a][c.b]; math.Abs(got-c.want) > 5e-5*max(1, c.want) {
			t.Errorf("%d of %d against %d of %d: p %.6f, want %.6f", c.a, c.ka, c.b, c.kb, got, c.want)
		}
	}
}

func TestDecide(t *testing.T) {
	f := newFisher(5, 5)
	table := func(extreme, middle, always int) [][]int {
		m := counts(nil, 5, 5)
		m[0][5], m[2][3], m[5][5] = extreme, middle, always
		return m
	}
	// 100 samples can be tested (those always right cannot); r = 0.0079·100/0.05
	// = 15.9.
	d, called := decideTable(table(16, 84, 1000), f, 0.05)
	if d.cut < 0 || d.tested != 100 || d.needed != 16 || !called(0, 5) || called(2, 3) {
		t.Errorf("16 at the minimum: %+v", d)
	}
	d, _ = decideTable(table(15, 85, 1000), f, 0.05)
	if d.cut >= 0 || d.needed != 16 || d.minimum != 15 || d.seeds != 6 {
		t.Errorf("15 at the minimum: %+v; want refusal that names 6 seeds", d)
	}
	if note := d.note(0.05); !strings.Contains(note, "15 of 100 tested samples differ in every run, 16 are needed; 6 seeds per arm would do") {
		t.Error(note)
	}
	// Three seeds can call nothing at 5 %.
	f = newFisher(3, 3)
	m := counts(nil, 3, 3)
	m[0][3] = 50
	if d, _ = decideTable(m, f, 0.05); d.cut >= 0 || d.needed != 0 || d.seeds != 4 {
		t.Errorf("K = 3: %+v", d)
	}
}

// Among samples without an effect, calls at a rate of 5 % are rare; strong
// effects are found and their direction is right.
func TestCallsOnKnownSamples(t *testing.T) {
	const n, k = 600, 6
	r := rand.New(rand.NewPCG(6, 7))
	falseRate, repetitions := 0.0, 40
	for range repetitions {
		a, b := &Runs{Domain: "d", Seeds: seeds(1, k), Samples: n, Correct: make([]uint64, n)}, &Runs{Domain: "d", Seeds: seeds(1, k), Samples: n, Correct: make([]uint64, n)}
		for i := range n {
			p, q := 0.7, 0.7
			switch {
			case i < 60:
				p, q = 0.02, 0.98
			case i < 100:
				p, q = 0.98, 0.02
			}
			for run := range k {
				if r.Float64() < p {
					a.Correct[i] |= 1 << run
				}
				if r.Float64() < q {
					b.Correct[i] |= 1 << run
				}
			}
		}
		e, err := compareRuns(a, b, Options{Exemplars: n})
		if err != nil {
			t.Fatal(err)
		}
		if !e.Calls.Called || e.Calls.Helped < 50 || e.Calls.Harmed < 30 {
			t.Fatalf("calls: %+v", e.Calls.Note)
		}
		wrong := 0
		for _, c := range e.Calls.HelpedSamples {
			if c.Row >= 60 {
				wrong++
			}
			if c.Q <= c.P {
				t.Errorf("helped sample %+v", c)
			}
		}
		for _, c := range e.Calls.HarmedSamples {
			if c.Row < 60 || c.Row >= 100 {
				wrong++
			}
		}
		falseRate += float64(wrong) / float64(e.Calls.Helped+e.Calls.Harmed) / float64(repetitions)
	}
	if falseRate > 0.06 {
		t.Errorf("false discovery rate %.3f, nominal 0.05", falseRate)
	}
}

// Samples of a group that move together are called together, at the rate that
// was asked for, and the groups are counted.
func TestCallsInGroups(t *testing.T) {
	const n, size, k, repetitions = 600, 50, 6, 40
	r := rand.New(rand.NewPCG(6, 7))
	falseRate := map[string]float64{}
	for range repetitions {
		a := &Runs{Domain: "d", Seeds: seeds(1, k), Samples: n, Correct: make([]uint64, n), Group: make([]int32, n)}
		b := &Runs{Domain: "d", Seeds: seeds(1, k), Samples: n, Correct: make([]uint64, n), Group: a.Group}
		for run := range k {
			a.Loss, b.Loss = append(a.Loss, make([]float32, n)), append(b.Loss, make([]float32, n))
			for g := range n / size {
				p, q, fall := 0.7, 0.7, 0.0
				if g == 0 { // the only group that sharing helps
					p, q, fall = 0.02, 0.98, 5.0
				}
				rightA, rightB := r.Float64() < p, r.Float64() < q
				lossA, lossB := 10+r.NormFloat64(), 10+r.NormFloat64()-fall
				for i := g * size; i < (g+1)*size; i++ {
					a.Group[i] = int32(g)
					if rightA != (r.Float64() < 0.02) {
						a.Correct[i] |= 1 << run
					}
					if rightB != (r.Float64() < 0.02) {
						b.Correct[i] |= 1 << run
					}
					a.Loss[run][i], b.Loss[run][i] = float32(lossA+0.3*r.NormFloat64()), float32(lossB+0.3*r.NormFloat64())
				}
			}
		}
		for _, measure := range []string{measures.Correct, measures.Loss} {
			e, err := compareRuns(a, b, Options{Exemplars: n, Measure: measure})
			if err != nil {
				t.Fatal(err)
			}
			if !e.Calls.Called {
				if e.Calls.HelpedGroups+e.Calls.HarmedGroups > 0 {
					t.Errorf("%s: groups of no calls: %+v", measure, e.Calls)
				}
				continue
			}
			wrong, groups := 0, map[int]bool{}
			for _, c := range e.Calls.HelpedSamples {
				g := c.Row / size
				groups[g] = true
				if g > 0 {
					wrong++
				}
			}
			if e.Calls.HelpedGroups != len(groups) || !strings.Contains(e.Calls.Note, "those called helped are of") {
				t.Errorf("%s: %d groups, want %d: %s", measure, e.Calls.HelpedGroups, len(groups), e.Calls.Note)
			}
			wrong += e.Calls.Harmed
			falseRate[measure] += float64(wrong) / float64(e.Calls.Helped+e.Calls.Harmed) / repetitions
		}
	}
	if len(falseRate) != 2 || falseRate[measures.Correct] > 0.06 || falseRate[measures.Loss] > 0.08 {
		t.Errorf("false discovery rates %v, nominal 0.05", falseRate)
	}
}

func TestListsAreSortedAndCut(t *testing.T) {
	a, b := randomRuns(rand.New(rand.NewPCG(8, 9)), 400, 3, 3)
	e, err := compareRuns(a, b, Options{Exemplars: 5})
	if err != nil {
		t.Fatal(err)
	}
	if e.Calls.Called || len(e.Calls.HelpedSamples) != 5 || len(e.Calls.HarmedSamples) != 5 || !strings.Contains(e.Calls.Note, "exploratory") {
		t.Errorf("calls: %+v", e.Calls)
	}
	for i := 1; i < 5; i++ {
		x, y := e.Calls.HelpedSamples[i-1], e.Calls.HelpedSamples[i]
		if x.Q-x.P < y.Q-y.P-1e-12 {
			t.Errorf("helped %d: %+v before %+v", i, x, y)
		}
	}
	for _, none := range []int{0, -1} {
		if e, err = compareRuns(a, b, Options{Exemplars: none}); err != nil || len(e.Calls.HelpedSamples) != 0 {
			t.Errorf("no list asked for by %d: %v, %v", none, e.Calls.HelpedSamples, err)
		}
	}
}

// TestSeedsOfPairs: where runs of one seed may only exchange their labels, five seeds
// reach a p of 2/32 and six one of 2/64, so that five are never told that four would do.
func TestSeedsOfPairs(t *testing.T) {
	side := func(shift float32) *Runs {
		r := &Runs{Domain: "d", Seeds: seeds(1, 5), Samples: 40}
		for k := range 5 {
			loss := make([]float32, r.Samples)
			for i := range loss {
				loss[i] = shift + float32((7*i+3*k)%11)
			}
			r.Loss = append(r.Loss, loss)
		}
		return r
	}
	c, err := Compare(side(1), side(1.5), Options{SharedSeeds: true, Measure: measures.Loss})
	if err != nil {
		t.Fatal(err)
	}
	e, err := c.Effect()
	if err != nil {
		t.Fatal(err)
	}
	calls := e.Calls
	if calls.Seeds != 6 || !strings.Contains(calls.Note, "is 0.062; 6 seeds per arm would do") {
		t.Errorf("%d seeds: %s", calls.Seeds, calls.Note)
	}
}
