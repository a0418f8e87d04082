package dataset

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
	"github.com/sharewise/sharewise/analysis/study"
)

// writePlants writes a table of plants in two parts, one of which has a bad row and
// one a row of no plant.
func writePlants(t *testing.T, dir string) {
	t.Helper()
	for part := range 2 {
		var b strings.Builder
		b.WriteString("plant;when;x;y;kind;ok\n")
		for i := range 300 {
			x := fmt.Sprint(i * (part + 1) % 17)
			if part == 1 && i == 7 {
				x = "broken"
			}
			fmt.Fprintf(&b, "p%d ;%02d.%02d.2024;%s;%d,5;k%d;%d\n", i%5, 1+i%28, 1+i%12, x, i%23, i%3, i%2)
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("part-%d.csv", part)), []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestSharedTableIsReadAsApart opens domains that take rows of one table together and
// each by itself, with much memory and with little.
func TestSharedTableIsReadAsApart(t *testing.T) {
	dir := t.TempDir()
	writePlants(t, dir)
	s := parse(t, dir, `
defaults: {data: part-*.csv, skip_bad: true, columns: {label: ok, categorical: [kind], dates: [when]}}
domains:
  - {name: a, columns: {where: {plant: p0}}}
  - {name: b, columns: {where: {plant: p1}}}
  - {name: c, columns: {where: {plant: p3}}}
  - {name: d, columns: {where: {plant: p4}, ignore: [y]}}
  - {name: e, columns: {where: {plant: p2}}}
`)
	var apart []*Domain
	for _, d := range s.Domains[:3] {
		dom, err := Open(context.Background(), s, d)
		if err != nil {
			t.Fatal(err)
		}
		apart = append(apart, dom)
	}
	for _, memory := range []int64{0, 8 * heldBack, 1 << 10} {
		together, err := OpenUnfit(context.Background(), s, Memory(memory))
		if err != nil {
			t.Fatal(err)
		}
		for i, own := range apart {
			shared := together[i]
			if shared.SHA256 != own.SHA256 {
				t.Errorf("memory %d: domain %s has other samples", memory, own.Name)
			}
			if diff := cmp.Diff(own.Sources, shared.Sources); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(own.Notes, shared.Notes); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(own.Dropped, shared.Dropped); diff != "" {
				t.Error(diff)
			}
		}
		if n := len(together[4].Dropped); n != 1 {
			t.Errorf("memory %d: %d bad rows in the domain that has one", memory, n)
		}
	}
}

// TestSharedParquetIsReadAsApart is that test for Parquet, whose columns without values
// may be of any type.
func TestSharedParquetIsReadAsApart(t *testing.T) {
	type sample struct {
		Plant string   `parquet:"plant"`
		X     float64  `parquet:"x"`
		Void  *string  `parquet:"void,optional"`
		Gap   *float64 `parquet:"gap,optional"`
		OK    int64    `parquet:"ok"`
	}
	var rows []sample
	for i := range 900 {
		r := sample{Plant: fmt.Sprint("p", i%3), X: float64(i * i % 37), OK: int64(i / 3 % 2)}
		if i%4 > 0 {
			v := float64(i % 11)
			r.Gap = &v
		}
		rows = append(rows, r)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "all.parquet"), filetest.Parquet(t, rows), 0o644); err != nil {
		t.Fatal(err)
	}
	s := parse(t, dir, `
defaults: {data: all.parquet, columns: {label: ok}}
domains:
  - {name: a, columns: {where: {plant: p0}}}
  - {name: b, columns: {where: {plant: p1}}}
  - {name: c, columns: {where: {plant: p2}}}
`)
	together, err := OpenUnfit(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	for i, shared := range together {
		apart, err := Open(context.Background(), s, s.Domains[i])
		if err != nil {
			t.Fatal(err)
		}
		if shared.SHA256 != apart.SHA256 || shared.Train.Len()+shared.Val.Len()+shared.Test.Len() != 300 {
			t.Errorf("domain %s has other samples", shared.Name)
		}
		if diff := cmp.Diff(apart.Notes, shared.Notes); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(apart.Sources, shared.Sources); diff != "" {
			t.Error(diff)
		}
	}
}

// TestSharedTables tells domains that take rows of one table from those that read it
// in another way.
func TestSharedTables(t *testing.T) {
	sources := make([]*source, 3)
	for i := range sources {
		d := study.NewDomain(fmt.Sprint("d", i))
		d.Format, d.Files.Path = study.CSV, "plants.csv"
		d.Columns = study.NewColumns()
		d.Columns.Where = map[string]string{"plant": fmt.Sprint(i)}
		if i == 2 {
			d.Columns.Label = "other"
		}
		sources[i] = newSource(context.Background(), study.New("n"), d, holdingOf(nil))
	}
	shareTables(sources)
	first, second, third := sources[0].reader.(*tableReader), sources[1].reader.(*tableReader), sources[2].reader.(*tableReader)
	if first.shared != second.shared || len(first.shared.waiting) != 2 || third.shared == first.shared {
		t.Errorf("shared by %d domains, want the first two alone", len(first.shared.waiting))
	}
}

// TestSharedTableWithoutRows asks for a value that no row has, beside others.
func TestSharedTableWithoutRows(t *testing.T) {
	dir := t.TempDir()
	writePlants(t, dir)
	s := parse(t, dir, `
defaults: {data: part-0.csv, columns: {label: ok, ignore: [when, kind]}}
domains:
  - {name: a, columns: {where: {plant: p0}}}
  - {name: b, columns: {where: {plant: p9}}}
`)
	_, alone := Open(context.Background(), s, s.Domains[1])
	_, together := OpenAll(context.Background(), s)
	if alone == nil || together == nil || together.Error() != alone.Error() || !strings.Contains(alone.Error(), "plant=p4") {
		t.Errorf("together: %v\nalone: %v", together, alone)
	}
}
