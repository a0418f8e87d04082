package layout

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"github.com/sharewise/sharewise/analysis/study"
)

// TestHistoryRoundTrip writes and reads learning curves.
func TestHistoryRoundTrip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.parquet")
	if err := WriteHistory(path, study.Run{ID: "r"}, []HistoryRow{
		{Epoch: 1, Domain: "a", Split: TrainSplit, Loss: 2, Weight: 1, Cosine: math.NaN(), Accuracy: math.NaN()},
		{Epoch: 1, Domain: "a", Split: ValSplit, Loss: 0.5, Weight: math.NaN(), Cosine: math.NaN(), Accuracy: 0.75},
		{Epoch: 1, Domain: "a", Other: "b", Split: GradientSplit, Cosine: -0.5, Norm: 3, OtherNorm: 4},
	}); err != nil {
		t.Fatal(err)
	}
	rows, err := ReadHistory(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 3 || rows[2].Cosine*rows[2].Norm*rows[2].OtherNorm != -6 || !math.IsNaN(rows[0].Accuracy) || rows[1].Accuracy != 0.75 || rows[1].Loss != 0.5 {
		t.Errorf("read %+v", rows)
	}
}

// TestHistoryOfEarlierVersions reads a file that lacks columns of today: what was
// not recorded is unknown, not 0.
func TestHistoryOfEarlierVersions(t *testing.T) {
	type old struct {
		Epoch  int32   `parquet:"epoch"`
		Domain string  `parquet:"domain,dict"`
		Other  string  `parquet:"other,dict"`
		Split  string  `parquet:"split,dict"`
		Loss   float64 `parquet:"loss"`
		Weight float64 `parquet:"weight"`
		Cosine float64 `parquet:"cosine"`
	}
	path := filepath.Join(t.TempDir(), "history.parquet")
	if err := parquet.WriteFile(path, []old{{Epoch: 3, Domain: "a", Split: ValSplit, Loss: 0.5}}); err != nil {
		t.Fatal(err)
	}
	rows, err := ReadHistory(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 1 || rows[0].Epoch != 3 || rows[0].Loss != 0.5 || !math.IsNaN(rows[0].Accuracy) ||
		!math.IsNaN(rows[0].Norm) || !math.IsNaN(rows[0].OtherNorm) {
		t.Errorf("read %+v", rows)
	}
}

// TestReadHistoryRefuses reads what is no history.
func TestReadHistoryRefuses(t *testing.T) {
	dir := t.TempDir()
	text, short := filepath.Join(dir, "text.parquet"), filepath.Join(dir, "short.parquet")
	if err := os.WriteFile(text, []byte("epoch,loss\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	type few struct {
		Epoch int32 `parquet:"epoch"`
	}
	if err := parquet.WriteFile(short, []few{{1}}); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{text: "text.parquet", short: "has no column domain", filepath.Join(dir, "none.parquet"): "none.parquet"} {
		if _, err := ReadHistory(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q in it", path, err, want)
		}
	}
}
