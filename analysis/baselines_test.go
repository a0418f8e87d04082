package analysis

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/losses"
)

// answersTable is a table of one run whose samples are right where asked.
func answersTable(domain string, seed int64, right []bool) *losses.Table {
	t := &losses.Table{}
	for i, r := range right {
		t.Domain, t.Seed, t.Sample = append(t.Domain, domain), append(t.Seed, seed), append(t.Sample, losses.SampleID{Number: int64(i)})
		loss := float32(1)
		if r {
			loss = 0
		}
		t.Loss, t.Correct = append(t.Loss, loss), append(t.Correct, r)
	}
	return t
}

// newResampled takes the rows of one domain.
func newResampled(tables []*losses.Table, d DomainInfo) *resampled {
	var all []dealt
	for _, t := range tables {
		all = append(all, dealOut(t))
	}
	return resampledOf(all, d, 0)
}

// contestants draws a baseline and runs of networks on n samples: every sample
// has its difficulty, and every run a shift of its own, so that the true lead
// is known.
type contestants func(rng *rand.Rand, n, runs int) (base *losses.Table, nets []*losses.Table)

// TestContestCoverage holds limits of leads against known ones.
func TestContestCoverage(t *testing.T) {
	const lead = 0.05
	accuracy := func(rng *rand.Rand, n, runs int) (*losses.Table, []*losses.Table) {
		difficulty := make([]float64, n)
		draw := func(seed int64, level float64) *losses.Table {
			right := make([]bool, n)
			for i, d := range difficulty {
				right[i] = rng.Float64() < level+0.2*d // of mean level
			}
			return answersTable("a", seed, right)
		}
		for i := range difficulty {
			difficulty[i] = 2*rng.Float64() - 1
		}
		var nets []*losses.Table
		for k := range runs {
			nets = append(nets, draw(int64(k), 0.7-lead+0.01*rng.NormFloat64()))
		}
		return draw(0, 0.7), nets
	}
	numbers := func(rng *rand.Rand, n, runs int) (*losses.Table, []*losses.Table) {
		y := make([]float64, n)
		for i := range y {
			y[i] = rng.NormFloat64()
		}
		draw := func(seed int64, r2 float64) *losses.Table {
			t := answersTable("a", seed, make([]bool, n))
			t.Correct = nil
			for _, v := range y {
				t.Target = append(t.Target, float32(v))
				t.Prediction = append(t.Prediction, float32(v+math.Sqrt(1-r2)*rng.NormFloat64()))
			}
			return t
		}
		var nets []*losses.Table
		for k := range runs {
			nets = append(nets, draw(int64(k), 0.6-lead+0.01*rng.NormFloat64()))
		}
		return draw(0, 0.6), nets
	}
	for _, c := range []struct {
		metric string
		info   DomainInfo
		draw   contestants
	}{
		{"accuracy", DomainInfo{Name: "a", Task: "classification", Outputs: 3}, accuracy},
		{"r2", DomainInfo{Name: "a", Task: "regression", Outputs: 1}, numbers},
	} {
		for _, runs := range []int{1, 3} {
			rng := rand.New(rand.NewPCG(1, uint64(runs)))
			const rounds = 300
			held := 0
			for range rounds {
				base, nets := c.draw(rng, 400, runs)
				var resamples []*resampled
				for _, n := range nets {
					resamples = append(resamples, newResampled([]*losses.Table{n}, c.info))
				}
				got := contest(oneBaseline(newResampled([]*losses.Table{base}, c.info), runs), resamples, c.metric, 0.95)
				if got.Lead.Lo <= lead && lead <= got.Lead.Hi {
					held++
				}
			}
			if share := float64(held) / rounds; share < 0.91 || share > 0.985 {
				t.Errorf("%s, %d runs: limits hold the truth in %.3f of %d rounds", c.metric, runs, share, rounds)
			}
		}
	}
}

