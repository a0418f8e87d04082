package reports

import (
	"bytes"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/grouping/appraisal"
	"github.com/sharewise/sharewise/grouping/economics"
)

// worth is an appraisal of two lines that share a model.
func worth() *appraisal.Appraisal {
	prices := study.NewEconomics()
	prices.Currency, prices.Value.Each = "JPY", 12000
	a := &appraisal.Appraisal{
		Study: "lines", Prices: *prices, Rung: "w1", Level: 0.95, Best: 1, Subject: 1, Perfect: 1500,
		Options: []appraisal.Option{
			{Name: "apart", Rung: "w1", Groups: [][]string{{"north"}, {"south"}, {"west"}}, Worth: economics.Worth{Costs: economics.Costs{Once: 3000}}},
			{Name: "recommended", Rung: "w1", Groups: [][]string{{"north", "south"}, {"west"}}, Worth: economics.Worth{
				Gain: economics.Estimate{Value: 1234567, Lo: -20000, Hi: 2500000}, Yearly: economics.Estimate{Value: 4e5, Lo: -1e4, Hi: 8e5},
				Costs: economics.Costs{Once: 2000}, Pays: 0.962, Best: 0.9999,
			}},
		},
		Tornado:    []economics.Bar{{Input: "gains", AtLow: -20000, AtHigh: 2500000}, {Input: "operation", Unit: "JPY per model and month", Base: 100, Low: 50, High: 200, AtLow: 1.1e6, AtHigh: 1.4e6, BestAtLow: 0, BestAtHigh: 1}},
		BreakEvens: []economics.BreakEven{{Input: "value", Unit: "JPY per point and month", Base: 12000, Expected: economics.Threshold{Side: economics.From, At: 876.54}, Sure: economics.Threshold{Side: economics.From, At: 12000}}, {Input: "setup", Expected: economics.Threshold{Side: economics.Always}, Sure: economics.Threshold{Side: economics.Always}}},
		Staged: economics.Staged{
			Introduce: []economics.Introduction{{Domains: []string{"north", "south"}, Once: -1000, Gain: economics.Estimate{Value: 1234567, Lo: -20000, Hi: 2500000}, Pays: 0.962, Advice: economics.Go}},
			Learn: []economics.Lesson{{What: appraisal.SeedsSource, Price: 10, Have: 5, Limit: 900, Advice: economics.Go,
				Look: []economics.Purchase{{Units: 5, Value: 500, Cost: 50}, {Units: 8, Value: 520, Cost: 80}}, Best: &economics.Purchase{Units: 5, Value: 500, Cost: 50}}},
		},
		Samples: []appraisal.Samples{{Domain: "north", Cost: 500, Needed: 0.0374, UnitName: study.PerPoint}},
		Assumed: []string{"Models are trained once and not again."}, Warnings: []string{"<b>Odd</b> things."},
	}
	return a
}

