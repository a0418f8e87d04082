package grouping

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/parquet-go/parquet-go"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
)

// gain is a result's gain with limits half a width away.
func gain(arm, rung, target string, pool []string, x, half float64) analysis.Gain {
	return analysis.Gain{Key: analysis.Key{Arm: arm, Rung: rung, Weighting: "equal", Domain: target}, Pool: pool, Gain: effect.Gain{Relative: effect.Interval{Value: x, Lo: x - half, Hi: x + half}}}
}

func threeDomains() *analysis.Results {
	nan := math.NaN()
	r := &analysis.Results{
		Study: "parts", Level: 0.95, Rungs: []string{"w0.5", "w1"}, Weightings: []string{"equal", "dwa"},
		Domains: []analysis.DomainInfo{{Name: "a"}, {Name: "b"}, {Name: "c"}},
	}
	pair := func(x, y string, gx, gy, half float64) {
		pool := []string{x, y}
		arm := "pool{" + x + "," + y + "}"
		r.Gains = append(r.Gains, gain(arm, "w1", x, pool, gx, half), gain(arm, "w1", y, pool, gy, half))
	}
	pair("a", "b", 0.2, 0.1, 0.05)
	pair("a", "c", -0.15, 0.05, 0.04)
	pair("b", "c", -0.1, 0.02, 0.04)
	all := []string{"a", "b", "c"}
	r.Gains = append(r.Gains,
		gain("joint", "w1", "a", all, 0.05, 0.1),
		gain("joint", "w1", "b", all, nan, nan), // diverged
		gain("joint", "w1", "c", all, 0.02, 0.1),
		gain("pool{a,b}", "w0.5", "a", []string{"a", "b"}, 0.01, 0.1),
		gain("pool{a,b}", "w0.5", "b", []string{"a", "b"}, 0.01, nan),
	)
	return r
}

// A gain that is undefined because there is no error to reduce is told apart
// from one that is missing.
func TestFromResultsWithoutErrors(t *testing.T) {
	r := threeDomains()
	g := &r.Gains[0].Gain // of a in pool{a,b}
	g.Metric, g.Relative = "error", effect.Interval{Value: math.NaN(), Lo: math.NaN(), Hi: math.NaN()}
	_, _, warnings, err := FromResults(r, Selection{})
	if err != nil {
		t.Fatal(err)
	}
	want := "pool{a,b} was left out: models of a alone make no error, so that a gain relative to it means nothing"
	if !slices.Contains(warnings, want) {
		t.Errorf("warnings %q lack %q", warnings, want)
	}
}

// Where every pool has a domain without errors, there is nothing to gain: an
// answer, with every domain alone.
func TestNothingToGain(t *testing.T) {
	nan := math.NaN()
	pool := []string{"a", "b"}
	r := &analysis.Results{
		Study: "parts", Level: 0.95, Rungs: []string{"w1"}, Weightings: []string{"equal"},
		Domains: []analysis.DomainInfo{{Name: "a"}, {Name: "b"}},
		Gains:   []analysis.Gain{gain("joint", "w1", "a", pool, nan, nan), gain("joint", "w1", "b", pool, 0.3, 0.1)},
	}
	r.Gains[0].Metric = "error"
	got, err := RecommendResults(r, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !cmp.Equal(got.NothingToGain, []string{"a"}) {
		t.Errorf("nothing to gain with %v, want a", got.NothingToGain)
	}
	if len(got.Groups) != 2 || got.Total != 0 || got.Stability != nil || len(got.Warnings) != 1 || !strings.Contains(got.Warnings[0], "models of a alone make no error") {
		t.Errorf("recommendation %+v", got)
	}
	r.Gains[0].Metric, r.Gains[0].Absolute = "", effect.Interval{Value: nan, Lo: nan, Hi: nan}
	if _, _, _, err := FromResults(r, Selection{}); !errors.Is(err, ErrNoGains) {
		t.Errorf("a gain that is missing: %v, want ErrNoGains", err)
	}
}

func TestFromResults(t *testing.T) {
	r := threeDomains()
	p, s, warnings, err := FromResults(r, Selection{})
	if err != nil {
		t.Fatal(err)
	}
	if s != (Selection{"w1", "equal"}) {
		t.Errorf("selection %v, want the largest rung and the first weighting", s)
	}
	if len(p.Pools) != 3 || !cmp.Equal(p.Domains, []string{"a", "b", "c"}) {
		t.Errorf("problem %+v", p)
	}
	if want := []string{"joint was left out: it has no usable gain for b"}; !cmp.Equal(warnings, want) {
		t.Errorf("warnings %q, want %q", warnings, want)
	}
	if err := p.Validate(); err != nil {
		t.Error(err)
	}
	r.Gains[0].DF = 4
	if p, _, _, err := FromResults(r, Selection{}); err != nil || p.Pools[0].df(0) != 4 || p.Pools[0].df(1) != 0 {
		t.Errorf("degrees of freedom %v, %v", p.Pools[0].DF, err)
	}
	small, _, _, err := FromResults(r, Selection{Rung: "w0.5"})
	if err != nil {
		t.Fatal(err)
	}
	if got := small.Pools[0]; math.Abs(got.Lo[0]+0.09) > 1e-12 || !math.IsNaN(got.Lo[1]) {
		t.Errorf("limits %v to %v", got.Lo, got.Hi)
	}
	for _, bad := range []Selection{{Rung: "w9"}, {Weighting: "none"}} {
		if _, _, _, err := FromResults(r, bad); err == nil || !strings.Contains(err.Error(), "is not one of") {
			t.Errorf("%v: error %v", bad, err)
		}
	}
	if _, _, _, err := FromResults(r, Selection{Weighting: "dwa"}); !errors.Is(err, ErrNoGains) {
		t.Errorf("error %v, want ErrNoGains", err)
	}
}

func TestFromResultsTwice(t *testing.T) {
	r := threeDomains()
	pool := []string{"a", "b"}
	r.Gains = append(r.Gains, gain("again", "w1", "a", pool, 1, 0), gain("again", "w1", "b", pool, 1, 0))
	p, _, warnings, err := FromResults(r, Selection{})
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Pools) != 3 || len(warnings) != 2 || !strings.Contains(warnings[1], "another arm trained the same") {
		t.Errorf("%d pools, warnings %q", len(p.Pools), warnings)
	}
}

