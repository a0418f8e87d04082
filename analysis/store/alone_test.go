package store

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sharewise/sharewise/analysis/claim"
	"github.com/sharewise/sharewise/analysis/layout"
)

// TestAlone lets two machines take the same part of a folder: the second is told who works
// there while the first lives, gets it at once when it was given back, and after a lease when
// the first was killed.
func TestAlone(t *testing.T) {
	defer func(was time.Duration) { aloneBeat = was }(aloneBeat)
	aloneBeat = 10 * time.Millisecond
	b := newMemory()
	one, two := machine(t, b), machine(t, b)
	if err := one.Alone(t.Context(), "verification", nil); err != nil {
		t.Fatal(err)
	}
	write(t, two, "verification/x.json", "1")
	waited := ""
	err := two.Alone(t.Context(), "verification", func(holder string) { waited = holder })
	if !errors.Is(err, layout.ErrInUse) || !strings.Contains(err.Error(), "s3://plants/a/b") || !strings.Contains(err.Error(), "verification") {
		t.Errorf("while it lives: %v", err)
	}
	if waited != "a/b/verification" {
		t.Errorf("waited for %q", waited)
	}
	if err := two.Alone(t.Context(), "weightings", nil); err != nil {
		t.Errorf("another part: %v", err)
	}
	if err := errors.Join(two.Leave(), one.Leave()); err != nil {
		t.Error(err)
	}
	if err := two.Alone(t.Context(), "verification", nil); err != nil {
		t.Errorf("given back: %v", err)
	}
	push(t, two)
	if err := two.Leave(); err != nil {
		t.Error(err)
	}
	if got := keys(b); got != "verification/x.json" {
		t.Errorf("stored: %s", got)
	}
	dead := claim.New(claim.Options{Beat: aloneBeat, Space: silent{one.Claims(), new(sync.Once)}})
	if _, err := dead.Take(one.path("verification")); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := two.Alone(t.Context(), "verification", nil); err != nil || time.Since(began) < 8*aloneBeat {
		t.Errorf("killed: %v after %v", err, time.Since(began))
	}
}

// TestAloneLost takes a part away from a process that stopped for longer than its lease: it
// writes nothing any more.
func TestAloneLost(t *testing.T) {
	b := newMemory()
	one := machine(t, b)
	write(t, one, "report.html", "old")
	push(t, one)
	if err := one.Alone(t.Context(), "verification", nil); err != nil {
		t.Fatal(err)
	}
	write(t, one, "report.html", "of one")
	b.write("a/b/verification/claim.2.json", []byte(`{"token":"other","host":"other","machine":"other","lease_seconds":120}`), true)
	if err := one.Push(t.Context()); !errors.Is(err, claim.ErrLost) {
		t.Errorf("%v", err)
	}
	if got := string(b.objects["a/b/report.html"]); got != "old" {
		t.Errorf("it wrote %q", got)
	}
}
