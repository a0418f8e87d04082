package reports

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
)

// fullRow is a row as a run writes it: more columns than reports read, some of
// them dictionary-encoded.
type fullRow struct {
	Epoch  int32   `parquet:"epoch"`
	Domain string  `parquet:"domain,dict"`
	Other  string  `parquet:"other,dict"`
	Split  string  `parquet:"split,dict"`
	Loss   float64 `parquet:"loss"`
	Weight float64 `parquet:"weight"`
	Cosine float64 `parquet:"cosine"`
}

func writeParquet[T any](t *testing.T, rows []T, metadata map[string]string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "history.parquet")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var options []parquet.WriterOption
	for k, v := range metadata {
		options = append(options, parquet.KeyValueMetadata(k, v))
	}
	w := parquet.NewGenericWriter[T](f, options...)
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func identity() map[string]string {
	return map[string]string{"arm": "joint", "rung": "w1", "weighting": "equal", "seed": "2", "run": "x"}
}

func TestReadHistory(t *testing.T) {
	var rows []fullRow
	var want []HistoryRow
	for epoch := 1; epoch <= 300; epoch++ { // more than one buffer
		rows = append(rows, fullRow{Epoch: int32(epoch), Domain: "a", Split: "val", Loss: 1 / float64(epoch), Weight: 0.5})
		want = append(want, HistoryRow{Arm: "joint", Rung: "w1", Weighting: "equal", Seed: 2, Epoch: epoch, Domain: "a", Split: "val", Loss: 1 / float64(epoch), Weight: 0.5})
	}
	got, err := ReadHistory(writeParquet(t, rows, identity()))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestReadHistoryRefuses(t *testing.T) {
	noSeed := identity()
	delete(noSeed, "seed")
	noArm := identity()
	delete(noArm, "arm")
	type short struct {
		Epoch int32 `parquet:"epoch"`
	}
	text := filepath.Join(t.TempDir(), "history.parquet")
	if err := os.WriteFile(text, []byte("epoch,loss\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for want, path := range map[string]string{
		"no metadata arm":  writeParquet(t, []fullRow{{}}, noArm),
		"metadata seed":    writeParquet(t, []fullRow{{}}, noSeed),
		"no column domain": writeParquet(t, []short{{1}}, identity()),
		"read " + text:     text,
		"no such file":     filepath.Join(t.TempDir(), "none"),
	} {
		if _, err := ReadHistory(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}

func TestReadExemplars(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "exemplars.json")
	if list, err := ReadExemplars(path); list != nil || err != nil {
		t.Errorf("a file that does not exist: %v, %v", list, err)
	}
	text := `[{"arm":"joint","domain":"a","sample":"7","direction":"helped","p":0.25,"q":0.75,"png":"iVBORw==",
		"features":[{"name":"x","value":1.50},{"name":"y","value":"red"},{"name":"z","value":null}]}]`
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	got, err := ReadExemplars(path)
	if err != nil {
		t.Fatal(err)
	}
	want := []Exemplar{{
		Arm: "joint", Domain: "a", Sample: "7", Direction: "helped", P: 0.25, Q: 0.75, PNG: []byte("\x89PNG"),
		Features: []Feature{{"x", "1.50"}, {"y", "red"}, {"z", ""}},
	}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	for _, bad := range []string{`{`, `[{"features":[{"name":"x","value":{}}]}]`, `[{"features":[3]}]`} {
		if err := os.WriteFile(path, []byte(bad), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadExemplars(path); err == nil {
			t.Errorf("%s: accepted", bad)
		}
	}
}
