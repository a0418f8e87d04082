package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/losses"
)

// TestImportedTable takes all runs of a study from one table, as a program writes it that
// had them in a frame, with seeds of its own, and from a file for each run: results are the
// same, byte by byte.
func TestImportedTable(t *testing.T) {
	requireRuntime(t)
	dir := t.TempDir()
	study := tinyStudy(t, dir, 3, 2, 2, true)
	trained := layout.Folder(filepath.Join(dir, "trained"))
	said := func(args ...string) string {
		t.Helper()
		out, err := sharewise(args...).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
		return string(out)
	}
	said("run", study, "-o", string(trained))
	plan, err := trained.ReadPlan()
	must(t, err)
	must(t, os.Mkdir(filepath.Join(dir, "single"), 0o755))
	var table bytes.Buffer
	table.WriteString(",domains,seed,domain,sample,loss,correct,prediction,confidence\n")
	row := 0
	for _, r := range plan.Runs {
		file := trained.Run(r.ID).Losses()
		data, err := os.ReadFile(file)
		must(t, err)
		must(t, os.WriteFile(filepath.Join(dir, "single", r.ID+".parquet"), data, 0o644))
		of, err := losses.ReadFile(file)
		must(t, err)
		for i := range of.Len() {
			correct := map[bool]string{true: "True", false: "False"}[of.Correct[i]]
			fmt.Fprintf(&table, "%d,\"['%s']\",%d.0,%s,%v,%g,%s,%g,%g\n", row, strings.Join(r.Domains, "', '"), 17+1000*r.Seed,
				of.Domain[i], of.Sample[i], of.Loss[i], correct, of.Prediction[i], of.Confidence[i])
			row++
		}
	}
	must(t, os.WriteFile(filepath.Join(dir, "table.csv"), table.Bytes(), 0o644))
	text, err := os.ReadFile(study)
	must(t, err)
	results := map[string][]byte{}
	for name, files := range map[string]string{"single": "single/*.parquet", "table": "table.csv"} {
		file, out := filepath.Join(dir, name+".yaml"), filepath.Join(dir, name+"-out")
		must(t, os.WriteFile(file, append(text, "trainer: {import: '"+files+"'}\n"...), 0o644))
		planned := said("plan", file)
		if renamed := strings.Contains(planned, "seeds 1017, 2017 of the imported tables are called 1, 2 here"); renamed != (name == "table") {
			t.Errorf("%s: %s", name, planned)
		}
		if ran := said("run", file, "-o", out); !strings.Contains(ran, fmt.Sprintf("%d runs: %d imported", len(plan.Runs), len(plan.Runs))) {
			t.Errorf("%s: %s", name, ran)
		}
		said("analyze", out, "-q")
		if results[name], err = os.ReadFile(layout.Folder(out).Results()); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(results["single"], results["table"]) {
		t.Error("results.json of one table differs from that of single files")
	}
}
