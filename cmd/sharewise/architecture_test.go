package main

import (
	"flag"
	"fmt"
	"go/doc"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var updateArchitecture = flag.Bool("update-architecture", false, "rewrite the table of packages in testdata/docs/architecture.md")

// The lines of testdata/docs/architecture.md between which the table of packages stands.
const (
	tableBegins = "<!-- packages: written by TestArchitecture -->"
	tableEnds   = "<!-- end of packages -->"
)

// unlisted reports whether a package is no part of the product that readers look for.
func unlisted(l string) bool {
	return strings.Contains(l, "internal/") || strings.HasSuffix(l, "test") || l == "testdata"
}

// TestArchitecture holds the table of packages in testdata/docs/architecture.md to the packages: their
// order, the first sentences of their documentation, and what they import.
func TestArchitecture(t *testing.T) {
	imports := map[string]map[string]bool{} // all that a package reaches
	direct := map[string][]string{}
	var table strings.Builder
	table.WriteString("| package | responsibility | rests on |\n|---|---|---|\n")
	for _, l := range layers {
		synopsis, own := describePackage(t, l)
		reached := map[string]bool{}
		for _, to := range own {
			reached[to] = true
			for further := range imports[to] {
				reached[further] = true
			}
		}
		imports[l] = reached
		// A package that another import reaches anyhow is not listed.
		direct[l] = slices.DeleteFunc(slices.Clone(own), func(to string) bool {
			return unlisted(to) || slices.ContainsFunc(own, func(other string) bool { return imports[other][to] })
		})
		if !unlisted(l) {
			fmt.Fprintf(&table, "| `%s` | %s | %s |\n", l, synopsis, strings.Join(direct[l], ", "))
		}
	}
	file := filepath.Join("..", "..", "testdata", "docs", "architecture.md")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, begins := strings.Cut(string(text), tableBegins+"\n")
	have, tail, ends := strings.Cut(rest, tableEnds)
	if !begins || !ends {
		t.Fatalf("testdata/docs/architecture.md lacks the lines %s and %s", tableBegins, tableEnds)
	}
	want := "\n" + table.String() + "\n"
	if have == want {
		return
	}
	if !*updateArchitecture {
		t.Fatal("the table of packages in testdata/docs/architecture.md is not what the packages say; rewrite it: go test ./cmd/sharewise -run Architecture -update-architecture")
	}
	if err := os.WriteFile(file, []byte(head+tableBegins+"\n"+want+tableEnds+tail), 0o644); err != nil {
		t.Fatal(err)
	}
}

// describePackage returns the first sentence of a package's documentation without its
// subject, and the packages of the project that it imports, in the order of layers.
func describePackage(t *testing.T, l string) (synopsis string, imports []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", filepath.FromSlash(l), "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		if f.Doc != nil && synopsis == "" {
			synopsis = new(doc.Package).Synopsis(f.Doc.Text())
		}
		for _, spec := range f.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if to, ours := strings.CutPrefix(imported, modulePath+"/"); ours {
				found[to] = true
			}
		}
	}
	for _, other := range layers {
		if found[other] {
			imports = append(imports, other)
		}
	}
	for _, subject := range []string{"Package " + path.Base(l) + " ", "Command " + path.Base(l) + " "} {
		if rest, ok := strings.CutPrefix(synopsis, subject); ok {
			return strings.TrimSuffix(strings.ReplaceAll(rest, "|", `\|`), "."), imports
		}
	}
	if !unlisted(l) {
		t.Errorf("%s: the documentation begins with %q, where Package %s and what it does must stand", l, synopsis, path.Base(l))
	}
	return "", imports
}
