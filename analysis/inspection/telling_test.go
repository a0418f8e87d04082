package inspection

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/study"
)

// TestTelling finds inputs that tell the answer without error, and none that chance or a strong
// relation makes look so.
func TestTelling(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	table := func(header string, n int, row func(i int) string) []byte {
		out := []string{header}
		for i := range n {
			out = append(out, row(i))
		}
		return rows(out...)
	}
	dir := t.TempDir()
	word := []string{"ok", "worn", "broken"}
	write(t, dir, "coded.csv", table("x,code,word,y", 200, func(i int) string {
		k := random.IntN(3)
		return fmt.Sprintf("%g,%d,%s,%s", random.NormFloat64(), 7-3*k, strings.ToUpper(word[k])+fmt.Sprint(random.IntN(2)), word[k])
	}))
	write(t, dir, "near.csv", table("x,almost,y", 200, func(i int) string { // a threshold that is right but for one sample
		k := i % 2
		if i == 77 {
			k = 0
		}
		return fmt.Sprintf("%g,%g,%s", random.NormFloat64(), float64(10*k)+random.Float64(), word[i%2])
	}))
	write(t, dir, "rare.csv", table("x,mark,y", 200, func(i int) string {
		return fmt.Sprintf("%g,%d,%s", random.NormFloat64(), i/192, word[i/192])
	}))
	header, wide := []string{}, 400
	for j := range wide {
		header = append(header, fmt.Sprintf("x%d", j))
	}
	write(t, dir, "chance.csv", table(strings.Join(header, ",")+",y", 60, func(i int) string {
		row := ""
		for range wide {
			row += fmt.Sprintf("%g,", random.NormFloat64())
		}
		return row + word[i%2]
	}))
	sum := func(noise float64) func(i int) string {
		return func(i int) string {
			a, b, c := random.NormFloat64(), 100*random.Float64(), random.NormFloat64()
			return fmt.Sprintf("%g,%g,%g,%g", a, b, c, 3*a-b/7+5+noise*random.NormFloat64())
		}
	}
	write(t, dir, "sum.csv", table("a,b,c,y", 200, sum(0)))
	write(t, dir, "noisy.csv", table("a,b,c,y", 200, sum(0.1)))
	write(t, dir, "product.csv", table("a,b,y", 200, func(i int) string {
		a, b := 1+random.Float64(), 1+random.Float64()
		return fmt.Sprintf("%g,%g,%g", a, b, a*b)
	}))
	r := inspect(t, dir, `domains:
  - {name: coded, data: coded.csv, columns: {label: y, categorical: [word]}}
  - {name: near, data: near.csv, columns: {label: y}}
  - {name: rare, data: rare.csv, columns: {label: y}}
  - {name: chance, data: chance.csv, columns: {label: y}}
  - {name: sum, data: sum.csv, columns: {targets: [y]}}
  - {name: noisy, data: noisy.csv, columns: {targets: [y]}}
  - {name: product, data: product.csv, columns: {targets: [y]}}
  - {name: known, data: coded.csv, columns: {label: y, categorical: [word], known: [code]}}
  - {name: both, data: sum.csv, columns: {targets: [y], known: [a, b]}}
  - {name: other, data: sum.csv, columns: {targets: [y], known: [a]}}
`, exactly)
	for k, want := range []string{
		`column "code" alone tells the class of all 200 samples that were looked at; column "word" alone tells the class of all 200 samples that were looked at`, "", "", "",
		`target "y" is a sum of columns, each times a number, in all 200 samples that were looked at: "a", "b"`, "", "",
		`column "word" alone tells the class of all 200 samples that were looked at`, "",
		`target "y" is a sum of columns, each times a number, in all 200 samples that were looked at: "a", "b"`,
	} {
		var got []string
		for _, c := range r.Domains[k].Telling {
			got = append(got, c.String())
		}
		if text := strings.Join(got, "; "); text != want {
			t.Errorf("%s: %s, want %s", r.Domains[k].Name, text, want)
		}
	}
	if !warns(r, Caution, "sum", "what is known only with the answer has to be left out, by columns.ignore") {
		t.Errorf("warnings %+v", r.Warnings)
	}
	var exposed []string
	for _, e := range r.Exposures() {
		if e.By == study.ByAnswer {
			exposed = append(exposed, fmt.Sprintf("%s by %s: %d of %d", e.Domain, e.Column, e.Samples, e.Of))
		}
	}
	if got := strings.Join(exposed, ", "); got != "coded by code: 40 of 40, sum by a: 40 of 40, known by word: 40 of 40, other by a: 40 of 40" {
		t.Errorf("exposures %s", got)
	}
}
