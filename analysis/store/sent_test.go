package store

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// patience sets how often what did not arrive is sent, without pauses.
func patience(t *testing.T, tries int) {
	t.Helper()
	was, pause := putTries, putPause
	t.Cleanup(func() { putTries, putPause = was, pause })
	putTries, putPause = tries, time.Microsecond
}

// TestLostWrites lets writes that were answered well get lost or arrive in part, of new objects
// and of those that replace others: they are sent again, and where the store stays like that
// it is told, and nothing is taken for sent.
func TestLostWrites(t *testing.T) {
	patience(t, 3)
	for _, how := range []string{"swallowed", "short", "lost", "answer"} {
		for _, name := range []string{"report.html", "runs/r/losses.parquet", "runs/r/done.json"} {
			for times := 1; times <= 3; times++ {
				if how == "answer" && times == 3 && name == "runs/r/done.json" {
					continue // the first of them created it
				}
				t.Run(fmt.Sprintf("%s/%s/%d", how, name, times), func(t *testing.T) { lostWrite(t, how, name, times) })
			}
		}
	}
}

func lostWrite(t *testing.T, how, name string, times int) {
	b := newMemory()
	one, two := machine(t, b), machine(t, b)
	write(t, one, "report.html", "page")
	push(t, one)
	write(t, one, "report.html", "egap") // as long as the one before
	trained(t, one, "r", "loss", "h", 1)
	left := times
	b.fault = func(_, key string) string {
		if strings.HasSuffix(key, name) && left > 0 {
			left--
			return how
		}
		return ""
	}
	err := one.Push(t.Context())
	switch stays := how == "short" && (times == putTries || name == "runs/r/done.json"); {
	case stays && err == nil:
		t.Fatal("half of it is taken for all")
	case stays: // a store that writes half of what it takes is for people to look at
		return
	case times < putTries && err != nil:
		t.Fatal(err)
	case times == putTries && (!errors.Is(err, ErrUnreachable) || !strings.Contains(err.Error(), "tried 3 times")):
		t.Fatalf("%v; want that it was tried", err)
	}
	push(t, one)
	pull(t, two, everything)
	for name, want := range map[string]string{"report.html": "egap", "runs/r/losses.parquet": "loss", "runs/r/done.json": one.text("runs/r/done.json")} {
		if got := two.text(name); got != want {
			t.Errorf("%s elsewhere is %q, not %q", name, got, want)
		}
	}
}
