package economics_test

import (
	"math"
	"testing"

	"github.com/sharewise/sharewise/grouping/economics"
)

// plants is a case of three plants that is small enough for a sheet of paper: a
// model each, one for north and south, or one for all.
func plants() *economics.Case {
	return &economics.Case{
		Prices: economics.Prices{
			Currency: "EUR", Horizon: 24, Discount: 0.1, Operation: 40, Setup: 300,
			Hour: 6, Training: 2, Retrain: 6, Compute: 5, Memory: 3, Label: 0.5,
		},
		Domains: []economics.Domain{
			{Name: "north", Value: 100, Decisions: 1e6, Unit: "EUR per point and month"},
			{Name: "south", Value: 3e-5, Decisions: 2e6, PerDecision: true}, // 60 a month
			{Name: "west", Value: 80},
		},
		Options: []economics.Option{
			{Name: "apart", Rung: "w1", Models: []economics.Model{
				{Members: []int{0}, Seconds: 600, FLOPs: 1e9, Bytes: 2e9},
				{Members: []int{1}, Seconds: 900, FLOPs: 1e9, Bytes: 2e9},
				{Members: []int{2}, Seconds: 300, FLOPs: 1e9, Bytes: 2e9, Running: true},
			}},
			{Name: "north + south", Rung: "w1", Models: []economics.Model{
				{Members: []int{0, 1}, Terms: []economics.Term{{0, 0, 1}, {1, 1, 1}}, Seconds: 1800, FLOPs: 1e9, Bytes: 2e9},
				{Members: []int{2}, Seconds: 300, FLOPs: 1e9, Bytes: 2e9, Running: true},
			}},
			{Name: "all", Rung: "w1", Models: []economics.Model{
				// West's gain is the mean of two cells.
				{Members: []int{0, 1, 2}, Terms: []economics.Term{{0, 2, 1}, {1, 3, 1}, {2, 1, 0.5}, {2, 2, 0.5}}, Seconds: 2400, FLOPs: 1e9, Bytes: 2e9},
			}},
		},
		Centre: []float64{0.4, 1.2, -0.5, 0.8},
		Draws: [][]float64{
			{0.4, 1.2, -0.5, 0.8},
			{-2.6, 1.0, -1.0, 0.2},
			{3.4, 1.4, 0.0, 1.4},
		},
	}
}

// sheet is what a spreadsheet would have: a row for each month, written out by
// hand for the three options, with the prices of plants as plain numbers.
func sheet(option string, north, south, west float64) (present, once, monthly float64) {
	var trainings []float64 // what each model's training costs
	var models, flops float64
	switch option {
	case "apart":
		trainings = []float64{2 + 6*600./3600, 2 + 6*900./3600, 2 + 6*300./3600}
		once = 300 + trainings[0] + 300 + trainings[1] // west's is running
		models = 3
	case "north + south":
		trainings = []float64{2 + 6*1800./3600, 2 + 6*300./3600}
		once = 300 + trainings[0]
		models = 2
	case "all":
		trainings = []float64{2 + 6*2400./3600}
		once = 300 + trainings[0]
		models = 1
	}
	flops = 1e9 * (1e6 + 2e6) // north and south are served, west is not
	monthly = models*40 + models*3*2 + 5*flops/1e15
	brings := 100*north + 60*south + 80*west
	month := math.Pow(1.1, 1./12) // interest of a month
	discounted := 1.0
	present = -once
	for t := 1; t <= 24; t++ {
		discounted /= month
		cash := brings - monthly
		if t == 6 || t == 12 || t == 18 { // not in the last month
			for _, x := range trainings {
				cash -= x
			}
		}
		present += cash * discounted
	}
	return present, once, monthly
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-9*math.Max(1, math.Abs(want))) {
		t.Errorf("%s is %.12g, the sheet has %.12g", what, got, want)
	}
}

// gainsOf are the gains of north, south and west by option and draw, written out.
var gainsOf = map[string][][3]float64{
	"apart":         {{0, 0, 0}, {0, 0, 0}, {0, 0, 0}},
	"north + south": {{0.4, 1.2, 0}, {-2.6, 1.0, 0}, {3.4, 1.4, 0}},
	"all":           {{-0.5, 0.8, 0.35}, {-1.0, 0.2, 0.0}, {0.0, 1.4, 0.7}},
}

