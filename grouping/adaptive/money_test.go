package adaptive

import (
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// TestRunByMoney counts domains by money, and begins anew when values change.
func TestRunByMoney(t *testing.T) {
	p := planted(t)
	p.Study.Economics = study.NewEconomics()
	p.Study.Economics.Currency, p.Study.Economics.Value.Domains = "JPY", map[string]float64{"c": 1}
	p.Study.Grouping.ToleranceMoney = 3
	folder := layout.Folder(filepath.Join(t.TempDir(), "out"))
	o := Options{Step: 2, Jobs: 2, Budget: Budget{Runs: 14}} // the pilot
	r, err := Run(t.Context(), p, reference.Backend(), folder, o)
	if err != nil {
		t.Fatal(err)
	}
	if r.Settings.Money == "" || !strings.Contains(r.Rule().String(), "by more than 3 JPY a month") {
		t.Errorf("settings %+v, %s", r.Settings, r.Rule().String())
	}
	groups, err := grouping.ReadFile(folder.Groups())
	if err != nil {
		t.Fatal(err)
	}
	results, err := analysis.ReadResults(folder.Results())
	if err != nil {
		t.Fatal(err)
	}
	// Three a month of all that c's own error, in points, is worth.
	want := 3 / (100 * grouping.OwnError(results, grouping.Selection{Rung: groups.Rung, Weighting: groups.Weighting}, "c"))
	if got := groups.Stability.Decision.Tolerance; groups.Domains[0].Value != 0 || groups.Domains[2].Value != 3 || math.Abs(got-want) > 1e-9 {
		t.Errorf("values %+v, tolerance %v, by hand %v", groups.Domains, got, want)
	}
	p.Study.Economics.Value.Domains["c"] = 1e6
	again, err := Run(t.Context(), p, reference.Backend(), folder, o)
	if err != nil || again.Settings == r.Settings {
		t.Errorf("with other values: %v, %+v", err, again.Settings)
	}
}
