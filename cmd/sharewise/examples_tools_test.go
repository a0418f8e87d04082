package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/flock"

	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/onnxio/ort"
)

// nodeJS is node with the packages of testdata/examples/js.
type nodeJS struct {
	program string
	env     string // where it finds the packages
}

// requireNode installs the packages that testdata/examples/js/package.json
// names into the cache, once per version, with the user's npm; no code of the
// packages is run in that. Tests are skipped where there is no node, or no way
// to the packages.
func requireNode(t *testing.T) nodeJS {
	t.Helper()
	program, err := exec.LookPath("node")
	if err != nil {
		t.Skip("needs node")
	}
	npm, err := exec.LookPath("npm")
	if err != nil {
		t.Skip("needs npm")
	}
	list, err := os.ReadFile(filepath.Join("..", "..", "testdata", "examples", "js", "package.json"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(list), `"onnxruntime-node": "`+ort.Version+`"`) {
		t.Fatalf("testdata/examples/js/package.json does not name version %s, which is the pinned one", ort.Version)
	}
	cache, err := ort.CacheDir()
	if err != nil {
		t.Fatal(err)
	}
	root := filepath.Join(cache, "examples")
	if err := os.MkdirAll(root, 0o755); err != nil {
		t.Fatal(err)
	}
	lock := flock.New(filepath.Join(root, ".lock"))
	if err := lock.Lock(); err != nil {
		t.Fatal(err)
	}
	defer lock.Unlock()
	dir := filepath.Join(root, "node-"+ort.Version)
	if _, err := os.Stat(dir); err != nil {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		defer cancel()
		err := atomicfile.WriteFolder(dir, false, func(dir string) error {
			if err := os.WriteFile(filepath.Join(dir, "package.json"), list, 0o644); err != nil {
				return err
			}
			cmd := exec.CommandContext(ctx, npm, "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error")
			cmd.Dir = dir
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Logf("npm: %s", out)
			}
			return err
		})
		if err != nil {
			t.Skipf("npm cannot install the packages here: %v", err)
		}
	}
	return nodeJS{program, "NODE_PATH=" + filepath.Join(dir, "node_modules")}
}

// compileC compiles testdata/examples/c/train.c by the command of the document,
// and again with warnings as errors, with the header that onnxruntime_go brings
// and the library that is installed.
func (e *examples) compileC() (program, env []string) {
	e.t.Helper()
	if runtime.GOOS == "windows" {
		e.t.Skip("the example links as on Linux and macOS")
	}
	cc, err := exec.LookPath("cc")
	if err != nil {
		e.t.Skip("needs a C compiler, cc")
	}
	headers, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/yalue/onnxruntime_go").Output()
	if err != nil {
		e.t.Skipf("needs go, to find the header: %v", err)
	}
	library, err := ort.Find(e.t.Context(), "")
	if err != nil {
		e.t.Fatal(err)
	}
	if !filepath.IsAbs(library.Path) {
		e.t.Skipf("the library is %s, found by the dynamic loader, which cc does not ask", library.Path)
	}
	include := strings.TrimSpace(string(headers))
	cmd := exec.Command(cc, "-std=c11", "-O1", "-Wall", "-Wextra", "-Werror", "-isystem", include, "-fsyntax-only", e.source("c", "train.c"))
	if text, err := cmd.CombinedOutput(); err != nil {
		e.t.Fatalf("%v: %v\n%s", cmd, err, text)
	}
	const command = `cc -std=c11 -O2 -I "$INCLUDE" train.c "$LIBRARY" -Wl,-rpath,"$(dirname "$LIBRARY")" -o train`
	source, err := os.ReadFile(e.source("c", "train.c"))
	if err != nil {
		e.t.Fatal(err)
	}
	if !strings.Contains(string(source), "     "+command+"\n") {
		e.t.Errorf("train.c does not have the command %q", command)
	}
	e.copy("c", "train.c")
	e.documented(command, []string{"sh", "-c", command}, []string{"INCLUDE=" + include, "LIBRARY=" + library.Path})
	return []string{e.path("train")}, nil
}