func TestAppraiseAgainstSheet(t *testing.T) {
	c := plants()
	r, err := economics.Appraise(c)
	if err != nil {
		t.Fatal(err)
	}
	var presents [3][3]float64 // option, draw
	for a, o := range c.Options {
		w := r.Options[a]
		for d, g := range gainsOf[o.Name] {
			presents[a][d], _, _ = sheet(o.Name, g[0], g[1], g[2])
		}
		g := gainsOf[o.Name][0] // the first draw is the centre
		present, once, monthly := sheet(o.Name, g[0], g[1], g[2])
		_, _, apart := sheet("apart", 0, 0, 0)
		near(t, o.Name+": present value", w.Present.Value, present)
		near(t, o.Name+": gain", w.Gain.Value, present-presents[0][0])
		near(t, o.Name+": once", w.Costs.Once, once)
		near(t, o.Name+": monthly", w.Costs.Monthly, monthly)
		near(t, o.Name+": benefit", w.Benefit.Value, 100*g[0]+60*g[1]+80*g[2])
		near(t, o.Name+": yearly", w.Yearly.Value, 12*(100*g[0]+60*g[1]+80*g[2]-(monthly-apart)))
		// Of three draws the limits of 95 % are a twentieth of the way from the
		// outer ones to the middle one.
		low, high := presents[a][1], presents[a][2]
		near(t, o.Name+": lower limit", w.Present.Lo, low+0.05*(presents[a][0]-low))
		near(t, o.Name+": upper limit", w.Present.Hi, high-0.05*(high-presents[a][0]))
	}
	// What is best in each draw, and in the mean.
	perfect, best := 0.0, math.Inf(-1)
	for d := range 3 {
		perfect += math.Max(presents[0][d], math.Max(presents[1][d], presents[2][d])) / 3
	}
	for a := range 3 {
		best = math.Max(best, (presents[a][0]+presents[a][1]+presents[a][2])/3)
	}
	near(t, "perfect information", r.Perfect, perfect-best)
	if perfect-best < 1 {
		t.Error("the case has nothing to learn from")
	}
	if c.Options[r.Best].Name != "north + south" {
		t.Errorf("best is %s", c.Options[r.Best].Name)
	}
	wins := map[int]float64{}
	for d := range 3 {
		top := 0
		for a := range 3 {
			if presents[a][d] > presents[top][d] {
				top = a
			}
		}
		wins[top] += 1. / 3
	}
	for a := range 3 {
		near(t, "share of draws in which it is best", r.Options[a].Best, wins[a])
	}
}

func TestTornadoAgainstSheet(t *testing.T) {
	bars, err := economics.Tornado(plants(), []economics.Range{{Input: "operation", Low: 0, High: 100}})
	if err != nil {
		t.Fatal(err)
	}
	by := map[string]economics.Bar{}
	for i, b := range bars {
		by[b.Input] = b
		if i > 0 && math.Abs(b.AtHigh-b.AtLow) > math.Abs(bars[i-1].AtHigh-bars[i-1].AtLow)+1e-9 {
			t.Errorf("%s stands below %s and changes more", b.Input, bars[i-1].Input)
		}
	}
	base := func() float64 {
		with, _, _ := sheet("north + south", 0.4, 1.2, 0)
		without, _, _ := sheet("apart", 0, 0, 0)
		return with - without
	}()
	annuity := 0.0
	for month := 1; month <= 24; month++ {
		annuity += math.Pow(1.1, -float64(month)/12)
	}
	// One model less: each unit of operation counts once a month.
	near(t, "operation at 0", by["operation"].AtLow, base-40*annuity)
	near(t, "operation at 100", by["operation"].AtHigh, base+60*annuity)
	// Half of all values, and twice.
	near(t, "half the value", by["value"].AtLow, base-(100*0.4+60*1.2)/2*annuity)
	near(t, "twice the value", by["value"].AtHigh, base+(100*0.4+60*1.2)*annuity)
	near(t, "north's value at 50", by["value of north"].AtLow, base-50*0.4*annuity)
	near(t, "west's value does not matter", by["value of west"].AtHigh, base)
	near(t, "setup at 600", by["setup"].AtHigh, base+300) // one less to set up
	if by["horizon"].Low != 12 || by["horizon"].High != 48 || by["discount"].Low != 0 || by["discount"].High != 0.2 {
		t.Errorf("ranges are %+v and %+v", by["horizon"], by["discount"])
	}
	if _, err := economics.Tornado(plants(), []economics.Range{{Input: "rent", Low: 0, High: 1}}); err == nil {
		t.Error("a range of an unknown input is taken")
	}
}

