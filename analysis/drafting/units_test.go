package drafting

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
	"github.com/sharewise/sharewise/analysis/study"
)

// TestScanUnits reads listings of three cities whose prices are in two currencies, rates with gaps in per cent, and
// terms of few values, as numbers, and tells which columns are in different units.
func TestScanUnits(t *testing.T) {
	dir := t.TempDir()
	for k, city := range []string{"nyc", "oslo", "rome"} {
		rows := []string{"rate,term,guests,price"}
		for i := range 60 {
			rate := fmt.Sprintf("%d%%", 40+i*7%60)
			if i%9 == 0 {
				rate = "N/A"
			}
			if city == "rome" {
				rate = fmt.Sprintf("0.%02d", 40+i*7%60)
			}
			price := fmt.Sprintf("%d,%03d.50", 1+i*i%8, i*37%1000)
			rows = append(rows, fmt.Sprintf(`%s,%d months,%d,"%s"`, rate, 36+24*(i%2), 1+i*i%7, []string{"$" + price, price + " kr", "$" + price}[k]))
		}
		filetest.Write(t, dir, city+".csv", filetest.Lines(rows...))
	}
	s, domains, draft := settled(t, dir)
	if s.Input.Kind != study.Table || len(domains) != 3 {
		t.Fatalf("%s, %d domains", s.Input.Kind, len(domains))
	}
	for k, d := range domains {
		if !slices.Equal(d.Numbers(), []string{"rate", "term", "guests"}) || !slices.Equal(d.Task.Targets, []string{"price"}) || d.Train.Len()+d.Val.Len()+d.Test.Len() != 60 {
			t.Errorf("%s: %q predict %q", d.Name, d.Features, d.Task.Targets)
		}
		want := []map[string]string{{"rate": "%", "term": "months", "price": "$"}, {"rate": "%", "term": "months", "price": "kr"}, {"term": "months", "price": "$"}}[k]
		if !maps.Equal(d.Units, want) {
			t.Errorf("%s: units %v, want %v", d.Name, d.Units, want)
		}
	}
	text := strings.Join(draft.Found, "\n")
	for _, want := range []string{
		`column "price" is written with different units, and its numbers are taken as they are: $, kr`,
		`column "rate" is written with different units, and its numbers are taken as they are: %, none`,
		`oslo: numbers are written with units, which columns.units takes away: "price" (kr), "rate" (%), "term" (months)`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("found\n%s\nlacks %s", text, want)
		}
	}
	if strings.Contains(text, `"term" is written with different`) {
		t.Errorf("found\n%s", text)
	}
}

// TestScanUnitsOfDays finds the unit of a column that has no values on the first day.
func TestScanUnitsOfDays(t *testing.T) {
	dir := t.TempDir()
	for _, plant := range []string{"north", "south"} {
		for day := 1; day <= 3; day++ {
			rows := []string{"load,flow,ok"}
			for i := range 30 {
				load := fmt.Sprintf("%d kW", i*i*7%83)
				if day == 1 {
					load = ""
				}
				rows = append(rows, fmt.Sprintf("%s,%d.5,%s", load, i*i%47, []string{"yes", "no"}[i%2]))
			}
			filetest.Write(t, dir, fmt.Sprintf("%s/2024-01-0%d.csv", plant, day), filetest.Lines(rows...))
		}
	}
	_, domains, draft := settled(t, dir)
	for _, d := range domains {
		if d.Units["load"] != "kW" || !slices.Equal(d.Numbers(), []string{"load", "flow"}) || d.Train.Len()+d.Val.Len()+d.Test.Len() != 90 {
			t.Errorf("%s: units %v, features %q\n%s", d.Name, d.Units, d.Features, strings.Join(draft.Found, "\n"))
		}
	}
}

// TestScanUnitsInJSON reads amounts below zero as accountants write them, with separators of thousands, in JSON.
func TestScanUnitsInJSON(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a", "b"} {
		var rows []string
		for i := range 80 {
			fee := fmt.Sprintf("$%d,%03d.50", 1+i*i%7, i)
			if i%3 == 0 {
				fee = "(" + fee + ")"
			}
			rows = append(rows, fmt.Sprintf(`{"fee": %q, "area": "%d,%03d sq ft", "ok": "%s"}`, fee, 1+i*i%5, i*7%1000, []string{"yes", "no"}[i%2]))
		}
		filetest.Write(t, dir, name+".jsonl", filetest.Lines(rows...))
	}
	_, domains, draft := settled(t, dir)
	text := strings.Join(draft.Found, "\n")
	for _, d := range domains {
		if !slices.Equal(d.Numbers(), []string{"fee", "area"}) || !maps.Equal(d.Units, map[string]string{"fee": "$", "area": "sq ft"}) || d.Train.Len()+d.Val.Len()+d.Test.Len() != 80 {
			t.Errorf("%s: %q in %v\n%s", d.Name, d.Features, d.Units, text)
		}
		x := make([]float64, 2)
		d.Test.Raw(0, x)
		id := int(d.Test.ID(0))
		want := float64(1000*(1+id*id%7)+id) + .5
		if id%3 == 0 {
			want = -want
		}
		if x[0] != want || x[1] != float64(1000*(1+id*id%5)+id*7%1000) {
			t.Errorf("%s: row %d is %v", d.Name, id, x)
		}
	}
	if strings.Contains(text, "fields stand between") {
		t.Errorf("found\n%s", text)
	}
}

// TestAmountsOf gives examples of the units that a column mixes.
func TestAmountsOf(t *testing.T) {
	for _, c := range []struct {
		values, want []string
	}{
		{[]string{"$5.00", "7 kr", "$9.00"}, []string{"$5.00", "7 kr"}},
		{[]string{"(3.00)", "(1.50)"}, []string{"(1.50)"}},
		{[]string{"<0.01", "<0.05"}, []string{"<0.01"}},
		{[]string{"<0.01", "0.2"}, nil},
		{[]string{"12 Oak", "1 Elm", "3 Main", "4 Hill", "7 Lake"}, nil},
		{[]string{"10.0.0.1/24", "10.0.0.2/24"}, nil},
		{[]string{"red", "blue"}, nil},
	} {
		values := map[string]bool{}
		for _, v := range c.values {
			values[v] = true
		}
		if got := amountsOf(values); !slices.Equal(got, c.want) {
			t.Errorf("%q: %q, want %q", c.values, got, c.want)
		}
	}
}
