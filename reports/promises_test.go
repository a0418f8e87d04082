package reports

import (
	"bytes"
	"html"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/verification"
)

// fixturePromises is a history of two verifications.
func fixturePromises() *verification.History {
	comparison := func(promised, delivered float64, v verification.Verdict) verification.Comparison {
		around := func(x float64) grouping.Shrunk { return grouping.Shrunk{Gain: x, Lo: x - 0.05, Hi: x + 0.05} }
		return verification.Comparison{Promised: around(promised), Delivered: around(delivered), Difference: around(delivered - promised), Noticeable: 0.07, Margin: 0.04, Verdict: v}
	}
	record := verification.Record{
		ID: "1", Seeds: []int{6, 7, 8}, Test: "test data of audit", Fresh: true, Total: comparison(0.3, 0.1, verification.Unclear), Verdict: verification.Unclear,
		Groups: []verification.Group{{Total: comparison(0.3, 0.1, verification.Unclear), Members: []verification.Member{
			{Domain: "north", Comparison: comparison(0.1, 0.12, verification.Held)}, {Domain: "south", Comparison: comparison(0.2, -0.02, verification.Broken)},
		}}},
	}
	old := record
	old.ID, old.Fresh, old.Test, old.Warnings = "0", false, "the test samples that the choice rests on", []string{"1 fresh runs diverged and are left out."}
	return &verification.History{Records: []verification.Record{old, record}}
}

func TestPromisesSection(t *testing.T) {
	in := fixture(t)
	in.Promises = fixturePromises()
	var page bytes.Buffer
	if err := HTML(&page, in); err != nil {
		t.Fatal(err)
	}
	text := html.UnescapeString(page.String())
	for _, want := range []string{
		`<a href="#promises">`, "The promise of sharing north and south is not decided: it may have been held or broken; +30% was promised in all, +10% was delivered. What was delivered is surely a gain all the same. It was broken to south.",
		"fresh seeds (6, 7 and 8) and tested on test data of audit. Held means that surely no more than 4.0% is missing in all, which does not matter; a shortfall of less than 7.0% would not have been called broken. Up to 25% may be missing:",
		"Earlier verifications", "Seeds alone are fresh", "1 fresh runs diverged and are left out.",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if latest, earlier := strings.Index(text, "test data of audit"), strings.Index(text, "Earlier verifications"); latest > earlier {
		t.Error("the latest verification does not come first")
	}
}
