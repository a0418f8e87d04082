package study

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sharewise/sharewise/analysis/augment"
)

// planOf plans a study of n domains a, b, c, ... with equal sizes after an
// edit of its text.
func planOf(t testing.TB, domains int, more string, edit func(sizes []DomainSize)) *Plan {
	t.Helper()
	return planSized(t, domains, more, edit, ModelSize{FLOPs: 1000, Params: 500})
}

// planSized is planOf with models of a size.
func planSized(t testing.TB, domains int, more string, edit func(sizes []DomainSize), size ModelSize) *Plan {
	t.Helper()
	text := "version: 1\nname: plants\ndefaults: {columns: {label: y}}\ndomains:\n"
	var sizes []DomainSize
	for i := range domains {
		name := string(rune('a' + i))
		text += "  - {name: " + name + ", data: x.csv}\n"
		sizes = append(sizes, DomainSize{Name: name, Task: Classification, Outputs: 3, Train: 640, Val: 64, Test: 100, SHA256: "data of " + name})
	}
	if edit != nil {
		edit(sizes)
	}
	s := mustParse(t, text+more)
	models := map[string]ModelSize{}
	for _, r := range s.Model.Rungs {
		size.SHA256 = "model of " + r.Name
		models[r.Name] = size
	}
	p, err := s.Plan(sizes, models)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func ids(p *Plan) []string {
	var out []string
	for _, r := range p.Runs {
		out = append(out, r.ID)
	}
	return out
}

func TestPlanRuns(t *testing.T) {
	for _, c := range []struct {
		name    string
		domains int
		more    string
		arms    []string
		runs    int
	}{
		{"pair of two is joint", 2, "seeds: 3\n", []string{"independent", "joint"}, 2*3 + 3},
		{"three", 3, "seeds: 3\n", []string{"independent", "joint", "pool{a,b}", "pool{a,c}", "pool{b,c}"}, 3*3 + 4*3},
		{"rungs and weightings", 3, "seeds: 2\nmodel: {widths: [0.5, 1]}\nweightings: [equal, dwa]\n",
			[]string{"independent", "joint", "pool{a,b}", "pool{a,c}", "pool{b,c}"}, 3*2*2 + 4*2*2*2},
		{"pools in the study's order, none twice", 4, "seeds: 1\narms: {joint: false, pools: [[c, a], [d, a, c], [a, b, c, d]]}\n",
			[]string{"independent", "pool{a,b}", "pool{a,c}", "pool{a,d}", "pool{b,c}", "pool{b,d}", "pool{c,d}", "pool{a,c,d}", "joint"}, 4 + 8},
	} {
		p := planOf(t, c.domains, c.more, nil)
		if got := p.Arms(); !cmp.Equal(got, c.arms) {
			t.Errorf("%s: arms %v, want %v", c.name, got, c.arms)
		}
		if len(p.Runs) != c.runs {
			t.Errorf("%s: %d runs, want %d", c.name, len(p.Runs), c.runs)
		}
		all := ids(p)
		slices.Sort(all)
		if len(slices.Compact(all)) != c.runs {
			t.Errorf("%s: identities repeat", c.name)
		}
	}
}

// TestPlanIdentity pins one identity: a change of it makes every finished run
// of every user be trained again.
// TestAlone plans one run, whatever arms and seeds the study asks for.
func TestAlone(t *testing.T) {
	s := mustParse(t, "version: 1\nname: plant\nseeds: 7\ndomains: [{name: a, data: x.csv, columns: {label: y}}]\ntraining: {epochs: 3, batch: 64}\n")
	size := DomainSize{Name: "a", Task: Classification, Outputs: 3, Train: 640, Test: 100}
	p, err := s.Alone(size, ModelSize{SHA256: "model"})
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Runs) != 1 || p.Runs[0].Arm != Independent || p.Runs[0].Steps != 30 || p.Runs[0].Hash == "" || s.Seeds != 7 {
		t.Errorf("planned %+v", p.Runs)
	}
	if _, err := s.Plan([]DomainSize{size}, map[string]ModelSize{"w1": {}}); err == nil || !strings.Contains(err.Error(), "nothing to compare") {
		t.Errorf("a study of one domain: %v", err)
	}
	two := mustParse(t, "version: 1\nname: plant\ndefaults: {columns: {label: y}}\ndomains: [{name: a, data: x.csv}, {name: b, data: x.csv}]\n")
	if _, err := two.Alone(size, ModelSize{}); err == nil || !strings.Contains(err.Error(), "2 domains and 1 models") {
		t.Errorf("two domains: %v", err)
	}
}

