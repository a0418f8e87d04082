package appraisal_test

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
	"github.com/parquet-go/parquet-go"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/policy"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/grouping/appraisal"
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
	schema, err := appraisal.Schema()
	if err != nil {
		t.Fatal(err)
	}
	var s jsonschema.Schema
	var value any
	if err := json.Unmarshal(schema, &s); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(x, &value); err != nil {
		t.Fatal(err)
	}
	resolved, err := s.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := resolved.Validate(value); err != nil {
		t.Errorf("economics.json does not follow its schema: %v", err)
	}
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
	} {
		e := study.NewEconomics()
		change(e)
		if _, err := appraisal.Folder(folder, appraisal.Options{Prices: e, Draws: 50}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q in it", err, want)
		}
	}
	if _, err := appraisal.Folder(folder, appraisal.Options{}); err == nil || !strings.Contains(err.Error(), "no prices") {
		t.Errorf("without prices: %v", err)
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
