package appraisal_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/policy"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/versioned/schematest"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/appraisal"
	"github.com/sharewise/sharewise/grouping/economics"
)

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-6*math.Max(1, math.Abs(want))) {
		t.Errorf("%s is %.10g, by hand %.10g", what, got, want)
	}
}

// run is what a test reads of a run by itself.
type run struct {
	arm, rung string
	seconds   float64
	table     *losses.Table
	bytes     float64
}

func runs(t *testing.T, folder layout.Folder) []run {
	t.Helper()
	plan, err := folder.ReadPlan()
	if err != nil {
		t.Fatal(err)
	}
	var out []run
	for _, r := range plan.Runs {
		dir := folder.Run(r.ID)
		done, err := dir.ReadDone(r.Hash)
		if err != nil || done == nil {
			t.Fatal(r.ID, err)
		}
		table, err := losses.ReadFile(dir.Losses())
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(dir.Model())
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, run{r.Arm + strings.Join(r.Domains, "+"), r.Rung.Name, done.Seconds, table, float64(info.Size())})
	}
	return out
}

// mean of what a sample of a domain counts, over the runs of an arm at a rung.
func mean(all []run, arm, rung, domain string, of func(t *losses.Table, i int) float64) float64 {
	sum, n := 0.0, 0
	for _, r := range all {
		if r.arm != arm || r.rung != rung {
			continue
		}
		for i, d := range r.table.Domain {
			if d == domain {
				sum += of(r.table, i)
				n++
			}
		}
	}
	return sum / float64(n)
}

func wrong(t *losses.Table, i int) float64 {
	if t.Correct[i] {
		return 0
	}
	return 1
}

func TestFolderAgainstTables(t *testing.T) {
	folder := layout.Folder(filepath.Join(t.TempDir(), "out"))
	if err := trained(folder, 0.05, 0.1); err != nil {
		t.Fatal(err)
	}
	t.Run("value", func(t *testing.T) { byValue(t, folder) })
	t.Run("errors", func(t *testing.T) { byErrors(t, folder) })
	t.Run("mistakes", func(t *testing.T) { mistakes(t, folder) })
	t.Run("data", func(t *testing.T) { moreData(t, folder) })
	t.Run("doubts", func(t *testing.T) { doubts(t, folder) })
	t.Run("unknown", func(t *testing.T) { unknownGain(t, folder) })
	t.Run("rules", func(t *testing.T) { rules(t, folder) })
}

// byValue counts two months of a value by the point, and every cost, by hand.
func byValue(t *testing.T, folder layout.Folder) {
	e := study.NewEconomics()
	e.Currency, e.Horizon, e.Discount = "EUR", 2, 0.21
	e.Value.Each, e.Value.Domains = 100, map[string]float64{"south": 30}
	e.Operation, e.Setup, e.Training = 7, 50, study.TrainingPrice{Hour: 3600, Each: 2}
	e.Serving.Memory = 1e6 // of a thousandth of a gigabyte, models of the test are small
	e.Label, e.Running = 0.1, []string{"north"}
	a, err := appraisal.Folder(folder, appraisal.Options{Prices: e, Draws: 500})
	if err != nil {
		t.Fatal(err)
	}
	all := runs(t, folder)
	plan, err := folder.ReadPlan()
	if err != nil {
		t.Fatal(err)
	}
	small, large := plan.Rungs[0], plan.Rungs[1]
	if a.Rung != large || len(a.Options) != 4 {
		t.Fatalf("reference at %s, options %+v", a.Rung, a.Options)
	}
	month := math.Pow(1.21, -1./12)
	var references float64
	for _, o := range a.Options {
		arms := map[string]string{"north": "independentnorth", "south": "independentsouth"}
		if len(o.Groups) == 1 {
			arms = map[string]string{"north": "jointnorth+south", "south": "jointnorth+south"}
		}
		benefit := 0.0
		for domain, value := range map[string]float64{"north": 100, "south": 30} {
			alone := mean(all, "independent"+domain, large, domain, wrong)
			benefit += value * 100 * (alone - mean(all, arms[domain], o.Rung, domain, wrong))
		}
		once, monthly := 0.0, 0.0
		var models []string
		for _, arm := range arms {
			if !slices.Contains(models, arm) {
				models = append(models, arm)
			}
		}
		for _, arm := range models {
			seconds, bytes, n := 0.0, 0.0, 0.0
			for _, r := range all {
				if r.arm == arm && r.rung == o.Rung {
					seconds, n = seconds+r.seconds, n+1
					if bytes == 0 {
						bytes = r.bytes
					}
				}
			}
			monthly += 7 + bytes/1e9*1e6
			if arm != "independentnorth" || o.Rung == small { // which runs, at the large size
				once += 50 + 2 + seconds/n
			}
		}
		present := -once + (benefit-monthly)*month + (benefit-monthly)*month*month
		name := o.Name + ", " + o.Rung
		near(t, name+": benefit", o.Benefit.Value, benefit)
		near(t, name+": once", o.Costs.Once, once)
		near(t, name+": monthly", o.Costs.Monthly, monthly)
		near(t, name+": present value", o.Present.Value, present)
		if o.Name == "apart" && o.Rung == large {
			references = present
		}
		near(t, name+": gain", o.Gain.Value, present-references)
		if o.Gain.Lo > o.Gain.Value || o.Gain.Hi < o.Gain.Value || (o.Rung == small || len(o.Groups) == 1) && !(o.Gain.Hi > o.Gain.Lo) {
			t.Errorf("%s: limits %+v", name, o.Gain)
		}
	}
	near(t, "what a thousand samples of north must bring", a.Samples[0].Needed, 1000*0.1/(100*(month+month*month)))
	if len(a.Staged.Sizes) != 2 || a.Staged.Sizes[0].Rung != small {
		t.Errorf("sizes %+v", a.Staged.Sizes)
	}
	if len(a.Staged.Learn) != 2 || a.Staged.Learn[0].Limit+a.Staged.Learn[1].Limit == 0 {
		t.Errorf("lessons %+v", a.Staged.Learn)
	}
	stored(t, folder, a)
}

