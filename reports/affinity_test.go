package reports

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/grouping/affinity"
)

// fixtureAffinity are estimates for a report: of two estimators, one of which passed its audit.
func fixtureAffinity(in *Input) *affinity.File {
	rung, weighting := in.selection()
	audit := func(name, definition string, passed bool) affinity.Report {
		r := affinity.Report{
			Method: affinity.Method{Name: name, Work: 0.25, Definition: definition}, Held: 3, Cells: 2, Spearman: effect.Interval{Value: 0.5, Lo: 0.1, Hi: 0.8},
			Signs: 0.75, UsualSign: 0.5, Regret: affinity.Regret{Best: 1, Chosen: 0.5, Share: 0.5}, Screened: affinity.Screened{Regret: affinity.Regret{Best: 1, Chosen: 1}, AtRandom: effect.NaN}, Passed: passed,
			Tested: []affinity.Tested{{Domain: "bolts", Score: -2, Gain: 0.1}, {Domain: "screws", Score: 1, Gain: -0.2}, {Domain: "apples", Score: 0, Gain: -40}},
		}
		if !passed {
			r.Why = []string{"the rank correlation is 0.50, with a lower limit of 0.10 that is not above 0.2"}
		}
		return r
	}
	f := &affinity.File{
		Study: in.Results.Study, Rung: rung, Weighting: weighting, Rule: "the rank correlation's lower 90 % limit is above 0.2, a share of at most 0.05 of the orders of the domains' names does as well, and training the better half of the held-out pools loses at most 10 % of the best grouping's total",
		Audits:   []affinity.Report{audit("merged by average", "trunk of the pool: mean of its members' trunks", false), audit("cross-evaluation", "−mean over partners i of ½(d(i→j) + d(j→i)), d(i→j) = log L(i,j) − log L(j,j)", true)},
		Proposal: &affinity.Proposed{Why: "Train these 3 of 6 pairs next, the best partners of every domain by cross-evaluation:"},
	}
	for i := range 33 {
		f.Proposal.Pools = append(f.Proposal.Pools, []string{"bolts", fmt.Sprint("screws", i)})
	}
	return f
}

// TestEstimates shows an estimator that passed before one that did not, and the
// pools that it proposes; estimates of another capacity stay away.
func TestEstimates(t *testing.T) {
	in := fixture(t)
	in.Affinity = fixtureAffinity(in)
	page := render(t, in)
	for _, want := range []string{
		`href="#estimates"`, "Cross-evaluation passed in this study: what it ranks high may be trained first", "0.50 (0.10 to 0.80)", "work of 0.25 pairs", "75 %, usual 50 %", "0 %, at random –",
		"Not passed: the rank correlation is 0.50, with a lower limit of 0.10", "<li>bolts &#43; screws29</li>", "And 3 more, which affinity.json lists", "cross-evaluation: scores of 3 members against measured gains",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Index(page, "cross-evaluation: scores of") > strings.Index(page, "merged by average: scores of") {
		t.Error("what failed is drawn before what passed")
	}
	in.Affinity.Audits = in.Affinity.Audits[:1]
	if page = render(t, in); !strings.Contains(page, "None of them passed its audit") {
		t.Error("the page does not say that none passed")
	}
	in.Affinity.Rung = "another"
	if page = render(t, in); strings.Contains(page, `id="estimates"`) {
		t.Error("estimates of another capacity are shown")
	}
}
