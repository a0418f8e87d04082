package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/custody"
	"github.com/sharewise/sharewise/analysis/layout"
)

// TestTwoAtOnce analyses a folder twice at the same time by different settings, and groups
// it meanwhile: what is there afterwards is all of one of them, the ledger says which, and
// nothing is found but what is older than the results.
func TestTwoAtOnce(t *testing.T) {
	requireRuntime(t)
	dir := t.TempDir()
	plantFaultStudy(t, dir, "0.003")
	prepared("run data/study.yaml -o out --jobs 1 -q")(t, dir)
	folder := layout.Folder(filepath.Join(dir, "out"))
	for round := range 3 {
		var side sync.WaitGroup
		for _, line := range []string{"analyze out --measure loss", "analyze out", "group out --must-link east+west --must-link west+south"} {
			if round == 0 && strings.HasPrefix(line, "group") {
				continue // nothing was analysed yet
			}
			side.Go(func() {
				cmd := sharewise(strings.Fields(line)...)
				cmd.Dir = dir
				out, err := cmd.CombinedOutput()
				// Groups are refused where results change while they are chosen.
				if err != nil && !strings.HasPrefix(line, "group") || strings.Contains(string(out), "goroutine ") {
					t.Errorf("sharewise %s: %v\n%s", line, err, out)
				}
			})
		}
		side.Wait()
		ledger, err := folder.ReadLedger()
		must(t, err)
		var settings analysis.Settings
		must(t, json.Unmarshal(ledger.Files["results.json"].Settings, &settings))
		results, err := analysis.ReadResults(folder.Results())
		must(t, err)
		if measured := results.Effects[0].Measure; (settings.Measure == "loss") != (measured == "loss") {
			t.Errorf("round %d: results are of %s, and the ledger says %q", round, measured, settings.Measure)
		}
		r, err := custody.Check(t.Context(), folder, true)
		must(t, err)
		for _, f := range r.Findings {
			late := strings.HasPrefix(f.What, "groups") || strings.HasPrefix(f.What, "clusters") || strings.HasPrefix(f.What, "provenance") || strings.HasPrefix(f.What, "tables/groups")
			if f.Fault() && !late {
				t.Errorf("round %d: %+v", round, f)
			}
		}
		if _, err := os.Stat(folder.Exemplars()); err != nil {
			t.Error(err)
		}
	}
}
