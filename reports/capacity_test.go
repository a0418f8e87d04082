package reports

import (
	"fmt"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/laws"
	"github.com/sharewise/sharewise/grouping"
)

func TestStateCapacity(t *testing.T) {
	in := mixedFixture(t, []string{"a", "b", "c", "d"}, []string{"w0.25", "w1", "w4"})
	got := StateCapacity(in)
	if got.Smallest != "w0.25" || got.Largest != "w4" || len(got.Domains) != 4 {
		t.Fatalf("%+v", got)
	}
	if want := "Do small models interfere and larger ones transfer? Yes for a and d; not settled for b and c."; got.Headline.String() != want {
		t.Errorf("headline %q, want %q", got.Headline, want)
	}
	a := got.Domains[0]
	if a.Arm != "joint" || a.Answer != grouping.Yes || a.Small.Hi >= 0 || a.Large.Lo <= 0 {
		t.Errorf("a: %+v", a)
	}
	// Harmed at the smallest size, helped at the largest: by the bounds of
	// interference and transfer.
	if strings.Join(a.Harmed, " ") != "w0.25" || strings.Join(a.Helped, " ") != "w4" {
		t.Errorf("a is surely harmed at %v, helped at %v", a.Harmed, a.Helped)
	}
	want := "harmed at w0.25, gain −12% (−17% to −7.0%); helped at w4, gain +12% (+7.0% to +17%); it rises: +24 (+17 to +31). Some samples are surely harmed at w0.25, surely helped at w4."
	if a.Sentence.String() != want {
		t.Errorf("\n got %s\nwant %s", a.Sentence, want)
	}
	if lines := Verdict(in); lines[len(lines)-1] != "Capacity, w0.25 to w4: "+got.Headline.String() {
		t.Errorf("terminal: %q", lines[len(lines)-1])
	}
	// Without an arm of all domains, each domain's recommended pool answers.
	kept := []analysis.Gain{}
	for _, g := range in.Results.Gains {
		if g.Arm != "joint" {
			kept = append(kept, g)
		}
	}
	in.Results.Gains = kept
	groups, err := grouping.RecommendResults(in.Results, grouping.Options{Draws: 20})
	if err != nil {
		t.Fatal(err)
	}
	in.Groups = groups
	if got := StateCapacity(in); got != nil {
		t.Errorf("pools at one size only: %+v", got)
	}
	if got := StateCapacity(mixedFixture(t, []string{"a", "b"}, []string{"w1"})); got != nil {
		t.Errorf("one size: %+v", got)
	}
}

func TestCapacityHeadlines(t *testing.T) {
	of := func(answers ...grouping.Answer) string {
		s := &CapacityStatement{}
		for i, a := range answers {
			s.Domains = append(s.Domains, DomainStatement{DomainCapacity: grouping.DomainCapacity{Domain: string(rune('a' + i)), Answer: a}})
		}
		return s.headline().String()
	}
	for _, c := range [][2]string{
		{of(grouping.Yes, grouping.Yes, grouping.Yes), "Yes: sharing the smallest model interferes, and sharing the largest one transfers, in all three domains."},
		{of(grouping.NotSettled, grouping.NotSettled), "Not settled: the limits do not say whether small models interfere and larger ones transfer, in both domains."},
		{of(grouping.No), "No: in a it is not so that the smallest model interferes and the largest one transfers."},
		{of(grouping.Yes, grouping.InPart, grouping.No, grouping.NotSettled), "Do small models interfere and larger ones transfer? Yes for a; in part for b; no for c; not settled for d."},
		{of(grouping.InPart, grouping.InPart), "Do small models interfere and larger ones transfer? In part for both domains."},
	} {
		if c[0] != c[1] {
			t.Errorf("\n got %s\nwant %s", c[0], c[1])
		}
	}
}

// Measured by losses, effects are drawn relative to the mean loss alone and
// written in the units of the loss.
func TestEffectsOfLosses(t *testing.T) {
	in := mixedFixture(t, []string{"faults", "yield"}, []string{"w1"})
	s := newEffects(in)
	if !s.Errors || !s.Losses || len(s.Panels[0].Charts) != 2 {
		t.Fatalf("%+v", s)
	}
	chart := s.Panels[0].Charts[1]
	if !chart.Losses || len(chart.Rows) != 2 || !chart.Rows[1].Placebo {
		t.Fatalf("chart of losses: %+v", chart)
	}
	row := chart.Rows[0]
	if row.Basis.String() != "400 samples in 24 groups; 3 and 3 runs" || row.Level != "0.66 → 0.647" {
		t.Errorf("basis %q, level %q", row.Basis, row.Level)
	}
	var e analysis.Effect
	for _, x := range in.Results.Effects {
		if x.Arm == "joint" && x.Domain == "yield" {
			e = x
		}
	}
	bounds, alone := e.Transfer.Bounds(), float64(e.Loss.Independent)
	if row.TransferText.Bounds.String() != significant(bounds.Lo)+" to "+significant(bounds.Hi) || row.TransferText.Relative.String() != percent(bounds.Lo/alone)+" to "+percent(bounds.Hi/alone) {
		t.Errorf("bounds %q, relative %q", row.TransferText.Bounds, row.TransferText.Relative)
	}
	if want := "Of every 100 parts of loss, sharing took away up to " + fixed(100*bounds.Hi/alone, 1); !strings.HasPrefix(row.Sentence.String(), want) {
		t.Errorf("sentence %q, want %q", row.Sentence, want)
	}
	// Losses whose mean is not above zero have no shares.
	e.Loss.Independent = -1
	if row := newEffectRow(e, niceScale(-1, 1, 4), false); row.Transfer.Width != "" || row.TransferText.Relative != "" || row.TransferText.Bounds.String() == "" {
		t.Errorf("negative mean loss: %+v", row)
	}
}

