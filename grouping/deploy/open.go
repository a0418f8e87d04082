package deploy

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/grouping"
)

// Bundle is what is to be deployed: the manifest, and where its models lie.
type Bundle struct {
	Manifest Manifest
	files    map[string]string // by name in the manifest
}

// Options say which models may be deployed.
type Options struct {
	// AnyFold deploys models that were trained without a fold of the data: that of
	// the smallest seed or, where several runs left out the same part, the best of
	// those.
	AnyFold bool
	// Refit deploys the models that package refit trained on all samples.
	Refit bool
}

// Open gathers the models of the recommendation in a study's output folder. It
// fails with layout.ErrNoPlan where no study was run, with fs.ErrNotExist where it
// has no results or recommendation, and with ErrStale, ErrMissing, ErrForbidden or
// ErrFolds; every error says what to do.
func Open(folder layout.Folder, o Options) (*Bundle, error) {
	b, err := open(folder, o)
	if err != nil {
		return nil, fmt.Errorf("deploy: %w", err)
	}
	return b, nil
}

func open(folder layout.Folder, o Options) (*Bundle, error) {
	origin, err := folder.Origin(folder.Plan(), folder.Results(), folder.Groups(), folder.Provenance())
	if err != nil {
		return nil, err
	}
	plan, err := folder.ReadPlan()
	if err != nil {
		return nil, err
	}
	results, err := analysis.ReadResults(folder.Results())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w; run 'sharewise analyze %s' first", folder.Results(), fs.ErrNotExist, folder)
	}
	if err != nil {
		return nil, err
	}
	groups, err := grouping.ReadFile(folder.Groups())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w; run 'sharewise group %s' first", folder.Groups(), fs.ErrNotExist, folder)
	}
	if err != nil {
		return nil, err
	}
	g := &gatherer{folder: folder, origin: origin, plan: plan, results: results, groups: groups, o: o}
	if err := g.current(); err != nil {
		return nil, err
	}
	b, err := g.bundle()
	if err != nil {
		return nil, err
	}
	return b, origin.Confirm()
}

// gatherer has what a bundle is made from.
type gatherer struct {
	folder  layout.Folder
	origin  *layout.Origin
	plan    *study.Plan
	results *analysis.Results
	groups  *grouping.Recommendation
	o       Options
}

// file is the study file as a word of a command, for messages.
func (g *gatherer) file() string {
	if g.plan.File == "" {
		return "STUDY"
	}
	return wording.ShellWord(g.plan.File)
}

// stale is an ErrStale that says which command mends it.
func (g *gatherer) stale(command, format string, args ...any) error {
	return fmt.Errorf("%w: %s; run 'sharewise %s %s'", ErrStale, fmt.Sprintf(format, args...), command, g.folder)
}

// current reports whether results are those of the plan's runs, and the
// recommendation that of the results.
func (g *gatherer) current() error {
	var now analysis.RunCounts
	for _, r := range g.plan.Runs {
		state, _, err := g.folder.State(r)
		if err != nil {
			return err
		}
		now.Planned++
		switch state {
		case layout.StateDone:
			now.Done++
		case layout.StateDiverged:
			now.Diverged++
		default:
			now.Missing++
		}
	}
	if gone := now.Missing - g.results.Runs.Missing; gone > 0 && now.Planned == g.results.Runs.Planned {
		return fmt.Errorf("%w: %s that results.json was made from; run 'sharewise run %s -o %s'", ErrMissing, wording.Plural(gone, "run"), g.file(), g.folder)
	}
	if was := g.results.Runs; was != now || g.results.Study != g.plan.Study {
		return g.stale("analyze", "results.json was made from %d finished runs of %d, and the plan now has %d of %d", was.Done, was.Planned, now.Done, now.Planned)
	}
	planned := make([]string, len(g.plan.Domains))
	for i, d := range g.plan.Domains {
		planned[i] = d.Name
	}
	named := slices.Concat(g.groups.Names()...)
	slices.Sort(named)
	if sorted := slices.Sorted(slices.Values(planned)); g.groups.Study != g.plan.Study || !slices.Equal(sorted, named) {
		return g.stale("group", "groups.json is about other domains than the plan")
	}
	return g.sameGains()
}

// sameGains holds the gains that the recommendation rests on against the results.
func (g *gatherer) sameGains() error {
	known := map[string]float64{}
	key := func(pool []string, domain string) string {
		sorted := slices.Sorted(slices.Values(pool))
		return strings.Join(sorted, "\x00") + "\x01" + domain
	}
	for gain := range g.results.PoolGains(g.groups.Rung, g.groups.Weighting) {
		known[key(gain.Pool, gain.Domain)] = gain.Relative.Value
	}
	check := func(pool []string, m grouping.Member) error {
		now, ok := known[key(pool, m.Domain)]
		if !ok || now != m.Gain {
			return g.stale("group", "groups.json has another gain of %s in the pool of %s than results.json", m.Domain, strings.Join(pool, ", "))
		}
		return nil
	}
	for i := range g.groups.Groups {
		group := &g.groups.Groups[i]
		for _, m := range group.Members {
			if group.Source == grouping.Measured {
				if err := check(group.Names(), m); err != nil {
					return err
				}
			}
		}
	}
	for _, p := range g.groups.Pairs {
		for _, m := range []grouping.Member{p.A, p.B} {
			if err := check([]string{p.A.Domain, p.B.Domain}, m); err != nil {
				return err
			}
		}
	}
	return nil
}