func TestMoneySection(t *testing.T) {
	in := fixture(t)
	in.Economics = worth()
	var page bytes.Buffer
	if err := HTML(&page, in); err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(page.String(), "\u202f", " ")
	for _, want := range []string{
		`<a href="#money">`, "One model for north and south and one of its own for west: worth 1 230 000 JPY more over 36 months",
		"it pays in 96%, and no other option is worth more in over 99%", "It saves 1000 JPY at the start",
		"from 877 on", "from 12 000 on", "Surely, whatever these are: putting a model into use.",
		"at 50 best: a model each", "5 more, beside 5 now, are expected to be worth 500 JPY by better choices, and cost 50. Then stop: the next 3 would cost 30 and tell 20.",
		"improve north by 0.0374 points of error", "Models are trained once and not again.", "&lt;b&gt;Odd&lt;/b&gt; things.", "worth 1500 JPY",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if text := moneyInstead(in.Economics); text != "" {
		t.Error(text)
	}
	in.Economics.Best = 0
	in.Economics.Options[1].Gain = economics.Estimate{Value: -500, Lo: -900, Hi: 100}
	if got := newMoney(in.Economics).Headline; got.String() != "A model for each domain is worth most. The best alternative, one model for north and south and one of its own for west, is worth 500 JPY less over 36 months." {
		t.Error(got)
	}
	in.Economics.Doubts = []analysis.Doubt{{Kind: analysis.NoSkill, Domains: []string{"west"}, Brief: "models of west learned nothing"}}
	if got := MoneyLines(in.Economics)[0]; !strings.HasPrefix(got, "Do not act on this yet: models of west learned nothing. A model for each domain is worth most.") {
		t.Error(got)
	}
}

// TestMoneyInstead says where money prefers other groups than gains do, in the section,
// at the terminal and among the reasons of the verdict.
func TestMoneyInstead(t *testing.T) {
	in := fixture(t)
	a := worth()
	in.Economics = a
	var groups [][]string
	for i := range in.Groups.Groups {
		groups = append(groups, in.Groups.Groups[i].Names())
	}
	a.Options[1].Groups = groups
	all := a.Options[1]
	all.Name, all.Groups, all.Gain.Value = "all together", [][]string{slices.Concat(groups...)}, all.Gain.Value+2e6
	a.Options = append(a.Options, all)
	if text := in.worthInstead(); text != "" {
		t.Errorf("the best are recommended, and it says %q", text)
	}
	a.Best, a.Subject = 2, 2
	said := strings.ReplaceAll(strings.Join(english(State(in).Reasons), "\n"), "\u202f", " ")
	if want := "In money other groups are worth more, by what is expected: one model for all domains, by 2 000 000 JPY over 36 months."; !strings.Contains(said, want) {
		t.Errorf("the reasons lack %q:\n%s", want, said)
	}
	lines := strings.ReplaceAll(strings.Join(MoneyLines(a), "\n"), "\u202f", " ")
	if want := "worth 2 000 000 JPY less than these groups. They are chosen by what domains gain, whatever models cost."; !strings.Contains(lines, want) {
		t.Errorf("the lines lack %q:\n%s", want, lines)
	}
	// Groups in another order are the same; those of another recommendation are not.
	slices.Reverse(a.Options[1].Groups)
	if in.worthInstead() == "" {
		t.Error("the order of groups matters")
	}
	a.Options[1].Groups = [][]string{slices.Concat(groups...), {"another"}}
	if text := in.worthInstead(); text != "" {
		t.Errorf("prices are of other groups, and it says %q", text)
	}
}

// TestAmountAxis leaves room between the ticks of long numbers.
func TestAmountAxis(t *testing.T) {
	c := newAmountChart([]rangeItem{{value: effect.Interval{Value: 1e5, Lo: -1.09e7, Hi: 1.15e7}}}, "JPY")
	if len(c.Ticks) > 3 {
		t.Errorf("%d ticks: %+v", len(c.Ticks), c.Ticks)
	}
}

func TestAmount(t *testing.T) {
	for x, want := range map[float64]string{0: "0", 0.0123456: "0.0123", 1: "1", 99.96: "100", 1234.5: "1230", 12345: "12 300", -1234567: "−1 230 000", 999.6: "1000", 1e-12: "0"} {
		if got := strings.ReplaceAll(amount(x), "\u202f", " "); got != want {
			t.Errorf("%v is written %q, want %q", x, got, want)
		}
	}
}

// TestDataSteps words what more training samples are worth, of an appraisal as a file
// has it.
func TestDataSteps(t *testing.T) {
	look := []economics.DataPurchase{
		{Factor: 1.5, Samples: 50, Value: economics.Estimate{Value: 300, Lo: 100, Hi: 500}, Cost: 50, Pays: 0.99},
		{Factor: 2, Samples: 100, Value: economics.Estimate{Value: 320, Lo: 110, Hi: 600}, Cost: 100, Pays: 0.98},
	}
	a := &appraisal.Appraisal{Prices: *study.NewEconomics()}
	a.Prices.Label, a.Prices.Currency = 1, "EUR"
	for _, c := range []struct {
		best int // -1: none
		want string
	}{
		{0, "1.5 times as many of every domain, 50 more, would be worth +300 EUR (+100 to +500) by less error, and cost 50; they pay in 99% of draws. Then stop: the next 50 would cost 50 and bring 20."},
		{1, "2 times as many of every domain, 100 more, would be worth +320 EUR (+110 to +600) by less error, and cost 100; they pay in 98% of draws. Larger numbers were not looked at: curves are followed as far up as they were measured down."},
		{-1, "stop here."},
	} {
		a.Data = appraisal.Data{Look: look, Advice: economics.Go}
		if c.best >= 0 {
			best := look[c.best] // another address than in the list, as from a file
			a.Data.Best = &best
		}
		if got := dataSteps(a); len(got) != 1 || !strings.HasSuffix(got[0].Text.String(), c.want) {
			t.Errorf("%+v, want %q", got, c.want)
		}
	}
	alone := economics.Estimate{Value: 0.2}
	curve := appraisal.Curve{Domain: "north", Points: []appraisal.Point{{Samples: 50, Alone: &alone}}, Exponent: &economics.Estimate{Value: -0.2, Lo: -0.5, Hi: 0.1}}
	if got := curveText(&curve); !strings.HasSuffix(got.String(), "More samples have lowered no error here; with twice as many it may be from 6.7% less to 41% more.") {
		t.Error(got)
	}
}

// TestDataCurves draws what was measured with several numbers of samples, and nothing
// where there is one.
func TestDataCurves(t *testing.T) {
	point := func(samples int, alone, shared float64) appraisal.Point {
		p := appraisal.Point{Samples: samples, Alone: &economics.Estimate{Value: alone, Lo: alone - 0.01, Hi: alone + 0.01}}
		if shared > 0 {
			p.Shared = &economics.Estimate{Value: shared, Lo: shared - 0.01, Hi: math.NaN()}
		}
		return p
	}
	a := worth()
	a.Data.Curves = []appraisal.Curve{{Domain: "east", Points: []appraisal.Point{point(50, 0.2, 0)}}}
	if newDataCurves(a) != nil {
		t.Error("a single point is drawn")
	}
	a.Data.Curves = append(a.Data.Curves, appraisal.Curve{Domain: "north <1>", Points: []appraisal.Point{point(200, 0.1, 0.08), point(50, 0.2, 0.15), point(100, 0.14, 0)}})
	c := newDataCurves(a)
	if len(c.Plots) != 1 || len(c.Legend) != 2 || len(c.Plots[0].Series) != 2 || len(c.Plots[0].Series[0].Marks) != 3 || len(c.Plots[0].Series[1].Marks) != 2 {
		t.Fatalf("%+v", c)
	}
	if got, want := c.Plots[0].Aria, "Error of north <1> by training samples: alone with 50 20.0%, alone with 100 14.0%, alone with 200 10.0%, shared with 50 15.0%, shared with 200 8.0%."; got.String() != want {
		t.Errorf("%q, want %q", got, want)
	}
	x := func(i int) float64 {
		v, err := strconv.ParseFloat(c.Plots[0].X[i].At, 64)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	if math.Abs((x(1)-x(0))-(x(2)-x(1))) > 0.2 {
		t.Errorf("equal ratios are not equal distances: %v", c.Plots[0].X)
	}
	if m := c.Plots[0].Series[1].Marks[0]; m.Lo != "" {
		t.Error("limits that are not known are drawn")
	}
	in := fixture(t)
	in.Economics = a
	var page bytes.Buffer
	if err := HTML(&page, in); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(page.String(), "Error by training samples") || strings.Contains(page.String(), "north <1>") {
		t.Error("the page lacks the curves, or does not escape them")
	}
}

// TestNextDoubling words what the next doubling is worth at most, or why nothing is known.
func TestNextDoubling(t *testing.T) {
	a := worth()
	a.Staged.Sizes = []economics.Size{{Rung: "w0.5", Option: 0, Advice: economics.Go}, {Rung: "w1", Option: 1, Advice: economics.Go}}
	last := func() step {
		s := sizeSteps(a)
		return s[len(s)-1]
	}
	if got := last(); got.Text.String() != "Nothing was trained there." {
		t.Errorf("a file of before: %+v", got)
	}
	a.NextSize = &appraisal.NextSize{Rung: "w1", Option: -1, Why: "the study has 2 sizes, and a law of size takes 4"}
	if got := last(); got.What.String() != "Sizes beyond w1" || got.Advice != "unknown" || got.Text.String() != "Nothing was trained there, and what the next doubling is worth at most is not known: the study has 2 sizes, and a law of size takes 4." {
		t.Errorf("%+v", got)
	}
	a.NextSize = &appraisal.NextSize{Rung: "w1", Option: 1, Doubling: &economics.Enlarged{Factor: 2, AtMost: 120, Present: 3900, Cost: 4100, Advice: economics.Stop}}
	got := last()
	if want := "The next doubling of the model (one model for north and south and one of its own for west) is worth at most 120 JPY a month (95%), which is 3900 over 36 months, and costs 4100 more: stop here."; got.Advice != "stop" || got.Text.String() != want {
		t.Errorf("\n got %s\nwant %s", got.Text, want)
	}
	a.NextSize.Doubling.Advice, a.NextSize.Doubling.Cost = economics.Unknown, 4
	if got := last(); got.Advice != "unknown" || !strings.HasSuffix(got.Text.String(), "and costs 4 more: whether it is worth that much was not measured.") {
		t.Errorf("%+v", got)
	}
}