func TestMetricsOfScores(t *testing.T) {
	in := &Input{Results: &analysis.Results{Domains: []analysis.DomainInfo{{Name: "a", Metric: "mae"}, {Name: "b", Metric: "accuracy"}, {Name: "c"}}}}
	x := around(0.25, 0.05)
	score := func(domain string, fill func(*analysis.Score)) analysis.Score {
		return scoreOf(analysis.Key{Domain: domain}, fill)
	}
	for _, c := range []struct {
		score     analysis.Score
		name      string
		least, at float64
	}{
		{score("a", func(s *analysis.Score) { s.R2, s.MAE = x, around(3, 1) }), "mean absolute error", 2, 3},
		{score("b", func(s *analysis.Score) { s.Accuracy, s.BalancedAccuracy = x, x }), "wrong answers", 0.7, 0.75},
		{score("c", func(s *analysis.Score) { s.R2, s.MAE = x, x }), "1 − R²", 0.7, 0.75},
		{score("c", func(s *analysis.Score) { s.Loss = around(2, 1) }), "loss", 1, 2},
	} {
		v, m := in.errorOf(&c.score)
		if m.errorName().String() != c.name || math.Abs(v.Value-c.at) > 1e-12 || math.Abs(v.Lo-c.least) > 1e-12 {
			t.Errorf("%s: %v of %s, want %v of %s", c.score.Domain, v, m.errorName(), c.at, c.name)
		}
	}
}

// TestTurnsAgree holds the words on where harm turns to help against what is shaded: the
// limits of all domains together, and of the domain alone in files of before.
func TestTurnsAgree(t *testing.T) {
	in := &Input{Results: &analysis.Results{Rungs: []string{"w1", "w2", "w4", "w8"}, Capacity: &analysis.Capacity{
		Parameters: []int64{100, 200, 400, 800},
		Crossings:  []analysis.CapacityCrossing{{Arm: "joint", Domain: "a", Where: laws.Between, At: 280, Lo: 220, Hi: 390, Turns: 0.99}},
	}}}
	x := &in.Results.Capacity.Crossings[0]
	for _, c := range []struct {
		among  *analysis.CapacitySettled
		turn   string
		lo, hi float64
	}{
		{nil, "harms, and helps from a size on that lies between w2 and w4", 220, 390},
		{&analysis.CapacitySettled{Where: laws.Between, Lo: 150, Hi: 700, Domains: 5}, "harms, and helps from a size on that lies between w1 and w8", 150, 700},
		{&analysis.CapacitySettled{Where: laws.Unsettled, Lo: 150, Hi: effect.Number(math.Inf(1)), Domains: 5}, "helps from a size on that lies beyond w1, perhaps beyond the largest: not settled", 150, math.Inf(1)},
	} {
		x.Among = c.among
		if got := in.turn(grouping.DomainCapacity{Domain: "a", Arm: "joint"}); got.String() != c.turn {
			t.Errorf("got %q, want %q", got, c.turn)
		}
		spans := in.turnsOf("a", "", []capacityLine{{arm: "joint"}})
		hi := c.hi
		if !math.IsInf(hi, 1) {
			hi = in.place(hi)
		}
		if len(spans) != 1 || spans[0].lo != in.place(c.lo) || spans[0].hi != hi {
			t.Errorf("shaded %+v, want %v to %v", spans, in.place(c.lo), hi)
		}
	}
}

// TestCoverageIsTheTables holds what the page says of limits of predictions against the table
// that was measured.
func TestCoverageIsTheTables(t *testing.T) {
	table, err := os.ReadFile("../analysis/laws/testdata/coverage.md")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("page/capacity.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	measured := regexp.MustCompile(`predictions hold (\S+) \(least (\S+)\)`).FindSubmatch(table)
	told := regexp.MustCompile(`held the next size (\d+) %% of the time, and (\d+) %% at worst`).FindSubmatch(page)
	if measured == nil || told == nil {
		t.Fatalf("the table says %q, the page %q", measured, told)
	}
	for k := 1; k <= 2; k++ {
		share, err := strconv.ParseFloat(string(measured[k]), 64)
		if err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprintf("%.0f", 100*share); want != string(told[k]) {
			t.Errorf("the page says %s %%, the table %s %%", told[k], want)
		}
	}
}