// stored reads back what was written.
func stored(t *testing.T, folder layout.Folder, a *appraisal.Appraisal) {
	again, err := appraisal.ReadFile(folder.Economics())
	if err != nil {
		t.Fatal(err)
	}
	x, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	y, err := json.Marshal(again)
	if err != nil || string(x) != string(y) {
		t.Errorf("economics.json says something else: %v", err)
	}
	schematest.Valid(t, appraisal.Schema, x)
	type row struct {
		Option  string  `parquet:"option"`
		Present float64 `parquet:"present"`
		Pays    float64 `parquet:"pays"`
	}
	rows, err := parquet.ReadFile[row](filepath.Join(folder.Tables(), appraisal.TableFile))
	if err != nil || len(rows) != len(a.Options) {
		t.Fatal(rows, err)
	}
	for i, o := range a.Options {
		if rows[i].Option != o.Name || rows[i].Present != o.Present.Value || rows[i].Pays != o.Pays {
			t.Errorf("row %+v of %+v", rows[i], o)
		}
	}
}

// byErrors counts what answers cost, from the confusions in the tables.
func byErrors(t *testing.T, folder layout.Folder) {
	e := study.NewEconomics()
	e.Horizon, e.Discount = 1, 0
	e.Decisions.Each, e.Decisions.Domains = 1000, map[string]float64{"south": 200}
	e.Errors = []study.ErrorCost{{Cost: 1}, {Actual: "crack", Predicted: "good", Cost: 25}}
	e.ClassShares = map[string]float64{"crack": 0.02, "good": 0.98}
	a, err := appraisal.Folder(folder, appraisal.Options{Prices: e, Draws: 500})
	if err != nil {
		t.Fatal(err)
	}
	all := runs(t, folder)
	// Classes are in the order of their names: crack is 0, good is 1.
	count := map[string][2]float64{}
	for _, r := range all {
		if r.arm == "independentnorth" || r.arm == "independentsouth" {
			c := [2]float64{}
			for _, l := range r.table.Label {
				c[l]++
			}
			count[r.table.Domain[0]] = c
		}
	}
	cost := func(t *losses.Table, i int) float64 {
		n := count[t.Domain[i]]
		share := n[t.Label[i]] / (n[0] + n[1])
		switch {
		case t.Label[i] == 0 && t.Prediction[i] == 1:
			return 25 * 0.02 / share
		case t.Label[i] == 1 && t.Prediction[i] == 0:
			return 1 * 0.98 / share
		}
		return 0
	}
	for _, o := range a.Options {
		benefit := 0.0
		for domain, decisions := range map[string]float64{"north": 1000, "south": 200} {
			arm := "independent" + domain
			if len(o.Groups) == 1 {
				arm = "jointnorth+south"
			}
			benefit += decisions * (mean(all, "independent"+domain, a.Rung, domain, cost) - mean(all, arm, o.Rung, domain, cost))
		}
		near(t, o.Name+", "+o.Rung+": benefit", o.Benefit.Value, benefit)
	}
	near(t, "cost of a decision", a.Domains[0].Own, mean(all, "independentnorth", a.Rung, "north", cost))
	if a.Domains[0].By != "errors" {
		t.Errorf("domains %+v", a.Domains)
	}
}