func recommend(t *testing.T, change func(*Problem)) *Recommendation {
	t.Helper()
	p, s, warnings, err := FromResults(threeDomains(), Selection{})
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(p)
	}
	r, err := Recommend(p, Context{Study: "parts", Selection: s, Warnings: warnings, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRecommend(t *testing.T) {
	r := recommend(t, nil)
	var groups [][]string
	var verdicts []Verdict
	for _, g := range r.Groups {
		groups = append(groups, g.Names())
		verdicts = append(verdicts, g.Verdict)
	}
	if d := cmp.Diff([][]string{{"a", "b"}, {"c"}}, groups); d != "" {
		t.Errorf("groups:\n%s", d)
	}
	// c's pairs harm a and b beyond doubt, so c is to be kept apart.
	if d := cmp.Diff([]Verdict{Share, Apart}, verdicts); d != "" {
		t.Errorf("verdicts:\n%s", d)
	}
	if r.Stability == nil || r.Stability.Share < 0.95 {
		t.Errorf("stability %+v, want a firm partition", r.Stability)
	}
	if len(r.Confirm) != 1 || !cmp.Equal(r.Confirm[0].Pool, []string{"a", "b", "c"}) {
		t.Errorf("confirm %+v, want the runner-up's estimated pool", r.Confirm)
	}
	names := []string{}
	for _, a := range r.Alternatives {
		names = append(names, a.Name)
	}
	if d := cmp.Diff([]string{"runner-up", "independent", "joint"}, names); d != "" {
		t.Errorf("alternatives:\n%s", d)
	}
}

func TestRecommendHarm(t *testing.T) {
	// One group only: a and c, of which a suffers, have to be pooled.
	r := recommend(t, func(p *Problem) { p.MaxGroups = 1 })
	if len(r.Groups) != 1 || r.Groups[0].Source != FromPairs {
		t.Fatalf("groups %+v", r.Groups)
	}
	if !strings.Contains(strings.Join(r.Warnings, "\n"), "was not trained") {
		t.Errorf("no warning of an estimated pool in %q", r.Warnings)
	}
	// A large value of c buys harm of b, which must be flagged.
	r = recommend(t, func(p *Problem) {
		p.Value = []float64{0, 0.1, 100}
		p.Pools = p.Pools[2:]
	})
	if got := r.Groups[len(r.Groups)-1]; !cmp.Equal(got.Names(), []string{"b", "c"}) || got.Verdict != Apart {
		t.Fatalf("groups %+v", r.Groups)
	}
	if !strings.Contains(strings.Join(r.Warnings, "\n"), "b is better off alone") {
		t.Errorf("harm of b is not flagged in %q", r.Warnings)
	}
	if !strings.Contains(strings.Join(r.Warnings, "\n"), "2 of 3 pairs were not measured") {
		t.Errorf("unmeasured pairs are not mentioned in %q", r.Warnings)
	}
}

func TestFile(t *testing.T) {
	r := recommend(t, nil)
	path := filepath.Join(t.TempDir(), FileName)
	for range 2 { // writing again replaces
		if err := r.WriteFile(path); err != nil {
			t.Fatal(err)
		}
	}
	got, err := ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(r, got, cmpopts.EquateNaNs()); d != "" {
		t.Errorf("read differs from written:\n%s", d)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("folder holds %v, %v", entries, err)
	}
	for content, want := range map[string]string{`{"version":99}`: "99", `{"version":1}`: "choose the groups again", `{`: "read", ``: "read"} {
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadFile(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v", content, err)
		}
	}
	if err := r.WriteFile(filepath.Join(path, "below", "a-file")); err == nil {
		t.Error("no error for a folder that does not exist")
	}
}

func TestTable(t *testing.T) {
	dir := t.TempDir()
	r := recommend(t, nil)
	if err := r.WriteTable(dir); err != nil {
		t.Fatal(err)
	}
	got, err := parquet.ReadFile[tableRow](filepath.Join(dir, TableFile))
	if err != nil {
		t.Fatal(err)
	}
	want := []tableRow{
		{1, "a", 0.2, 0.15, 0.25, 1, "share", "measured"},
		{1, "b", 0.1, 0.05, 0.15, 1, "share", "measured"},
		{2, "c", 0, 0, 0, 1, "keep apart", "single"},
	}
	if d := cmp.Diff(want, got, cmpopts.EquateNaNs(), cmpopts.EquateApprox(0, 1e-12)); d != "" {
		t.Error(d)
	}
}
