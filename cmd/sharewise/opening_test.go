package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// opensOtherwise are the packages that open files without package filelimit, and
// why.
var opensOtherwise = map[string]string{
	"analysis/filelimit":              "it is the one that opens",
	"analysis/atomicfile":             "opens what it writes",
	"analysis/dataset":                "reads the size of the memory from the system",
	"analysis/claim":                  "asks the system which processes there are",
	"analysis/trainer":                "asks the system which processes there are",
	"analysis/engine/slurm/slurmtest": "reads logs for tests",
	"onnxio/ort":                      "opens archives and libraries whose SHA-256 is known",
	"onnxio/internal/mutate":          "reads the project's own files for tests",
	"grouping/internal/published":     "reads tables for tests",
	"testdata":                        "reads the project's own files",
	"onnxio/benchtest":                "looks at the machine that it measures",
	"cmd/bench-peers":                 "writes the table into README.md",
	"onnxio/internal/peers":           "reads figures for tests",
}

// TestFilesAreOpenedWithinLimits makes sure that every reader refuses pipes and
// devices, and whole files beyond a limit: it opens them by package filelimit.
func TestFilesAreOpenedWithinLimits(t *testing.T) {
	looked := 0
	for _, l := range layers {
		if opensOtherwise[l] != "" {
			continue
		}
		files, err := filepath.Glob(filepath.Join("..", "..", filepath.FromSlash(l), "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			looked++
			set := token.NewFileSet()
			parsed, err := parser.ParseFile(set, file, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(parsed, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				s, ok := call.Fun.(*ast.SelectorExpr)
				if pkg, isName := ast.Unparen(callee(s, ok)).(*ast.Ident); isName && pkg.Name == "os" && slices.Contains([]string{"Open", "ReadFile"}, s.Sel.Name) {
					t.Errorf("%s: os.%s; package filelimit opens files", set.Position(n.Pos()), s.Sel.Name)
				}
				return true
			})
		}
	}
	if looked < 300 {
		t.Errorf("looked at %d files, and there are more", looked)
	}
}

// callee is what a function is selected from.
func callee(s *ast.SelectorExpr, ok bool) ast.Expr {
	if !ok {
		return &ast.BadExpr{}
	}
	return s.X
}