func TestBreakEvensAgainstSheet(t *testing.T) {
	c := plants()
	c.Prices.Operation, c.Prices.Setup, c.Prices.Memory = 0, 0, 0
	c.Options[1].Models[0].Seconds = 90 * 3600  // sharing must earn a long training back
	c.Options[2].Models[0].Seconds = 900 * 3600 // and for all it never does
	c.Draws[1][0] = -0.6
	found, err := economics.BreakEvens(c)
	if err != nil {
		t.Fatal(err)
	}
	by := map[string]economics.BreakEven{}
	for _, b := range found {
		by[b.Input] = b
	}
	annuity, again := 0.0, 1.0
	for month := 1; month <= 24; month++ {
		d := math.Pow(1.1, -float64(month)/12)
		annuity += d
		if month == 6 || month == 12 || month == 18 {
			again += d
		}
	}
	// Costs of 'north + south' over apart: one training of 90 hours, for those of
	// 600 and 900 seconds and a fixed price.
	more := again * ((2 + 6*90.) - (2 + 6*600./3600) - (2 + 6*900./3600))
	brings := 100*0.4 + 60*1.2
	want := more / (annuity * brings)
	if by["value"].Expected.Side != economics.From {
		t.Fatalf("value: %+v", by["value"])
	}
	near(t, "break-even of all values", by["value"].Expected.At, want)
	near(t, "break-even of south's value, as a factor", by["value of south"].Expected.At, (more/annuity-100*0.4)/(60*1.2))
	near(t, "break-even of decisions, which north's value does not follow", by["decisions"].Expected.At, by["value of south"].Expected.At)
	// In all but a twentieth of draws: a tenth of the way from the worst draw to
	// the middle one.
	low := (100*-0.6 + 60*1.0) + 0.1*(brings-(100*-0.6+60*1.0))
	near(t, "sure break-even of all values", by["value"].Sure.At, more/(annuity*low))
	// Price per hour at which it pays no longer.
	hours := 90 - 600./3600 - 900./3600
	near(t, "price of an hour", by["hour"].Expected.At, (annuity*brings+again*2)/(again*hours))
	if by["hour"].Expected.Side != economics.UpTo {
		t.Errorf("hour: %+v", by["hour"])
	}
	// The horizon from which it pays on and on, month by month.
	first := 0
	for h := economics.MaxHorizon; h >= 1; h-- {
		sum := -((2 + 6*90.) - (2 + 6*600./3600) - (2 + 6*900./3600))
		for month := 1; month <= h; month++ {
			cash := brings
			if month%6 == 0 && month < h {
				cash -= (2 + 6*90.) - (2 + 6*600./3600) - (2 + 6*900./3600)
			}
			sum += cash * math.Pow(1.1, -float64(month)/12)
		}
		if sum <= 0 {
			break
		}
		first = h
	}
	if by["horizon"].Expected.Side != economics.From || by["horizon"].Expected.At != float64(first) || first < 2 {
		t.Errorf("horizon: %+v, month by month %d", by["horizon"].Expected, first)
	}
}

// A pool that saves money at the start and costs some every month pays for so long.
func TestHorizonUpTo(t *testing.T) {
	c := plants()
	c.Prices = economics.Prices{Horizon: 6, Setup: 300}
	c.Options = c.Options[:2]
	c.Centre[0] = -1.3 // with south's 1.2: -58 a month
	found, err := economics.BreakEvens(c)
	if err != nil {
		t.Fatal(err)
	}
	months := 0
	for money := 300.0 - 58; money > 0; money -= 58 { // one model less to set up
		months++
	}
	for _, b := range found {
		if b.Input == "horizon" && (b.Expected.Side != economics.UpTo || b.Expected.At != float64(months)) {
			t.Errorf("horizon %+v, by hand %d", b.Expected, months)
		}
	}
}
