package benchtest

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestQuartiles(t *testing.T) {
	for _, test := range []struct {
		v    []float64
		want Quartiles
	}{
		{[]float64{3}, Quartiles{3, 3, 3}},
		{[]float64{4, 1}, Quartiles{1.75, 2.5, 3.25}},
		{[]float64{5, 1, 3, 2, 4}, Quartiles{2, 3, 4}},
		{[]float64{9, 1, 2, 4}, Quartiles{1.75, 3, 5.25}},
	} {
		if got := QuartilesOf(test.v); got != test.want {
			t.Errorf("quartiles of %v are %v, want %v", test.v, got, test.want)
		}
	}
	if got := QuartilesOf(nil).Median; !math.IsNaN(got) {
		t.Errorf("the median of nothing is %v", got)
	}
}

// TestField reads files of /proc as Linux writes them.
func TestField(t *testing.T) {
	cpu := []byte("processor\t: 0\nmodel name\t: Some CPU: fast\nflags\t\t: fpu avx2\n\n")
	if got := field(cpu, "model name"); got != "Some CPU: fast" {
		t.Errorf("%q", got)
	}
	if got := field(cpu, "bogomips"); got != "" {
		t.Errorf("%q", got)
	}
}

// TestTurns: the slower alternative reads slower, in every round, and takes turns
// at beginning.
func TestTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // where nothing but sleep takes time
		var order []string
		call := func(name string, sleep time.Duration) func() {
			return func() {
				time.Sleep(sleep)
				if n := len(order); n == 0 || order[n-1] != name {
					order = append(order, name)
				}
			}
		}
		s := Turns(2, 4*time.Millisecond, call("fast", time.Millisecond), call("slow", 3*time.Millisecond))
		if got := Ratios(s[1], s[0]); !slices.Equal(got, []float64{3, 3}) {
			t.Errorf("the slow one took %v of the fast one's time", got)
		}
		// The unmeasured calls, then fast first, then slow first.
		if got := strings.Join(order, " "); got != "fast slow fast slow fast" {
			t.Errorf("the order was %s", got)
		}
	})
}

// TestTable marks rows during which others worked, and says what the mark means.
func TestTable(t *testing.T) {
	table := Begin()
	for _, n := range []Noise{{}, {Steal: 1}} {
		table.watch = func() Noise { return n }
		table.Row(fmt.Sprint("steal ", n.Steal), "1")
	}
	got := table.Markdown("# Title\n", "do it", []string{"a", "b"})
	for _, want := range []string{"# Title\n\nMade by `do it` on ", "\n\n| a | b |\n|---|---|\n| steal 0 | 1 |\n| steal 1 \\* | 1 |\n\n\\* Disturbed"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q lacks %q", got, want)
		}
	}
}
