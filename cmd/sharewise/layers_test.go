package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const modulePath = "github.com/sharewise/sharewise"

// layers lists the packages of the project in import order: a package imports
// only packages that stand above it.
var layers = []string{
	"analysis/filekind",
	"analysis/filelimit",
	"analysis/versioned/alteration",
	"analysis/versioned/schematest",
	"analysis/wording",
	"analysis/measures",
	"analysis/ranks",
	"analysis/laws",
	"analysis/atomicfile",
	"analysis/replacement",
	"analysis/claim",
	"analysis/policy",
	"onnxio/benchtest",
	"onnxio/internal/onnxpb",
	"onnxio",
	"onnxio/internal/mutate",
	"onnxio/internal/peers",
	"onnxio/internal/random",
	"onnxio/exec",
	"onnxio/kernels",
	"onnxio/kernels/proof",
	"onnxio/sessions",
	"onnxio/zoo",
	"onnxio/reference",
	"onnxio/lower",
	"onnxio/rebatch",
	"onnxio/autodiff",
	"onnxio/training",
	"onnxio/finetune",
	"onnxio/overview",
	"onnxio/artifacts",
	"onnxio/ort",
	"onnxio/ort/orttest",
	"analysis/versioned",
	"analysis/exclusion",
	"analysis/augment",
	"analysis/delimited",
	"analysis/parquetfile",
	"analysis/tokenizer",
	"analysis/textcode",
	"analysis/study",
	"analysis/layout",
	"analysis/store",
	"analysis/engine",
	"analysis/engine/kubernetes",
	"analysis/engine/slurm",
	"analysis/engine/slurm/slurmtest",
	"analysis/engine/kubernetes/testdata/cluster",
	"analysis/provenance",
	"analysis/custody",
	"analysis/array",
	"analysis/imagefile",
	"analysis/datafile",
	"analysis/datafile/filetest",
	"analysis/dataset",
	"analysis/drafting",
	"analysis/inspection",
	"analysis/weighting/gram",
	"analysis/weighting",
	"analysis/linear",
	"analysis/losses",
	"analysis/evaluate",
	"analysis/train",
	"analysis/trainer",
	"analysis/baseline",
	"analysis/project",
	"analysis/forget",
	"analysis/linearise",
	"analysis/similarity",
	"analysis/effect",
	"analysis",
	"analysis/exemplars",
	"analysis/variants",
	"analysis/contest",
	"analysis/mixtures",
	"analysis/merging",
	"analysis/suspects",
	"analysis/influence",
	"analysis/cross",
	"analysis/subgroups",
	"analysis/retrain",
	"grouping/internal/published",
	"grouping/solve",
	"grouping/clusters",
	"grouping/sheet",
	"grouping",
	"grouping/sources",
	"grouping/gaintable",
	"grouping/affinity",
	"grouping/economics",
	"grouping/imbalance",
	"grouping/deploy",
	"grouping/nextruns",
	"grouping/decisions",
	"grouping/adaptive",
	"grouping/appraisal",
	"grouping/verification",
	"grouping/remedies",
	"grouping/refit",
	"reports/internal/browser",
	"reports/internal/picture",
	"reports/language",
	"reports",
	"reports/live",
	"reports/tracking",
	"reports/decide",
	"testdata",
	"cmd/sharewise",
	"cmd/bench-peers",
	"testdata/peers/columns",
}

