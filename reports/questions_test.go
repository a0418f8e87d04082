package reports

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/effect"
)

// recorded reads a file of testdata/studies into v.
func recorded(t *testing.T, name string, v any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("../testdata/studies", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// inPercent writes a share in hundredths with its limits.
func inPercent(v effect.Interval) string {
	return strings.ReplaceAll(fmt.Sprintf("%+.1f (%+.1f to %+.1f)", 100*v.Value, 100*v.Lo, 100*v.Hi), "-", minus)
}

// coefficient writes a correlation with its limits.
func coefficient(v effect.Interval) string {
	return strings.ReplaceAll(fmt.Sprintf("%+.2f (%+.2f to %+.2f)", v.Value, v.Lo, v.Hi), "-", minus)
}

// TestQuestions holds testdata/studies/questions.md, the seed paper's three questions in
// one table each, against what the studies recorded. -update writes it.
func TestQuestions(t *testing.T) {
	var b strings.Builder
	b.WriteString(`# Three questions of real data

Those of Zhang, Hayes and Kanan (arXiv 2107.05445), each asked of three sets of real data, with limits of 95 %. The figures are those of the
recorded summaries in capacity, affinity and weightings, beside which are the study files, the commands and more to read;
'go test ./reports -run Questions -update' writes this page from them, and without -update holds it against them.

## Do small models interfere, and larger ones transfer?

Gain of the model of all domains against a domain's own, in per cent of its loss, at the smallest and the largest of four or five sizes.
The answer takes all domains of a study together (Holm).

| data | domain | smallest | largest | change | answer |
|---|---|---|---|---|---|
`)
	for _, name := range []string{"four-images", "deeppcb", "gas-turbine"} {
		var f struct {
			Capacity struct {
				Domains []struct {
					Domain, Answer       string
					Small, Large, Change effect.Interval
				}
			}
		}
		recorded(t, "capacity/"+name+".json", &f)
		for _, d := range f.Capacity.Domains {
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", name, d.Domain, inPercent(d.Small), inPercent(d.Large), inPercent(d.Change), d.Answer)
		}
	}
	b.WriteString(`
## Do similar domains help more?

Rank correlation of likeness with measured gains, over pairs of domains and larger pools, at one size each.

| likeness | needs | deeppcb | gas-sensor-drift | parkinsons |
|---|---|---|---|---|
`)
	type audit struct {
		Name, Needs string
		Spearman    effect.Interval
	}
	var likeness map[string]struct{ Audits []audit }
	recorded(t, "affinity/similarity.json", &likeness)
	above, inAll := map[string]int{}, []string{}
	for i, a := range likeness["deeppcb"].Audits {
		fmt.Fprintf(&b, "| %s | %s |", a.Name, a.Needs)
		sure := 0
		for _, study := range []string{"deeppcb", "gas-sensor-drift", "parkinsons"} {
			x := likeness[study].Audits[i]
			if x.Name != a.Name {
				t.Fatalf("%s has %s where deeppcb has %s", study, x.Name, a.Name)
			}
			text := "all alike"
			if x.Spearman.Limited() {
				text = coefficient(x.Spearman)
				if x.Spearman.Lo > 0 {
					text = "**" + text + "**"
					above[study]++
					sure++
				}
			}
			fmt.Fprintf(&b, " %s |", text)
		}
		b.WriteString("\n")
		if sure == 3 {
			inAll = append(inAll, a.Name)
		}
	}
	fmt.Fprintf(&b, `
Surely above zero, each by itself, are %d measures of the boards, %d of the sensors and %d of the voices; in all three: %s.

%s
## Do dynamic weights reduce interference?

Test loss against tuned static weights, in per cent, at equal tuning and time (one size each); below zero is better. Static weights had one
method's share of the tuning, see weightings/README.md. Methods in the order of the first set; baseline, size, temperature and equal
are fixed weights too, and rlw random ones.

| method | images | turbine | gas |
|---|---|---|---|
`, above["deeppcb"], above["gas-sensor-drift"], above["parkinsons"], strings.Join(append(inAll, "none")[:max(1, len(inAll))], ", "), likenessBySize(t))
	type entry struct {
		Method string
		Loss   struct {
			Against *effect.Interval `json:"against_static"`
		}
	}
	tables, better := map[string]map[string]entry{}, map[string][]string{}
	var order []string
	for _, study := range []string{"images", "turbine", "gas"} {
		var f struct{ Entries []entry }
		recorded(t, "weightings/"+study+".json", &f)
		tables[study] = map[string]entry{}
		for _, e := range f.Entries {
			tables[study][e.Method] = e
			if study == "images" && e.Method != "static" && e.Loss.Against != nil {
				order = append(order, e.Method)
			}
			if v := e.Loss.Against; v != nil && v.Limited() && v.Hi < 0 {
				better[study] = append(better[study], e.Method)
			}
		}
	}
	for _, method := range order {
		fmt.Fprintf(&b, "| %s |", method)
		for _, study := range []string{"images", "turbine", "gas"} {
			v := tables[study][method].Loss.Against
			text := "–"
			if v != nil && v.Limited() {
				if text = inPercent(*v); v.Hi < 0 {
					text = "**" + text + "**"
				}
			}
			fmt.Fprintf(&b, " %s |", text)
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "\nSurely better than tuned static weights: %d of %d on images (%s), %d on the turbine, %d on gas.\n",
		len(better["images"]), len(order), strings.Join(better["images"], ", "), len(better["turbine"]), len(better["gas"]))
	b.WriteString(weightsBySize(t))
	const page = "../testdata/studies/questions.md"
	if *update {
		if err := os.WriteFile(page, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if was, err := os.ReadFile(page); err != nil || string(was) != b.String() {
		t.Errorf("%s is not what the recorded studies say; -update writes it: %v", page, err)
	}
}

// likenessBySize is how measures of likeness do at four sizes of model.
func likenessBySize(t *testing.T) string {
	t.Helper()
	var all []struct {
		Study  string
		Width  float64
		Audits []struct {
			Name     string
			Spearman effect.Interval
		}
	}
	recorded(t, "sizes/likeness.json", &all)
	var b strings.Builder
	studies, widths, cells := []string{}, map[string][]string{}, map[string]map[string][]string{}
	var names []string
	above := map[string]int{}
	for _, of := range all {
		if !slices.Contains(studies, of.Study) {
			studies = append(studies, of.Study)
		}
		widths[of.Study] = append(widths[of.Study], fmt.Sprintf("%g", of.Width))
		for _, a := range of.Audits {
			if cells[a.Name] == nil {
				cells[a.Name] = map[string][]string{}
				names = append(names, a.Name)
			}
			text := "–"
			if a.Spearman.Limited() {
				text = strings.Fields(coefficient(a.Spearman))[0]
				if a.Spearman.Lo > 0 {
					text = "**" + text + "**"
					above[a.Name]++
				}
			}
			cells[a.Name][of.Study] = append(cells[a.Name][of.Study], text)
		}
	}
	b.WriteString("At four sizes of model, from the narrowest to the widest, the same studies trained again (sizes/run.sh); in bold what is surely above zero, – where all pairs\nare alike:\n\n| likeness |")
	for _, study := range studies {
		fmt.Fprintf(&b, " %s, widths %s |", study, strings.Join(widths[study], ", "))
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(studies)) + "\n")
	for _, name := range names {
		fmt.Fprintf(&b, "| %s |", name)
		for _, study := range studies {
			fmt.Fprintf(&b, " %s |", strings.Join(cells[name][study], ", "))
		}
		b.WriteString("\n")
	}
	most := 0
	for _, n := range above {
		most = max(most, n)
	}
	best := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return above[name] < most })
	fmt.Fprintf(&b, "\nMost often surely above zero, each by itself: %s, at %d of these %d.\n", strings.Join(best, ", "), most, len(all))
	return b.String()
}

// weightsBySize is how many ways of weighting are surely better than tuned static weights at
// four sizes of model.
func weightsBySize(t *testing.T) string {
	t.Helper()
	type standing struct {
		Against *effect.Interval `json:"against_static"`
		Long    *effect.Interval `json:"against_static_long"`
	}
	var all []struct {
		Study   string
		Width   float64
		Entries []struct {
			Method string
			Loss   standing
		}
	}
	recorded(t, "sizes/weightings.json", &all)
	var b strings.Builder
	b.WriteString(`
At four sizes of model, some methods again, beside a longer search for static weights, which has the budget of all of them
together (sizes/run.sh). Fixed and random weights are not counted among the methods.

| data | width | methods | surely better than tuned static | than those of the longer search | surely worse than these | the best, against these |
|---|---|---|---|---|---|---|
`)
	fixed := []string{"static", "static-long", "equal", "size", "baseline", "temperature", "rlw"}
	for _, of := range all {
		methods, better, longer, worse := 0, 0, 0, 0
		best := ""
		for _, e := range of.Entries {
			if slices.Contains(fixed, e.Method) {
				continue
			}
			methods++
			surely := func(v *effect.Interval, sign float64) int {
				if v != nil && v.Limited() && sign*v.Lo > 0 && sign*v.Hi > 0 {
					return 1
				}
				return 0
			}
			better, longer, worse = better+surely(e.Loss.Against, -1), longer+surely(e.Loss.Long, -1), worse+surely(e.Loss.Long, 1)
			if v := e.Loss.Long; best == "" && v != nil && v.Limited() {
				best = e.Method + " " + inPercent(*v)
			}
		}
		fmt.Fprintf(&b, "| %s | %g | %d | %d | %d | %d | %s |\n", of.Study, of.Width, methods, better, longer, worse, best)
	}
	return b.String()
}
