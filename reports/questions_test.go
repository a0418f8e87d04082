package reports

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
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

## Do dynamic weights reduce interference?

Test loss against tuned static weights, in per cent, at equal tuning and time (one size each); below zero is better. Static weights had one
method's share of the tuning, see weightings/README.md. Methods in the order of the first set; baseline, size, temperature and equal
are fixed weights too, and rlw random ones.

| method | images | turbine | gas |
|---|---|---|---|
`, above["deeppcb"], above["gas-sensor-drift"], above["parkinsons"], strings.Join(append(inAll, "none")[:max(1, len(inAll))], ", "))
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
