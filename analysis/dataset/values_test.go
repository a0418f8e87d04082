package dataset

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
)

// TestDomainsByColumn reads a study whose domains are the values of a column, from
// tables of text and of Parquet, and
// opens it.
func TestDomainsByColumn(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	type line struct {
		Plant string  `parquet:"plant,optional"`
		Year  int64   `parquet:"year"`
		X     float64 `parquet:"x"`
		Y     string  `parquet:"y"`
	}
	var rows []line
	text := "plant;year;x;y\n"
	for i, plant := range strings.Fields(strings.Repeat("nord süd nord west ", 10)) {
		year, y := 2023+i/20, []string{"bad", "good"}[i/4%2]
		if plant == "west" {
			year = 2023
		}
		rows = append(rows, line{plant, int64(year), float64(i), y})
		text += plant + " ;" + []string{"2023", "2024"}[year-2023] + ";" + "1,5;" + y + "\n"
	}
	rows = append(rows, line{"", 2024, 0, "bad"})
	text += "NA;2024;0,1;bad\n"
	write("all.csv", text)
	if err := parquet.WriteFile(filepath.Join(dir, "all.parquet"), rows); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"all.csv", "all.parquet", "*.csv"} {
		for _, c := range []struct {
			where string
			want  []string
		}{
			{"", []string{"nord", "süd", "west"}},
			{", where: {year: '2024'}", []string{"nord", "süd"}},
		} {
			write("study.yaml", "version: 1\nname: s\ndefaults: {data: '"+file+"', columns: {label: y, features: [x], missing: ['NA']"+c.where+"}}\ndomains: {by: plant}\n")
			s, err := ParseStudy(filepath.Join(dir, "study.yaml"))
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			var names []string
			for _, d := range s.Domains {
				names = append(names, d.Name)
			}
			if !cmp.Equal(names, c.want) {
				t.Errorf("%s%s: domains %v, want %v", file, c.where, names, c.want)
			}
			domains, err := OpenAll(context.Background(), s)
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			want := map[string]int{"": 20, ", where: {year: '2024'}": 10}[c.where]
			if d := domains[0]; d.Train.Len()+d.Val.Len()+d.Test.Len() != want {
				t.Errorf("%s%s: %s has %d, %d and %d samples, want %d", file, c.where, d.Name, d.Train.Len(), d.Val.Len(), d.Test.Len(), want)
			}
		}
		write("study.yaml", "version: 1\nname: s\ndefaults: {data: '"+file+"', columns: {label: y}}\ndomains: {by: plants}\n")
		if _, err := ParseStudy(filepath.Join(dir, "study.yaml")); err == nil || !strings.Contains(err.Error(), `has no column "plants"; did you mean "plant"?`) {
			t.Errorf("%s: a column that is not there: %v", file, err)
		}
	}
}

// TestDomainsByIndex takes the values from the table that lists images.
func TestDomainsByIndex(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"list.csv":   "file,camera,kind\na.png,left,x\nb.png,right,y\n",
		"study.yaml": "version: 1\nname: s\ninput: {image: [2, 2]}\ndefaults: {data: {path: photos, index: list.csv}, columns: {label: kind}}\ndomains: {by: camera}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s, err := ParseStudy(filepath.Join(dir, "study.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Domains) != 2 || s.Domains[1].Name != "right" || s.Domains[1].Columns.Where["camera"] != "right" {
		t.Errorf("domains %+v", s.Domains)
	}
}
