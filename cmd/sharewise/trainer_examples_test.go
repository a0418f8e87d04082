package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// python is Debian's, which has the packages that the examples name.
const python = "/usr/bin/python3"

// requirePython skips a test where a package of Python is not there.
func requirePython(t *testing.T, module, debian string) {
	t.Helper()
	if testing.Short() {
		t.Skip("trains for a minute")
	}
	if err := exec.Command(python, "-c", "import "+module).Run(); err != nil {
		if os.Getenv("SHAREWISE_TESTS") == "all" {
			t.Fatalf("%s has no %s; install Debian's %s: make peers-install", python, module, debian)
		}
		t.Skipf("NOT RUN: %s has no %s (Debian's %s; 'make peers-install')", python, module, debian)
	}
}

// trainedByExample trains a study of testdata/examples/trainer, after some changes of its
// text, and returns what the command said.
func trainedByExample(t *testing.T, name string, changes ...string) string {
	t.Helper()
	from, err := filepath.Abs(filepath.Join("..", "..", "testdata", "examples", "trainer"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	text, err := os.ReadFile(filepath.Join(from, name))
	if err != nil {
		t.Fatal(err)
	}
	changes = append(changes, "../../demo", filepath.Join(from, "..", "..", "demo"))
	for i := 0; i < len(changes); i += 2 {
		if !strings.Contains(string(text), changes[i]) && !strings.HasPrefix(changes[i], "../") {
			t.Fatalf("%s has no %q", name, changes[i])
		}
	}
	study := filepath.Join(dir, name)
	if err := os.WriteFile(study, []byte(strings.NewReplacer(changes...).Replace(string(text))), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, script := range []string{"boosting.py", "network.py"} {
		data, err := os.ReadFile(filepath.Join(from, script))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, script), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command(python, filepath.Join(from, "presses.py"), dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	out, err := sharewise("run", study, "-o", filepath.Join(dir, "out"), "--report").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

func wants(t *testing.T, text string, patterns ...string) {
	t.Helper()
	for _, p := range patterns {
		if !regexp.MustCompile(p).MatchString(text) {
			t.Errorf("%q is not in:\n%s", p, text)
		}
	}
}

// TestBoostingExample has scikit-learn fit trees to two presses of one make and a third
// that wears the other way: the third must not share.
func TestBoostingExample(t *testing.T) {
	requirePython(t, "sklearn.ensemble", "python3-sklearn")
	out := trainedByExample(t, "presses.yaml", "seeds: 4", "seeds: 2", "max_iter: 200", "max_iter: 60")
	wants(t, out, `14 runs: 14 trained`, `press-3 alone|press-3 apart`, `press-3 .*more squared error|it would make \d+% more squared error`)
}

// TestNetworkExample has PyTorch train the two domains of the demo that sharewise's own
// models find to belong together, and wants the same of it.
func TestNetworkExample(t *testing.T) {
	requirePython(t, "torch", "python3-torch")
	out := trainedByExample(t, "demo.yaml", "seeds: 5", "seeds: 3\narms: {joint: false, pairs: false, pools: [[digits, branch]]}", "epochs: 40", "epochs: 30")
	wants(t, out, `15 runs: 15 trained`, `branch.*\d+% fewer errors`)
}