func TestPlanIdentity(t *testing.T) {
	p := planOf(t, 3, "seeds: 3\nweightings: [dwa]\n", nil)
	want := "pool-a+b_w1_dwa_s3_720d750239"
	r, err := p.Run("pool-a+b_w1_dwa_s3")
	if err != nil || r.ID != want {
		t.Errorf("identity is %v (%v), want %s", r, err, want)
	}
	if len(r.Hash) != 64 || r.Weighting.Name != "dwa" || r.Rows[0] != 64 || r.Steps != 20*10 {
		t.Errorf("run is %+v", r)
	}
	if _, err := p.Run("pool-a"); err == nil {
		t.Error("an ambiguous beginning names a run")
	}
	if alone, err := p.Run("independent-c_w1_s1"); err != nil || alone.Weighting.Name != "" {
		t.Errorf("independent run %+v, %v", alone, err)
	}
}

// TestReuse states which runs keep their identity after an edit.
// What a domain is measured by does not change its runs.
func TestMeasureKeepsRuns(t *testing.T) {
	plan := func(measure string) *Plan {
		s := mustParse(t, strings.Replace(minimal, "name: usps", "name: usps\n    task: {measure: "+measure+"}", 1))
		sizes := []DomainSize{{Name: "mnist", Task: Classification, Train: 64, Test: 10}, {Name: "usps", Task: Classification, Train: 64, Test: 10}}
		p, err := s.Plan(sizes, map[string]ModelSize{"w1": {}})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	byError, byLoss := plan("error"), plan("loss")
	if d := cmp.Diff(ids(byError), ids(byLoss)); d != "" {
		t.Error(d)
	}
	if byError.Domains[0].Measure != "" || byError.Domains[1].Measure != "error" || byLoss.Domains[1].Measure != "loss" {
		t.Errorf("measures %q, %q, %q", byError.Domains[0].Measure, byError.Domains[1].Measure, byLoss.Domains[1].Measure)
	}
}

func TestAugmentation(t *testing.T) {
	s := mustParse(t, strings.Replace(minimal, "name: usps", "name: usps\n    augment: {crop: 2}", 1)+"training: {augment: {flip: true, noise: 0.1}}\n")
	if got, want := s.Augmentation("mnist"), (augment.Settings{Flip: true, Noise: 0.1}); got != want {
		t.Errorf("mnist has %+v", got)
	}
	if got, want := s.Augmentation("usps"), (augment.Settings{Crop: 2}); got != want {
		t.Errorf("usps has %+v", got)
	}
}

func TestReuse(t *testing.T) {
	const base = "seeds: 3\n"
	before := planOf(t, 3, base, nil)
	for _, c := range []struct {
		name    string
		domains int
		more    string
		edit    func([]DomainSize)
		kept    func(Run) bool
	}{
		{"title, analysis and grouping", 3, base + "title: Other\nanalysis: {level: 0.9}\ngrouping: {max_groups: 2}\ntraining: {checkpoint_every: 5}\n", nil,
			func(Run) bool { return true }},
		{"settings of the other optimizer", 3, base + "training: {optimizer: {momentum: 0.5}}\n", nil, func(Run) bool { return true }},
		{"another optimizer with the same settings", 3, base + "training: {optimizer: adam}\n", nil, func(Run) bool { return false }},
		{"augmentation", 3, base + "training: {augment: {noise: 0.1}}\n", nil, func(Run) bool { return false }},
		{"augmentation by nothing", 3, base + "training: {augment: {noise: 0, edge: wrap}}\n", nil, func(Run) bool { return true }},
		{"frozen parameters", 3, base + "model: {freeze: ['*']}\n", nil, func(Run) bool { return false }},
		{"more seeds", 3, "seeds: 4\n", nil, func(Run) bool { return true }},
		{"another domain of the mean size", 4, base, nil, func(r Run) bool { return r.Arm != Joint }},
		{"a weighting more", 3, base + "weightings: [equal, dwa]\n", nil, func(Run) bool { return true }},
		{"another weighting", 3, base + "weightings: [dwa]\n", nil, func(r Run) bool { return r.Arm == Independent }},
		{"data of b", 3, base, func(s []DomainSize) { s[1].SHA256 = "new" }, func(r Run) bool { return !slices.Contains(r.Domains, "b") }},
		{"threads", 3, base + "training: {threads: 2}\n", nil, func(Run) bool { return false }},
		{"epochs", 3, base + "training: {epochs: 21}\n", nil, func(Run) bool { return false }},
		{"gradient conflict, of shared models only", 3, base + "training: {conflict: true}\n", nil, func(r Run) bool { return r.Arm == Independent }},
		{"study seed", 3, base + "seed: 2\n", nil, func(Run) bool { return false }},
		{"a size that moves the rows", 3, base, func(s []DomainSize) { s[2].Train = 6400 }, func(Run) bool { return false }},
	} {
		after := ids(planOf(t, c.domains, c.more, c.edit))
		for _, r := range before.Runs {
			if got := slices.Contains(after, r.ID); got != c.kept(r.Run) {
				t.Errorf("%s: %s kept: %v, want %v", c.name, r.ID, got, !got)
			}
		}
	}
}

// TestPairedStreams gives runs of one seed the same streams in every arm and
// under every weighting, and others to every other seed, rung, purpose and layer.
func TestPairedStreams(t *testing.T) {
	p := planOf(t, 4, "seeds: 3\nmodel: {widths: [0.5, 1]}\nweightings: [equal, dwa]\narms: {pools: [[a, b, c]]}\n", nil)
	if p.Randomness != Paired {
		t.Fatalf("randomness is %q", p.Randomness)
	}
	type key struct {
		rung    string
		seed    int
		stream  string
		outcome uint64
	}
	keys, outcomes := map[key]bool{}, map[uint64]bool{}
	for _, r := range p.Runs {
		for _, of := range []string{"w", "head/a/weight"} {
			s := r.Stream("init", of)
			keys[key{r.Rung.Name, r.Seed, "init " + of, s}], outcomes[s] = true, true
		}
		for _, d := range r.Domains {
			for _, purpose := range []string{"order", "augment"} {
				s := r.Stream(purpose, d)
				keys[key{r.Rung.Name, r.Seed, purpose + " " + d, s}], outcomes[s] = true, true
			}
		}
	}
	// Two rungs, three seeds, two parameters and two purposes of four domains.
	if want := 2 * 3 * (2 + 2*4); len(keys) != want || len(outcomes) != want {
		t.Errorf("%d streams of %d settings, want %d: one for each rung, seed, purpose and layer or domain", len(outcomes), len(keys), want)
	}
	if got := (Run{Arm: Joint, Domains: []string{"a"}, Seed: 1, StudySeed: 7}).Stream("init", "w"); got != 0x96ac4c84f7f3d7e8 {
		t.Errorf("a seed is %#x: every result changes", got)
	}
}

// TestIndependentSeeds plans more runs of independent models than of shared ones.
func TestIndependentSeeds(t *testing.T) {
	p := planOf(t, 3, "seeds: {independent: 4, pools: 2}\n", nil)
	most := map[string]int{}
	for _, r := range p.Runs {
		most[r.Arm] = max(most[r.Arm], r.Seed)
	}
	if most[Independent] != 4 || most[Joint] != 2 || most["pool{a,b}"] != 2 || p.Seeds != 2 || p.IndependentSeeds != 4 {
		t.Errorf("seeds %v; %d and %d", most, p.Seeds, p.IndependentSeeds)
	}
	// The first seeds are those of a study with as many of all.
	all := ids(planOf(t, 3, "seeds: 4\n", nil))
	for _, r := range p.Runs {
		if !slices.Contains(all, r.ID) {
			t.Errorf("%s is another run", r.ID)
		}
	}
	for _, c := range []struct {
		text   string
		advice bool
	}{{"seeds: 3\n", false}, {"seeds: 3\nrandomness: separate\n", true}, {"seeds: {pools: 3, independent: 6}\nrandomness: separate\n", false}} {
		told := slices.ContainsFunc(planOf(t, 5, c.text, nil).Warnings, func(w string) bool { return strings.Contains(w, "seeds.independent: 6") })
		if told != c.advice {
			t.Errorf("%q: advice given: %v", c.text, told)
		}
	}
}

// TestSeparateStreams gives no two runs a stream in common.
func TestSeparateStreams(t *testing.T) {
	const text = "seeds: 3\nmodel: {widths: [0.5, 1]}\nweightings: [equal, dwa]\narms: {pools: [[a, b, c]]}\n"
	p := planOf(t, 4, text+"randomness: separate\n", nil)
	paired := ids(planOf(t, 4, text, nil))
	seen := map[uint64]string{}
	for _, r := range p.Runs {
		if slices.Contains(paired, r.ID) {
			t.Errorf("%s has the identity of a run with other streams", r.ID)
		}
		for _, purpose := range []string{"init", "order"} {
			s := r.Stream(purpose, "a")
			if other, ok := seen[s]; ok {
				t.Errorf("%s %s shares its stream with %s", r.ID, purpose, other)
			}
			seen[s] = r.ID + " " + purpose
		}
	}
	a := Run{Arm: "pool{a,b}", Domains: []string{"a", "b"}, Seed: 1, Randomness: Separate}
	b := Run{Arm: "pool{a,b}", Domains: []string{"a,b"}, Seed: 1, Randomness: Separate}
	if a.Stream("x", "") == b.Stream("x", "") {
		t.Error("names run together")
	}
}

// TestReadOldPlan reads the plan of an earlier version, whose runs had nothing in
// common.
func TestReadOldPlan(t *testing.T) {
	p, err := ReadPlan([]byte(`{"version": 1, "study": "old", "seeds": 3}`))
	if err != nil || p.Randomness != Separate {
		t.Errorf("%+v, %v", p, err)
	}
	if _, err := ReadPlan([]byte(`{"version": 3}`)); err == nil {
		t.Error("a plan of a later version was read")
	}
}

func TestAllocate(t *testing.T) {
	for _, c := range []struct {
		sampling string
		train    []int
		rows     []int
		steps    int
	}{
		{Proportional, []int{1000, 1000}, []int{64, 64}, 16},
		{Proportional, []int{3000, 1000}, []int{96, 32}, 32},
		{Balanced, []int{3000, 1000}, []int{64, 64}, 32},
		{Temperature, []int{9000, 1000}, []int{96, 32}, 79}, // shares 3 to 1
		{Proportional, []int{100000, 10}, []int{128, 1}, 776},
		{Balanced, []int{5, 5, 5}, []int{64, 64, 64}, 1},
	} {
		a := Allocate(Training{Batch: 64, Sampling: c.sampling, Temperature: 2}, c.train)
		if !slices.Equal(a.Rows, c.rows) || a.Steps != c.steps {
			t.Errorf("%s of %v: rows %v in %d steps, want %v in %d", c.sampling, c.train, a.Rows, a.Steps, c.rows, c.steps)
		}
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		train := make([]int, 2+rng.IntN(6))
		sum := 0
		for i := range train {
			train[i] = 1 + rng.IntN(5000)
			sum += train[i]
		}
		a := Allocate(Training{Batch: 1 + rng.IntN(100), Sampling: Proportional}, train)
		rows := 0
		for i, r := range a.Rows {
			if r < 1 {
				t.Fatalf("%v: no row of domain %d", train, i)
			}
			rows += r
			if want := float64(r*a.Steps) / float64(train[i]); math.Abs(a.Passes[i]-want) > 1e-12 {
				t.Fatalf("%v: passes %v", train, a.Passes)
			}
		}
		if rows*a.Steps < sum || rows*(a.Steps-1) >= sum {
			t.Fatalf("%v: %d steps of %d rows are not one pass over %d samples", train, a.Steps, rows, sum)
		}
	}
}

func TestPlanCost(t *testing.T) {
	p := planOf(t, 2, "seeds: 1\ntraining: {epochs: 2}\n", nil)
	r, err := p.Run("independent-a")
	if err != nil {
		t.Fatal(err)
	}
	// 10 steps of 64 rows in 2 epochs; 64 validation samples each epoch, 100
	// test samples once.
	want := Cost{TrainSamples: 1280, EvalSamples: 228, FLOPs: 1000 * (3*1280 + 228)}
	if want.Bytes = r.Bytes; r.Cost != want || r.Bytes < 2000 {
		t.Errorf("cost %+v, want %+v", r.Cost, want)
	}
	var sum Cost
	for _, r := range p.Runs {
		sum.add(r.Cost)
	}
	if p.Total != sum {
		t.Errorf("total %+v, want %+v", p.Total, sum)
	}
}

func TestPlanRefusals(t *testing.T) {
	s := mustParse(t, minimal)
	sizes := []DomainSize{{Name: "mnist", Train: 1, Test: 1}, {Name: "usps", Train: 0, Test: 1}}
	models := map[string]ModelSize{"w1": {}}
	if _, err := s.Plan(sizes, models); err == nil || !strings.Contains(err.Error(), "domain usps has 0 training") {
		t.Errorf("no training data: %v", err)
	}
	sizes[1].Train = 1
	if _, err := s.Plan(sizes, nil); err == nil || !strings.Contains(err.Error(), "no model for rung w1") {
		t.Errorf("no model: %v", err)
	}
	if _, err := s.Plan(sizes[:1], models); err == nil {
		t.Error("sizes of one domain only")
	}
}

func TestPlanRoundTrip(t *testing.T) {
	p := planOf(t, 3, "weightings: [{name: static, weights: {a: 1, b: 2, c: 3}}]\n", nil)
	data, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	q, err := ReadPlan(data)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p, q, cmp.AllowUnexported(Plan{})); diff != "" {
		t.Error(diff)
	}
	// A pool takes along the weights of its domains and no others.
	for _, r := range p.Runs {
		if r.Arm == "pool{a,c}" && !cmp.Equal(r.Weighting.Weights, map[string]float64{"a": 1, "c": 3}) {
			t.Errorf("weights %v", r.Weighting.Weights)
		}
	}
}

