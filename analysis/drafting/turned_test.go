package drafting

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
)

// TestScanTurned refuses folders of classes with folders of domains in them, and takes those whose
// names do not tell which is which as they lie.
func TestScanTurned(t *testing.T) {
	for _, c := range []struct{ first, second []string }{
		{[]string{"ok", "not ok"}, []string{"north", "south"}},
		{[]string{"train/ok", "train/not ok", "test/ok", "test/not ok"}, []string{"north", "south"}},
		{[]string{"red", "blue"}, []string{"north", "south"}},
		{[]string{"good", "bad"}, []string{"normal", "worn"}},
	} {
		dir := t.TempDir()
		for i := range 12 {
			for _, a := range c.first {
				for _, b := range c.second {
					filetest.Write(t, dir, fmt.Sprintf("%s/%s/%d.png", a, b, i), filetest.Grey(t, 9, 9, byte(9*i)))
				}
			}
		}
		_, err := Scan(dir, Config{Name: "x", Base: dir, Least: 2})
		turned := strings.HasSuffix(c.first[0], "ok")
		if want := "turn them round: DOMAIN/CLASS"; (err != nil) != turned || turned && !strings.Contains(err.Error(), want) {
			t.Errorf("%q of %q: %v", c.first, c.second, err)
		}
	}
}

// TestScanTablesOfClasses refuses tables that are called as classes are and have none.
func TestScanTablesOfClasses(t *testing.T) {
	for _, places := range [][]string{{"ok.csv", "worn.csv"}, {"n/ok.csv", "n/worn.csv", "s/ok.csv", "s/worn.csv"}, {"n_ok.csv", "n_worn.csv", "s_ok.csv", "s_worn.csv"}} {
		for label, refused := range map[string]bool{"": true, ",class": false} {
			rows := []string{"a,b" + label}
			for i := range 60 {
				row := fmt.Sprintf("%d,%g", i*7%11, float64(i*i)/7)
				if label != "" {
					row += fmt.Sprintf(",%d", i%2)
				}
				rows = append(rows, row)
			}
			dir := t.TempDir()
			for _, p := range places {
				filetest.Write(t, dir, p, filetest.Lines(rows...))
			}
			_, err := Scan(dir, Config{Name: "x", Base: dir, Least: 2})
			if want := "called as a class is, and no column has classes"; (err != nil) != refused || refused && !strings.Contains(err.Error(), want) {
				t.Errorf("%q with %q: %v", places, rows[0], err)
			}
		}
	}
}

// TestScanNamedPictures refuses folders of pictures whose classes begin their names, which were
// taken for classes.
func TestScanNamedPictures(t *testing.T) {
	dir := t.TempDir()
	for i := range 9 {
		for _, domain := range []string{"n", "s"} {
			for _, class := range []string{"good", "bad"} {
				filetest.Write(t, dir, fmt.Sprintf("%s/%s_%02d.png", domain, class, i), filetest.Grey(t, 9, 9, byte(9*i)))
			}
		}
	}
	_, err := Scan(dir, Config{Name: "x", Base: dir, Least: 1})
	if want := `"n", "s": pictures whose names say their classes ("bad", "good"); put them into folders`; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
}
