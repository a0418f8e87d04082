package claim

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestHostileClaims finds files in the place of claims that no claimer wrote. None of them
// lets two take the work, keeps it from everybody for ever, or makes a claimer fail in
// other words than that it is held.
func TestHostileClaims(t *testing.T) {
	text := func(lease string) string {
		return `{"version":1,"token":"x","beat":1,"lease_seconds":` + lease + `,"host":"elsewhere","machine":"m","pid":-1}`
	}
	for name, file := range map[string]string{
		"garbage": "\x00\xff{", "nothing": "", "a list": "[]", "null": "null", "wrong types": `{"token":1}`,
		"deep": strings.Repeat("[", 100_000), "a lease without end": text("1e300"), "a lease of 1e18 s": text("1e18"),
		"a lease before now": text("-5"), "no lease": text("0"), "a future version": `{"version":99,"token":"x","lease_seconds":60}`,
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t)
			if err := os.MkdirAll(l.dir, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(l.dir, "claim.3.json"), []byte(file), 0o644); err != nil {
				t.Fatal(err)
			}
			a := l.claimer("a", 0)
			for range 2 {
				if c, err := a.Take(l.dir); !errors.Is(err, ErrHeld) {
					t.Fatalf("taken before any lease was over: %v, %v", c, err)
				}
			}
			l.now += lease + 1
			c := l.take(a)
			if c.number != 4 {
				t.Errorf("claim %d", c.number)
			}
			l.held(l.claimer("b", 0), "a")
		})
	}
	for name, files := range map[string][]string{
		"names of no claims":        {"claim.007.json", "claim.+5.json", "claim.0.json", "claim.-1.json", "claim..json", "claim.1e3.json"},
		"a number that is the last": {"claim.9223372036854775807.json", fmt.Sprintf("claim.%d.json", highestNumber+1), "claim.99999999999999999999.json"},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t)
			if err := os.MkdirAll(l.dir, 0o755); err != nil {
				t.Fatal(err)
			}
			for _, f := range files {
				if err := os.WriteFile(filepath.Join(l.dir, f), []byte(text("1")), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if c := l.take(l.claimer("a", 0)); c.number != 1 {
				t.Errorf("claim %d", c.number)
			}
		})
	}
	t.Run("the last number", func(t *testing.T) {
		l := newLab(t)
		if err := os.MkdirAll(l.dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(l.dir, name(highestNumber)), []byte(`{"version":1,"token":"a","released":true}`), 0o644); err != nil {
			t.Fatal(err)
		}
		if c, err := l.claimer("a", 0).Take(l.dir); err == nil || !strings.Contains(err.Error(), "remove "+name(highestNumber)) {
			t.Errorf("%v, %v", c, err)
		}
	})
	t.Run("a folder", func(t *testing.T) {
		l := newLab(t)
		if err := os.MkdirAll(filepath.Join(l.dir, "claim.1.json"), 0o755); err != nil {
			t.Fatal(err)
		}
		a := l.claimer("a", 0)
		for range 3 {
			c, err := a.Take(l.dir)
			if err == nil || !strings.Contains(err.Error(), "claim.1.json") {
				t.Fatalf("%v, %v; want an error that names it", c, err)
			}
			l.now += lease + 1
		}
	})
}

// FuzzClaim reads what stands in a claim's file: it is held, free or gone, and never
// taken before a lease is over unless it says that it was given back or that its holder
// ended on this machine.
func FuzzClaim(f *testing.F) {
	f.Add([]byte(`{"version":1,"token":"a","beat":3,"lease_seconds":120,"host":"h","pid":12}`))
	f.Add([]byte(`{"token":"a","released":true}`))
	f.Add([]byte(`{"token":"a","lease_seconds":1e300}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, name(1)), data, 0o644); err != nil {
			t.Fatal(err)
		}
		c := New(Options{Beat: time.Hour})
		c.self.Machine = "this one"
		_, h, err := read(disk{}, dir, 1)
		if err != nil {
			return // too large
		}
		if h != nil && (h.Released || h.gone(&c.self)) {
			return
		}
		for range 2 {
			if got, err := c.Take(dir); !errors.Is(err, ErrHeld) {
				t.Fatalf("%q was taken: %v, %v", data, got, err)
			}
		}
		_ = (&HeldError{Dir: dir, Holder: h}).Error()
	})
}
