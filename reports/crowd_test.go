package reports

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/grouping"
)

// checkManyDomains checks that the page of 139 domains has no matrix, but what
// every pool brings or the pairs that gain and lose most.
func checkManyDomains(t *testing.T, in *Input, pools bool) {
	t.Helper()
	if newMatrix(in) != nil {
		t.Error("a matrix of 139 domains is drawn")
	}
	c := newCrowd(in)
	if pools {
		if len(c.Pools) != 18 || c.Pairs != 0 || c.Pools[0].Median != "+4.0%" || c.Pools[17].Label.String() != "all together" || c.Pools[17].Domains != 139 {
			t.Errorf("pools %+v, %d pairs", c.Pools, c.Pairs)
		}
	} else {
		// 28 pairs of each of 17 blocks, each gain told of both members.
		if c.Pairs != 17*28*2 || len(c.Gaining) != 15 || len(c.Losing) != 15 || c.Gaining[0].Value != "+3.0%" || c.Losing[0].Value != minus+"3.0%" {
			t.Errorf("%d pairs, gaining %+v, losing %+v", c.Pairs, c.Gaining, c.Losing)
		}
	}
	if cards := newOutcome(in).Cards; len(cards) > 60 {
		t.Errorf("%d cards", len(cards))
	}
	var page bytes.Buffer
	if err := HTML(&page, in); err != nil {
		t.Fatal(err)
	}
	if page.Len() > 300_000 {
		t.Errorf("the page has %d bytes", page.Len())
	}
	for _, want := range []string{"too many domains for a matrix", "A model each for"} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

// TestLargeCard names the first domains of a large pool and counts the others.
func TestLargeCard(t *testing.T) {
	for _, c := range []struct{ members, names, more int }{{2, 2, 0}, {12, 12, 0}, {13, 13, 0}, {14, 12, 2}, {139, 12, 127}} {
		g := &grouping.Group{Members: make([]grouping.Member, c.members)}
		for i := range g.Members {
			g.Members[i].Domain = fmt.Sprint("d", i)
		}
		if got := card(g, false); len(got.Names) != c.names || got.More != c.more {
			t.Errorf("of %d: %d names and %d more", c.members, len(got.Names), got.More)
		}
	}
}

// TestSizeOfManyDomains keeps the page of 64 domains with all their pairs, learning
// curves and pictures small enough to be sent around.
func TestSizeOfManyDomains(t *testing.T) {
	var names []string
	for i := range 64 {
		names = append(names, fmt.Sprintf("plant-%02d", i))
	}
	in := mixedFixture(t, names, []string{"w0.5", "w1"})
	for _, arm := range []string{"independent", "joint"} {
		for k, n := range names {
			for epoch := 1; epoch <= 20; epoch++ {
				for seed := range int64(3) {
					loss := 1/float64(epoch) + 0.01*float64(k) + 0.001*float64(seed)
					in.History = append(in.History, HistoryRow{Arm: arm, Rung: "w1", Weighting: "equal", Seed: seed + 1, Epoch: epoch, Domain: n, Split: "val", Loss: loss, Weight: 1})
				}
			}
		}
	}
	const most = 2 << 20
	if text := render(t, in); len(text) > most {
		t.Errorf("the page has %d bytes, more than %d", len(text), most)
		for _, part := range strings.Split(text, "<section ")[1:] {
			t.Logf("%7d bytes: %.40s", len(part), part)
		}
	} else {
		t.Logf("%d bytes", len(text))
		if !strings.Contains(text, "plant-63") || !strings.Contains(text, `id="map"`) {
			t.Error("domains or the map are missing")
		}
	}
}
