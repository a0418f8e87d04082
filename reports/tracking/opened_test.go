package tracking

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/losses"
)

// example is the code of a kind in the guide's section on other programs.
func example(t *testing.T, kind string) string {
	t.Helper()
	readme, err := os.ReadFile("../../testdata/docs/guide.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, ok := strings.Cut(string(readme), "\n## Tables in other programs\n")
	section, _, _ = strings.Cut(section, "\n## ")
	_, code, found := strings.Cut(section, "\n```"+kind+"\n")
	code, _, ended := strings.Cut(code, "\n```")
	if !ok || !found || !ended {
		t.Fatalf("the guide has no example in %s", kind)
	}
	return code
}

// lossTables writes loss tables of two arms with two seeds, as runs of a study have
// them, and returns the folder and the accuracy and loss by arm and domain.
func lossTables(t *testing.T) (dir string, accuracy, loss map[string]float64) {
	t.Helper()
	dir = t.TempDir()
	accuracy, loss = map[string]float64{}, map[string]float64{}
	for a, arm := range []string{"independent", "joint"} {
		for seed := int64(1); seed <= 2; seed++ {
			table := &losses.Table{Meta: losses.Meta{Study: "plants", Arm: arm, Seed: seed, Split: "test", Domains: []string{"north", "south"}}}
			for d, domain := range table.Meta.Domains {
				for i := range 10 {
					right := (i+a+d+int(seed))%3 != 0
					l := float32(i+1) / float32(2+a+d)
					table.Domain, table.Seed = append(table.Domain, domain), append(table.Seed, seed)
					table.Sample = append(table.Sample, losses.SampleID{Number: int64(i)})
					table.Loss, table.Correct = append(table.Loss, l), append(table.Correct, right)
					loss[arm+" "+domain] += float64(l) / 20
					if right {
						accuracy[arm+" "+domain] += 1.0 / 20
					}
				}
			}
			run := filepath.Join(dir, "runs", fmt.Sprintf("%s-%d", arm, seed))
			if err := os.MkdirAll(run, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := losses.WriteFile(filepath.Join(run, "losses.parquet"), table); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir, accuracy, loss
}

// asked is a row of the guide's query.
type asked struct {
	Arm, Domain    string
	Accuracy, Loss float64
}

// TestDuckDB runs the guide's query on loss tables. The module @duckdb/node-api is
// looked for in NODE_PATH and where make peers-install puts it.
func TestDuckDB(t *testing.T) {
	node, err := exec.LookPath("node")
	modules := os.Getenv("NODE_PATH")
	if modules == "" {
		modules, _ = filepath.Abs("../../out/bench-peers/node/node_modules")
	}
	if _, e := os.Stat(filepath.Join(modules, "@duckdb", "node-api")); err != nil || e != nil {
		t.Skip("NOT CHECKED: loss tables were not opened in DuckDB, since node or @duckdb/node-api is missing; make peers-install gets it")
	}
	dir, accuracy, loss := lossTables(t)
	const program = `
const { createRequire } = require('node:module');
const { DuckDBInstance } = require('@duckdb/node-api');
(async () => {
  const c = await (await DuckDBInstance.create(':memory:')).connect();
  console.log(JSON.stringify((await c.runAndReadAll(process.argv[1])).getRowObjectsJson()));
})();`
	cmd := exec.Command(node, "-e", program, strings.ReplaceAll(example(t, "sql"), "out/runs", dir+"/runs"))
	cmd.Env = append(os.Environ(), "NODE_PATH="+modules)
	out, err := cmd.CombinedOutput()
	var rows []asked
	if err != nil || json.Unmarshal(out, &rows) != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if len(rows) != len(accuracy) {
		t.Fatalf("%d rows: %s", len(rows), out)
	}
	for _, r := range rows {
		key := r.Arm + " " + r.Domain
		if math.Abs(r.Accuracy-accuracy[key]) > 1e-9 || math.Abs(r.Loss-loss[key]) > 1e-9 || accuracy[key] == 0 {
			t.Errorf("%s: DuckDB has accuracy %v and loss %v, want %v and %v", key, r.Accuracy, r.Loss, accuracy[key], loss[key])
		}
	}
}

// TestPandas runs the guide's program on a CSV export.
func TestPandas(t *testing.T) {
	python := ""
	for _, p := range []string{"/usr/bin/python3", "python3"} {
		if python == "" && exec.Command(p, "-c", "import pandas").Run() == nil {
			python = p
		}
	}
	if python == "" {
		t.Skip("NOT CHECKED: the export was not opened in pandas, which is missing; Debian's python3-pandas has it")
	}
	dir, r := exported(t, CSV)
	code := strings.ReplaceAll(example(t, "python"), "\"csv/", "\""+dir+"/") +
		"\nimport json\nprint(json.dumps([runs.dtypes['seed'].kind, runs['run'].tolist(), list(map(list, tests.reset_index().itertuples(index=False, name=None)))]))\n"
	out, err := exec.Command(python, "-c", code).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	var got []any
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &got); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	const rows = `[["joint","test/accuracy/north",0.5],["joint","test/accuracy/south",1],["joint","test/loss/north",0.75],["joint","test/loss/south",3]]`
	if found, _ := json.Marshal(got[2]); got[0] != "i" || fmt.Sprint(got[1]) != "["+r.ID+"]" || string(found) != rows {
		t.Errorf("pandas has %v", got)
	}
}