// TestContestBlocks leaves groups out as a whole, and gives no limits where
// there is one.
func TestContestBlocks(t *testing.T) {
	info := DomainInfo{Name: "a", Task: "classification", Outputs: 2}
	right := make([]bool, 200)
	for i := range right {
		right[i] = i < 150
	}
	base, net := answersTable("a", 0, right), answersTable("a", 1, make([]bool, 200))
	for i := range right {
		base.Group, net.Group = append(base.Group, fmt.Sprint(i/100)), append(net.Group, fmt.Sprint(i/100))
	}
	pair := func(b, n *losses.Table) Contest {
		return contest(oneBaseline(newResampled([]*losses.Table{b}, info), 1), []*resampled{newResampled([]*losses.Table{n}, info)}, "accuracy", 0.95)
	}
	// Leads of 1 and ½: a variance of ½(¼² + ¼²), with one degree of freedom.
	got := pair(base, net)
	if got.Lead.Value != 0.75 || math.Abs(got.Lead.Hi-got.Lead.Value-12.706*0.25) > 0.01 {
		t.Errorf("two groups: %+v", got)
	}
	for i := range right {
		base.Group[i], net.Group[i] = "one", "one"
	}
	if got := pair(base, net); got.Lead.Value != 0.75 || !math.IsNaN(got.Lead.Lo) {
		t.Errorf("one group: %+v", got)
	}
}

// TestWeaker holds the rule: beyond the tolerance, and beyond noise.
func TestWeaker(t *testing.T) {
	info := DomainInfo{Name: "a", Task: "classification", Outputs: 2}
	level := func(n, right int) *resampled {
		list := make([]bool, n)
		for i := range right {
			list[i*7919%n] = true
		}
		return newResampled([]*losses.Table{answersTable("a", 0, list)}, info)
	}
	for _, c := range []struct {
		n, base, net int
		weaker       bool
	}{
		{10007, 8000, 7600, true},  // 4 points of many samples
		{10007, 8000, 7930, false}, // 0.7 points: not worth a word
		{53, 42, 40, false},        // 4 points of two samples
		{10007, 7600, 8000, false},
	} {
		got := contest(oneBaseline(level(c.n, c.base), 1), []*resampled{level(c.n, c.net)}, "accuracy", 0.95)
		if judge([]*Contest{&got}, 0.95); got.Weaker != c.weaker {
			t.Errorf("%+v: %+v", c, got)
		}
	}
}

// TestManyContests holds that studies of many domains, whose networks are as
// good as linear models, are rarely doubted, and that networks which lose
// everywhere are found everywhere.
func TestManyContests(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	info := DomainInfo{Name: "a", Task: "classification", Outputs: 2}
	draw := func(level float64) *resampled {
		right := make([]bool, 120)
		for i := range right {
			right[i] = rng.Float64() < level
		}
		return newResampled([]*losses.Table{answersTable("a", 0, right)}, info)
	}
	weaker := func(domains int, lead float64) (n int) {
		var all []*Contest
		for range domains {
			c := contest(oneBaseline(draw(0.7+lead), 3), []*resampled{draw(0.7), draw(0.7), draw(0.7)}, "accuracy", 0.95)
			all = append(all, &c)
		}
		judge(all, 0.95)
		for _, c := range all {
			if c.Weaker {
				n++
			}
		}
		return n
	}
	alarms := 0
	for range 60 {
		alarms += min(1, weaker(20, 0))
	}
	if alarms > 5 { // 40 % without the procedure
		t.Errorf("%d of 60 studies without weak networks are doubted", alarms)
	}
	if n := weaker(20, 0.25); n < 18 {
		t.Errorf("%d of 20 weak networks are found", n)
	}
}