func mistakes(t *testing.T, folder layout.Folder) {
	for want, change := range map[string]func(*study.Economics){
		`no domain has a class "scratch"`:      func(e *study.Economics) { e.Errors = []study.ErrorCost{{Actual: "scratch", Cost: 3}} },
		`no domain is called "west"`:           func(e *study.Economics) { e.Value.Domains = map[string]float64{"west": 1} },
		`a range of "rent", which is no input`: func(e *study.Economics) { e.Value.Each = 1; e.Ranges = []study.PriceRange{{Input: "rent"}} },
		"neither economics.value nor":          func(*study.Economics) {},
		"a price or value is too large":        func(e *study.Economics) { e.Value.Each = 1e300 },
	} {
		e := study.NewEconomics()
		change(e)
		if _, err := appraisal.Folder(folder, appraisal.Options{Prices: e, Draws: 50}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q in it", err, want)
		}
	}
	e := study.NewEconomics()
	e.Value.Each = 1
	for want, o := range map[string]appraisal.Options{
		"-3 draws: must be from 0": {Draws: -3}, "there are no results of fewer samples in nowhere": {Fewer: []layout.Folder{"nowhere"}},
	} {
		o.Prices = e
		if _, err := appraisal.Folder(folder, o); err == nil || errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q in it", err, want)
		}
	}
	if _, err := appraisal.Folder(folder, appraisal.Options{}); err == nil || !strings.Contains(err.Error(), "no prices") {
		t.Errorf("without prices: %v", err)
	}
}

// moreData trains the study on half of the samples, too, and counts what twice as many
// would be worth by hand.
func moreData(t *testing.T, folder layout.Folder) {
	e := study.NewEconomics()
	e.Currency, e.Horizon, e.Discount, e.Value.Each, e.Label = "EUR", 1, 0, 100, 0.01
	a, err := appraisal.Folder(folder, appraisal.Options{Prices: e, Draws: 400})
	if err != nil {
		t.Fatal(err)
	}
	if a.Data.Advice != "unknown" || len(a.Data.Look) != 0 || !strings.Contains(a.Data.Why, "limit: {train: 30}") || !strings.Contains(a.Data.Why, "--fewer") {
		t.Errorf("without a smaller study: %+v", a.Data)
	}
	half := layout.Folder(filepath.Join(t.TempDir(), "half"))
	if err := trainedOn(half, 30, 0.05, 0.1); err != nil {
		t.Fatal(err)
	}
	if a, err = appraisal.Folder(folder, appraisal.Options{Prices: e, Draws: 400, Fewer: []layout.Folder{half}}); err != nil {
		t.Fatal(err)
	}
	best := a.Options[a.Best]
	now, before := runs(t, folder), runs(t, half)
	value := 0.0
	for i, domain := range []string{"north", "south"} {
		arm := "independent" + domain
		if len(best.Groups) == 1 {
			arm = "jointnorth+south"
		}
		few, many := mean(before, arm, best.Rung, domain, wrong), mean(now, arm, best.Rung, domain, wrong)
		c := a.Data.Curves[i]
		if c.Domain != domain || len(c.Points) != 2 || c.Points[0].Samples != 30 || c.Points[1].Samples != 60 || c.Exponent == nil {
			t.Fatalf("%+v", c)
		}
		near(t, "exponent of "+domain, c.Exponent.Value, math.Log2(few/many))
		near(t, "error alone of "+domain, c.Points[0].Alone.Value, mean(before, "independent"+domain, best.Rung, domain, wrong))
		// Errors halve from 60 to 120 samples as they did from 30 to 60.
		value += 100 * 100 * (many - many*many/few)
	}
	twice := a.Data.Look[len(a.Data.Look)-1]
	near(t, "factor", twice.Factor, 2)
	near(t, "samples", twice.Samples, 120)
	near(t, "cost of labels", twice.Cost, 1.2)
	near(t, "value of twice as many", twice.Value.Value, value)
	stored(t, folder, a)
	if _, err := appraisal.Folder(half, appraisal.Options{Prices: e, Draws: 50, Fewer: []layout.Folder{folder}}); err == nil || !strings.Contains(err.Error(), "train fewer") {
		t.Errorf("a larger study for fewer samples: %v", err)
	}
	if _, err := appraisal.Folder(folder, appraisal.Options{Prices: e, Draws: 50, Fewer: []layout.Folder{"nowhere"}}); err == nil || !strings.Contains(err.Error(), "sharewise analyze nowhere") {
		t.Errorf("no such folder: %v", err)
	}
}

