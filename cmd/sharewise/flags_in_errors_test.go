package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestErrorsNameNoFlags makes sure that errors of the libraries name no flags of
// commands: programs that call them have none. The commands add what helps.
func TestErrorsNameNoFlags(t *testing.T) {
	flag := regexp.MustCompile(`(^|[ "'(\x60])--[a-z]`)
	looked := 0
	for _, l := range layers {
		if strings.HasPrefix(l, "cmd/") || strings.HasPrefix(l, "testdata/") {
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
			for at, text := range errorTexts(t, file) {
				looked++
				if flag.MatchString(text) {
					t.Errorf("%s: an error names a flag: %s", at, text)
				}
			}
		}
	}
	if looked < 500 {
		t.Errorf("looked at %d texts of errors, and there are more", looked)
	}
}

// errorTexts are the literals in calls of functions called Errorf, New or errorf,
// by their place.
func errorTexts(t *testing.T, file string) map[string]string {
	t.Helper()
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, file, source, 0)
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	ast.Inspect(f, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		name := ""
		switch fun := call.Fun.(type) {
		case *ast.SelectorExpr:
			name = fun.Sel.Name
		case *ast.Ident:
			name = fun.Name
		}
		if name != "Errorf" && name != "errorf" && name != "New" {
			return true
		}
		for _, arg := range call.Args {
			if lit, ok := arg.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				texts[set.Position(lit.Pos()).String()] = lit.Value
			}
		}
		return true
	})
	return texts
}