// TestWorseThanBaseline asks for a doubt that counts and names the domains of
// which networks are weaker, and for all figures in the results.
func TestWorseThanBaseline(t *testing.T) {
	const n = 1009
	right := func(share float64, shift int) []bool {
		list := make([]bool, n)
		for i := range int(share * n) {
			list[(i*31+shift)%n] = true
		}
		return list
	}
	tables := map[string]*losses.Table{}
	s := Study{Name: "s", Rungs: []string{"w1"}, Weightings: []string{"equal"}, Options: Options{}}
	nets := map[string]float64{"a": 0.60, "b": 0.80, "c": 0.61, "d": 0.795}
	for _, d := range []string{"a", "b", "c", "d"} {
		s.Domains = append(s.Domains, DomainInfo{Name: d, Task: "classification", Outputs: 3})
		for seed := range int64(3) {
			r := Run{ID: fmt.Sprint(d, seed), Arm: Independent, Domains: []string{d}, Rung: "w1", Seed: seed, Status: Finished}
			tables[r.ID] = answersTable(d, seed, right(nets[d], int(seed)))
			s.Runs = append(s.Runs, r)
		}
		b := BaselineRun{Domain: d, Model: "logistic regression", Text: "made by hand", Hint: "did better on other columns"}
		if d != "c" {
			b.Open = func() iter.Seq2[*losses.Table, error] {
				return func(yield func(*losses.Table, error) bool) { yield(answersTable(d, 0, right(0.8, 0)), nil) }
			}
		}
		s.Baselines = append(s.Baselines, b)
	}
	s.Open = func(r Run) iter.Seq2[*losses.Table, error] {
		return func(yield func(*losses.Table, error) bool) { yield(tables[r.ID], nil) }
	}
	got, err := Analyze(s)
	if err != nil {
		t.Fatal(err)
	}
	var doubt *Doubt
	for i := range got.Doubts {
		if got.Doubts[i].Kind == WorseThanBaseline {
			doubt = &got.Doubts[i]
		}
	}
	if doubt == nil || doubt.Brief != "these networks lose to a linear model on a" || doubt.Text != "these networks lose to a linear model on 1 of 3 domains, a (accuracy 0.600 against 0.800)" || !strings.Contains(doubt.Next, "training.epochs") || !strings.HasSuffix(doubt.Next, " The linear model of a did better on other columns.") {
		t.Fatalf("doubts %+v", got.Doubts)
	}
	if len(got.Baselines) != 4 || got.Baselines[2].Score != nil || len(got.Baselines[2].Against) != 0 {
		t.Errorf("baselines %+v", got.Baselines)
	}
	if b := got.Baselines[0]; math.Abs(b.Score.Accuracy.Value-0.8) > 1e-3 || len(b.Against) != 1 || !b.Against[0].Weaker || b.Against[0].Tolerance != 0.01 || math.Abs(b.Against[0].Lead.Value-0.2) > 2e-3 {
		t.Errorf("baseline of a: %+v", b)
	}
	if b := got.Baselines[1]; b.Against[0].Weaker {
		t.Errorf("baseline of b: %+v", b)
	}
	s.Baselines[0].Open = func() iter.Seq2[*losses.Table, error] {
		return func(yield func(*losses.Table, error) bool) { yield(answersTable("b", 0, right(0.8, 0)), nil) }
	}
	if _, err := Analyze(s); !errors.Is(err, ErrDomains) || !strings.Contains(err.Error(), "baseline of a") {
		t.Errorf("error %v", err)
	}
}

// TestWorseTogether doubts networks that a baseline leads on so many domains that
// it is no chance, although it may be on each.
func TestWorseTogether(t *testing.T) {
	for _, c := range []struct {
		led, ahead int
		doubted    bool
	}{{5, 0, false}, {6, 0, true}, {13, 5, false}, {14, 4, true}} {
		const n = 40
		right := func(count int) []bool {
			list := make([]bool, n)
			for i := range list {
				list[i] = i*7%n < count
			}
			return list
		}
		tables := map[string]*losses.Table{}
		s := Study{Name: "s", Rungs: []string{"w1"}, Weightings: []string{"equal"}}
		for k := range c.led + c.ahead {
			d, own := fmt.Sprint("d", k), 26
			if k >= c.led {
				own = 30
			}
			s.Domains = append(s.Domains, DomainInfo{Name: d, Task: "classification", Outputs: 2})
			for seed := range int64(2) {
				r := Run{ID: fmt.Sprint(d, "-", seed), Arm: Independent, Domains: []string{d}, Rung: "w1", Seed: seed, Status: Finished}
				tables[r.ID] = answersTable(d, seed, right(own))
				s.Runs = append(s.Runs, r)
			}
			s.Baselines = append(s.Baselines, BaselineRun{Domain: d, Model: "logistic regression", Open: func() iter.Seq2[*losses.Table, error] {
				return func(yield func(*losses.Table, error) bool) { yield(answersTable(d, 0, right(28)), nil) }
			}})
		}
		s.Open = func(r Run) iter.Seq2[*losses.Table, error] {
			return func(yield func(*losses.Table, error) bool) { yield(tables[r.ID], nil) }
		}
		got, err := Analyze(s)
		if err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprintf("these networks lose to a linear model on %d of %d domains, d0, d1, d2 and %d more (d0: accuracy 0.650 against 0.700): on none of them by more than chance, but chance would not have so many on one side", c.led, c.led+c.ahead, c.led-3)
		doubted := slices.ContainsFunc(got.Doubts, func(d Doubt) bool { return d.Kind == WorseThanBaseline && d.Text == want })
		if doubted != c.doubted {
			t.Errorf("%+v: doubts %+v", c, got.Doubts)
		}
	}
}

// oneBaseline is a baseline that all of some runs are held against.
func oneBaseline(b *resampled, runs int) []*resampled { return slices.Repeat([]*resampled{b}, runs) }
