package layout

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestSeal doubts files after every kind of change, also those that leave size and time as
// they were, and those of what lies beside them.
func TestSeal(t *testing.T) {
	old := time.Now().Add(-time.Hour)
	for name, change := range map[string]func(t *testing.T, dir, file string){
		"nothing": func(*testing.T, string, string) {},
		"size": func(t *testing.T, _, file string) {
			write(t, file, "longer than it was")
		},
		"same size and time": func(t *testing.T, _, file string) {
			time.Sleep(20 * time.Millisecond) // the clock of files ticks more slowly
			write(t, file, "later")
			touch(t, file, old)
		},
		"another file in its place": func(t *testing.T, dir, file string) {
			other := filepath.Join(dir, "other")
			write(t, other, "other")
			touch(t, other, old)
			if err := os.Rename(other, file); err != nil {
				t.Fatal(err)
			}
			touch(t, dir, old)
		},
		"one more": func(t *testing.T, dir, _ string) { write(t, filepath.Join(dir, "more"), "") },
		"gone": func(t *testing.T, dir, file string) {
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
			touch(t, dir, old)
		},
	} {
		dir := t.TempDir()
		file, saved := filepath.Join(dir, "data"), filepath.Join(t.TempDir(), "seals", "one.json")
		write(t, file, "first")
		if _, ok := SealOf([]string{file}, time.Now(), "text"); ok {
			t.Error("what was written just now is sealed")
		}
		touch(t, file, old)
		touch(t, dir, old)
		s, ok := SealOf([]string{file, file}, time.Now(), "text")
		if !ok || WriteSeal(saved, s) != nil {
			t.Fatalf("%s: no seal", name)
		}
		if s = ReadSeal(saved); s == nil || s.Holds("text", "") || s.Holds("other") || !s.Holds("text") {
			t.Errorf("%s: the seal says %v of what was not changed", name, s)
		}
		change(t, dir, file)
		if held := s.Holds("text"); held != (name == "nothing") {
			t.Errorf("%s: it holds: %t", name, held)
		}
	}
	bad := filepath.Join(t.TempDir(), "bad.json")
	write(t, bad, "{")
	if ReadSeal(bad) != nil || ReadSeal(bad+"x") != nil || (&Seal{}).Holds() || Looks([]string{bad + "x"}) != "" {
		t.Error("what is damaged or missing says something")
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func touch(t *testing.T, file string, at time.Time) {
	t.Helper()
	if err := os.Chtimes(file, at, at); err != nil {
		t.Fatal(err)
	}
}