func TestLongNames(t *testing.T) {
	var domains []string
	for i := range 20 {
		domains = append(domains, fmt.Sprintf("a-rather-long-name-%d", i))
	}
	r := Run{Arm: PoolName(domains), Domains: domains, Rung: Rung{Name: "w1"}, Weighting: Weighting{Name: "equal"}, Seed: 12}
	if s := r.slug(); len(s) > 100 || !strings.HasSuffix(s, "s12") {
		t.Errorf("slug of %d bytes: %s", len(s), s)
	}
}

func ExampleStudy_Plan() {
	s, err := ParseBytes([]byte(minimal+"seeds: 1\n"), "study.yaml", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := s.Plan([]DomainSize{
		{Name: "mnist", Task: Classification, Outputs: 10, Train: 60000, Test: 10000},
		{Name: "usps", Task: Classification, Outputs: 10, Train: 7291, Test: 2007},
	}, map[string]ModelSize{"w1": {SHA256: "of the model", FLOPs: 1e6, Params: 1e5}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range p.Domains {
		fmt.Printf("%s: %d rows of each of %d minibatches, %.2f passes\n", d.Name, d.Rows, p.StepsPerEpoch, d.Passes)
	}
	for _, r := range p.Runs {
		fmt.Println(r.Arm, r.Domains, r.Rung.Name, r.Seed)
	}
	// Output:
	// mnist: 114 rows of each of 526 minibatches, 1.00 passes
	// usps: 14 rows of each of 526 minibatches, 1.01 passes
	// independent [mnist] w1 1
	// independent [usps] w1 1
	// joint [mnist usps] w1 1
}

// TestDoubts tells what holds for many domains once.
func TestDoubts(t *testing.T) {
	edit := func(sizes []DomainSize) {
		for i := range sizes {
			sizes[i].Test = 20 + i
		}
		sizes[0].Train = 1 << 20
	}
	for domains, want := range map[int][]string{
		3: {"domain a has 20 test samples", "domain b has 21 test samples", "domain c has 22 test samples"},
		6: {"an epoch goes between", "6 domains have fewer than 30 test samples, a the fewest, 20"},
	} {
		got := planOf(t, domains, "seeds: 3\ntraining: {sampling: balanced}\n", edit).Warnings
		for _, w := range want {
			if n := slices.IndexFunc(got, func(g string) bool { return strings.HasPrefix(g, w) }); n < 0 {
				t.Errorf("%d domains: %q lacks %q", domains, got, w)
			}
		}
		if domains == 6 && len(got) != 2 {
			t.Errorf("%d warnings: %q", len(got), got)
		}
	}
}

// Pairs are trained by default up to sixteen domains, and a large plan of pairs
// says so before all else.
func TestPairsByDefault(t *testing.T) {
	for _, c := range []struct {
		domains int
		more    string
		runs    int
		first   string // of the first warning
	}{
		{16, "", 16*5 + (1+120)*5, "the pairs of 16 domains are 600 of the 685 runs and "},
		{16, "seeds: 3\n", 16*3 + (1+120)*3, ""},
		{17, "", 17*5 + 5, "no pairs and no pools are planned: the joint model can be judged, groups cannot be chosen; list sets of domains that you think alike under arms.pools, or set arms.pairs to true, which adds 680 runs"},
		{17, "arms: {pools: [[a, b, c]]}\n", 17*5 + 10, "pairs are not trained by default with more than 16 domains; groups are chosen from arms.pools; arms.pairs: true adds 680 runs"},
		{17, "arms: {pairs: true}\n", 17*5 + (1+136)*5, "the pairs of 17 domains are 680 of the 770 runs and 89 % of the work; with arms.pairs: false 90 runs and 11 % of the work are left"},
		{17, "arms: {pairs: false, pools: [[a, b, c]]}\n", 17*5 + 10, ""},
	} {
		p := planOf(t, c.domains, c.more, nil)
		if len(p.Runs) != c.runs {
			t.Errorf("%d domains, %q: %d runs, want %d", c.domains, c.more, len(p.Runs), c.runs)
		}
		first := ""
		if len(p.Warnings) > 0 {
			first = p.Warnings[0]
		}
		if !strings.HasPrefix(first, c.first) || c.first == "" && first != "" {
			t.Errorf("%d domains, %q: first warning %q, want one that begins %q", c.domains, c.more, first, c.first)
		}
	}
}

// TestManyDomains plans as many domains as there may be, and one more.
func TestManyDomains(t *testing.T) {
	list := func(n int) string {
		var b strings.Builder
		b.WriteString("version: 1\nname: plants\ndefaults: {columns: {label: y}}\ndomains:\n")
		for i := range n {
			fmt.Fprintf(&b, "  - {name: d%d, data: x%d.csv}\n", i, i)
		}
		return b.String()
	}
	s := mustParse(t, list(MaxDomains))
	arms, refused, err := s.arms()
	if runs := s.runs(arms); len(runs) != (MaxDomains+1)*5 || len(refused) > 0 || err != nil {
		t.Errorf("%d runs, %v refused, %v", len(runs), refused, err)
	}
	if _, err := ParseBytes([]byte(list(MaxDomains+1)), "study.yaml", ""); err == nil || !strings.Contains(err.Error(), "where 1 to 512 must stand") {
		t.Errorf("%d domains: error %v", MaxDomains+1, err)
	}
}

// TestScreening proposes to screen many domains, and says what it takes; not of few,
// nor where sets are listed.
func TestScreening(t *testing.T) {
	many := func(n int, more string, outputs ...int) []string {
		text := "version: 1\nname: s\nseeds: 3\ndefaults: {data: x.csv, columns: {label: y}}\n" + more + "domains:\n"
		var sizes []DomainSize
		for i := range n {
			name := fmt.Sprintf("d%d", i)
			text += "  - name: " + name + "\n"
			sizes = append(sizes, DomainSize{Name: name, Task: Classification, Outputs: 2, Train: 640, Test: 100})
		}
		for i, k := range outputs {
			sizes[i].Outputs = k
		}
		s := mustParse(t, text)
		p, err := s.Plan(sizes, map[string]ModelSize{"w1": {SHA256: "m", FLOPs: 1000, Params: 500}})
		if err != nil {
			t.Fatal(err)
		}
		return slices.DeleteFunc(p.Warnings, func(w string) bool { return !strings.Contains(w, "screening") })
	}
	got := many(64, "")
	if len(got) != 1 || !strings.HasPrefix(got[0], "all 2016 pairs of 64 domains take 6048 runs; screening by cross-evaluation takes 651: 192 independent ones and 153 pairs.") {
		t.Errorf("64 domains: %q", got)
	}
	if got := many(139, "arms: {pairs: false}\n"); len(got) != 1 || !strings.Contains(got[0], "all 9591 pairs of 139 domains take 28773 runs; screening by cross-evaluation takes 1416: 417 independent ones and 333 pairs") {
		t.Errorf("139 domains: %q", got)
	}
	if got := many(64, "", 3); len(got) != 1 || !strings.Contains(got[0], "screening by the gradients of the joint model takes 654: 192 independent ones, 3 joint ones and 153 pairs") {
		t.Errorf("64 domains, one of which has other classes: %q", got)
	}
	if got := many(16, ""); len(got) > 0 {
		t.Errorf("16 domains: %q", got)
	}
	if got := many(64, "arms: {pools: [[d0, d1]]}\n"); len(got) > 0 {
		t.Errorf("with sets listed: %q", got)
	}
}