// forbidden lists imports that the order allows and the design does not:
// ONNX Runtime is reached through onnxio/ort alone, and the packages that
// consume a study's files never reach the ones that produce them.
var forbidden = []struct{ from, to, why string }{
	{"analysis/train", "onnxio/ort", "the executor takes an exec.Backend"},
	{"analysis/cross", "onnxio/ort", "models are run by an exec.Backend"},
	{"analysis/merging", "onnxio/ort", "models are run by an exec.Backend"},
	{"analysis/suspects", "onnxio/ort", "models are run by an exec.Backend"},
	{"analysis/influence", "onnxio/ort", "models are run by an exec.Backend"},
	{"analysis/linearise", "onnxio/ort", "models are run by an exec.Backend"},
	{"analysis/similarity", "onnxio/ort", "models are run by an exec.Backend"},
	{"analysis/project", "onnxio/ort", "a project is trained by an exec.Backend"},
	{"analysis/retrain", "onnxio/ort", "a model is trained by an exec.Backend"},
	{"analysis", "onnxio", "tables are analysed without models"},
	{"analysis", "analysis/train", "the two halves meet at files"},
	{"grouping/nextruns", "analysis", "what to train next follows from gains alone"},
	{"grouping/adaptive", "onnxio/ort", "a study is trained by an exec.Backend"},
	{"grouping/verification", "onnxio/ort", "a study is trained by an exec.Backend"},
	{"grouping/remedies", "onnxio/ort", "a study is trained by an exec.Backend"},
	{"grouping/refit", "onnxio/ort", "a study is trained by an exec.Backend"},
	{"reports/decide", "onnxio/ort", "a study is trained by an exec.Backend"},
	{"grouping", "onnxio", "tables are grouped without models"},
	{"grouping/affinity", "onnxio", "affinities are taken from tables, without models"},
	{"reports", "onnxio", "tables are reported without models"},
	{"reports", "analysis/train", "the two halves meet at files"},
	{"analysis/evaluate", "onnxio/ort", "models are run by an exec.Backend"},
}

func TestImportOrder(t *testing.T) {
	root := filepath.Join("..", "..")
	seen := map[string]bool{}
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); file != root && strings.HasPrefix(name, ".") || hasNestedModule(file, root) {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(file, ".go") {
			return nil
		}
		rel, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		from := path.Dir(filepath.ToSlash(rel))
		seen[from] = true
		checkImports(t, file, from, strings.HasSuffix(file, "_test.go"))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range layers {
		if !seen[l] {
			t.Errorf("layers names %s, which has no Go file", l)
		}
	}
}

// unshown are the packages without an example: they are parts of their
// neighbours, or give tests and commands what they need.
var unshown = []string{
	"onnxio/benchtest", "onnxio/overview", "onnxio/ort/orttest", "analysis/filelimit", "analysis/atomicfile", "analysis/versioned", "analysis/versioned/alteration", "analysis/versioned/schematest", "analysis/parquetfile", "analysis/variants",
	"analysis/datafile", "analysis/datafile/filetest", "analysis/engine/slurm/slurmtest", "analysis/engine/kubernetes/testdata/cluster", "testdata", "cmd/sharewise", "cmd/bench-peers", "testdata/peers/columns",
}

// TestExamples makes sure that every package shows its part by an example that
// runs.
func TestExamples(t *testing.T) {
	for _, l := range layers {
		if strings.Contains(l, "internal/") {
			continue
		}
		files, err := filepath.Glob(filepath.Join("..", "..", filepath.FromSlash(l), "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		shown := false
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			shown = shown || strings.Contains(string(data), "\nfunc Example")
		}
		if shown == slices.Contains(unshown, l) {
			t.Errorf("package %s: has an example: %v; unshown says otherwise", l, shown)
		}
	}
}

func hasNestedModule(dir, root string) bool {
	if dir == root {
		return false
	}
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}

func checkImports(t *testing.T, file, from string, test bool) {
	rank := slices.Index(layers, from)
	if rank < 0 {
		t.Errorf("%s: package %s is missing from layers", file, from)
		return
	}
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Error(err)
		return
	}
	for _, spec := range f.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Error(err)
			continue
		}
		if imported == "github.com/yalue/onnxruntime_go" && from != "onnxio/ort" {
			t.Errorf("%s: only onnxio/ort may import %s", file, imported)
		}
		to, ours := strings.CutPrefix(imported, modulePath+"/")
		if !ours || test {
			// Tests may reach down: they compare with oracles and drive
			// whole studies.
			continue
		}
		if slices.Index(layers, to) >= rank {
			t.Errorf("%s: %s must not import %s, which stands below it", file, from, to)
		}
		for _, f := range forbidden {
			if from == f.from && (to == f.to || strings.HasPrefix(to, f.to+"/") && f.to != "onnxio/ort") {
				t.Errorf("%s: %s must not import %s: %s", file, from, to, f.why)
			}
		}
	}
}

func TestTopLevel(t *testing.T) {
	fixed := []string{"analysis", "cmd", "grouping", "onnxio", "reports", "testdata"}
	entries, err := os.ReadDir(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") && !slices.Contains(fixed, e.Name()) && e.Name() != "bin" && e.Name() != "out" {
			t.Errorf("folder %s at the top level is not among %v", e.Name(), fixed)
		}
	}
}