// change rewrites the results of a folder, and chooses groups again, until the test
// ends.
func change(t *testing.T, folder layout.Folder, by func(*analysis.Results)) {
	t.Helper()
	old, err := os.ReadFile(folder.Results())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.WriteFile(folder.Results(), old, 0o644); err != nil {
			t.Error(err)
		}
		if _, err := grouping.RecommendFolder(folder, grouping.Options{Seed: 1}); err != nil {
			t.Error(err)
		}
	})
	r, err := analysis.ReadResults(folder.Results())
	if err != nil {
		t.Fatal(err)
	}
	by(r)
	if err := layout.WriteJSON(folder.Results(), r); err != nil {
		t.Fatal(err)
	}
	if _, err := grouping.RecommendFolder(folder, grouping.Options{Seed: 1}); err != nil {
		t.Fatal(err)
	}
}

// doubts take back every advice to go, and leave the others.
func doubts(t *testing.T, folder layout.Folder) {
	e := study.NewEconomics()
	e.Value.Each, e.Operation, e.Training.Each = 1000, 500, 0.001
	advice := func() (all []economics.Advice) {
		a, err := appraisal.Folder(folder, appraisal.Options{Prices: e, Draws: 200})
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range a.Staged.Introduce {
			all = append(all, x.Advice)
		}
		for _, x := range a.Staged.Sizes {
			all = append(all, x.Advice)
		}
		for _, x := range a.Staged.Learn {
			all = append(all, x.Advice)
		}
		return all
	}
	before := advice()
	change(t, folder, func(r *analysis.Results) {
		r.Doubts = []analysis.Doubt{{Kind: analysis.Undertrained, Domains: []string{"north", "south"}, Text: "models were still learning"}}
	})
	after := advice()
	if !slices.Contains(before, economics.Go) {
		t.Fatalf("nothing is advised: %v", before)
	}
	for i, x := range before {
		want := x
		if x == economics.Go {
			want = economics.Hold
		}
		if after[i] != want {
			t.Errorf("advice %d was %s and is %s in doubt", i, x, after[i])
		}
	}
}

// unknownGain has no usable gain of one domain, which has a value all the same: it is
// said to be unknown, and not to be worth nothing.
func unknownGain(t *testing.T, folder layout.Folder) {
	change(t, folder, func(r *analysis.Results) {
		for i := range r.Gains {
			if r.Gains[i].Domain == "south" {
				r.Gains[i].Relative = effect.Interval{Value: 0}
				r.Gains[i].Absolute = effect.Interval{Value: 0}
			}
		}
	})
	e := study.NewEconomics()
	e.Value.Each = 100
	a, err := appraisal.Folder(folder, appraisal.Options{Prices: e, Draws: 100})
	if err != nil {
		t.Fatal(err)
	}
	if d := a.Domains[1]; d.By != appraisal.Unknown || d.Value != 100 {
		t.Errorf("south: %+v", d)
	}
	for _, o := range a.Options {
		if shared := len(o.Groups) == 1; shared != slices.Equal(o.Without, []string{"south"}) {
			t.Errorf("%v is without %v", o.Groups, o.Without)
		}
	}
	if !slices.ContainsFunc(a.Assumed, func(s string) bool { return strings.HasPrefix(s, "Gains of south have a value, and are not known") }) {
		t.Errorf("assumed %q", a.Assumed)
	}
}

// rules forbid the pool, which is then no option.
func rules(t *testing.T, folder layout.Folder) {
	plan, err := folder.ReadPlan()
	if err != nil {
		t.Fatal(err)
	}
	plan.Policy = &policy.Policy{Rules: []policy.Rule{{Name: "owners", Same: "owner"}}}
	for i, owner := range []string{"first", "second"} {
		plan.Domains[i].Labels = map[string][]string{"owner": {owner}}
	}
	if err := folder.WritePlan(plan); err != nil {
		t.Fatal(err)
	}
	e := study.NewEconomics()
	e.Value.Each = 1
	a, err := appraisal.Folder(folder, appraisal.Options{Prices: e, Draws: 50})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range a.Options {
		if len(o.Groups) != 2 {
			t.Errorf("%v is an option", o.Groups)
		}
	}
	if len(a.Options) != 2 || !slices.Contains(a.Assumed, "What the study's rules forbid is no option.") {
		t.Errorf("%d options, assumed %q", len(a.Options), a.Assumed)
	}
}
