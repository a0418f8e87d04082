package study

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/onnxio/kernels"
)

// checker looks for what each key allows on its own and all of them together
// do not.
type checker struct {
	*findings
	study *Study
}

func (c *checker) warnf(format string, args ...any) {
	c.study.Warnings = append(c.study.Warnings, fmt.Sprintf(format, args...))
}

func (c *checker) check() {
	s := c.study
	if !nameForm.MatchString(s.Name) {
		c.errorf("name", "%q: %s", s.Name, nameRule)
	}
	switch s.Seeds {
	case 1:
		c.warnf("seeds is 1: no effect can be told from chance; 3 are the least for intervals, 6 for a test of no effect at 5 %%")
	case 2:
		c.warnf("seeds is 2: results hold for these trainings only; 3 are the least for intervals, 6 for a test of no effect at 5 %%")
	}
	if s.IndependentSeeds > 0 && s.IndependentSeeds < s.Seeds {
		c.errorf("seeds.independent", "%d seeds of independent models and %d of shared ones; every shared model is held against independent ones, which need at least as many", s.IndependentSeeds, s.Seeds)
	}
	if n := s.independentSeeds(); s.Randomness == Separate && s.IndependentSeeds == 0 && n > s.Seeds {
		c.warnf("every independent model is held against %d pairs and has %d seeds: with seeds.independent: %d limits are narrower for the computer time", len(s.Domains)-1, s.Seeds, n)
	}
	c.domains()
	c.sharedSplits()
	c.folds()
	c.input()
	c.model()
	c.training()
	c.trainer()
	c.augmentation()
	c.weightings()
	c.arms()
	c.links()
	c.policy()
	c.economics()
}

func (c *checker) names() []string {
	out := make([]string, len(c.study.Domains))
	for i, d := range c.study.Domains {
		out[i] = d.Name
	}
	return out
}

func (c *checker) domains() {
	seen := map[string]bool{}
	for i := range c.study.Domains {
		d := &c.study.Domains[i]
		path := fmt.Sprintf("domains[%d]", i)
		switch {
		case !nameForm.MatchString(d.Name):
			c.errorf(path+".name", "%q: %s", d.Name, nameRule)
		case len(d.Name) > 64:
			c.errorf(path+".name", "%q has %d letters; 64 is the most", d.Name, len(d.Name))
		case seen[strings.ToLower(d.Name)]:
			c.errorf(path+".name", "a second domain is called %q", d.Name)
		}
		seen[strings.ToLower(d.Name)] = true
		(&domainChecker{checker: c, d: d, path: path}).check()
	}
}

func (c *checker) input() {
	in := &c.study.Input
	switch in.Kind {
	case SeriesInput:
		if in.Series == nil || in.Series.Length == 0 {
			c.errorf("input", "series need the length of a window, such as {series: {window: 1024, channels: 1}}")
		}
		if len(in.Size) > 0 {
			c.errorf("input.image", "the input is series, which has no image size")
		}
	case Table:
		if len(in.Size) > 0 {
			c.errorf("input.image", "the input is a table, which has no image size")
		}
	case TextInput:
		c.text()
	case ArrayInput:
		if len(in.Size) > 0 {
			c.errorf("input.image", "the input is arrays, whose shape input.array says; kind image takes arrays of bytes too")
		}
	default:
		if len(in.Size) == 0 {
			c.errorf("input", "images need a common size, such as {image: [28, 28], channels: 1}")
		}
		if in.Channels == 2 {
			c.errorf("input.channels", "2 channels; images have 1 (grey) or 3 (colour)")
		}
	}
	if in.Normalize == "unit" && in.Kind != Image && in.Kind != ArrayInput {
		c.errorf("input.normalize", "unit is for the bytes of images; use standard or none for tables and series")
	}
	if in.TransformsRows() && in.Kind != Table && in.Kind != TextInput && (in.Kind != ArrayInput || len(in.Shape) > 1) {
		c.errorf("input.normalize", "%s is for rows of a table and of arrays; use standard, unit or none", in.Normalize)
	}
	if in.Scaled() && c.has("input.normalize") {
		c.errorf("input.normalize", "give either normalize, or scale, mean and std")
	}
	if in.Series != nil && in.Kind != SeriesInput {
		c.errorf("input.series", "the input is of kind %s, which has no windows", in.Kind)
	}
	if in.Text != nil && in.Kind != TextInput {
		c.errorf("input.text", "the input is of kind %s, which has no texts", in.Kind)
	}
	if len(in.Shape) > 0 && in.Kind != ArrayInput {
		c.errorf("input.array", "the input is of kind %s, whose shape other keys say", in.Kind)
	}
	for i, d := range c.study.Domains {
		if !canBe(d.Format, in.Kind) {
			c.errorf(fmt.Sprintf("domains[%d].format", i),
				"domain %s is of format %s, and the input is of kind %s; domains that share a trunk take the same kind of input", d.Name, d.Format, in.Kind)
		}
	}
}

func (c *checker) model() {
	m := &c.study.Model
	_, named := findTrunk(m.Trunk)
	switch {
	case m.Trunk != "" && len(m.Files) > 0:
		c.errorf("model.files", "give either trunk or files")
	case !named && len(m.Widths) > 0:
		c.errorf("model.widths", "widths are for the trunks %s; a ladder of one's own models is a list of files", strings.Join(TrunkNames(), ", "))
	default:
		c.trunk(m.Trunk)
	}
	c.patterns("model.freeze", m.Freeze)
	if m.Features != "" && named {
		c.errorf("model.features", "the trunk %s ends in features; this key is for models of one's own, model.trunk or model.files", m.Trunk)
	}
	if len(m.Set) > 0 && named {
		c.errorf("model.set", "the trunk %s is built for the samples; this key is for models of one's own, model.trunk or model.files", m.Trunk)
	}
	if m.Adapters != nil {
		c.patterns("model.adapters.match", m.Adapters.Match)
		if m.FreezeDepth > 0 {
			c.warnf("model.freeze_depth has no effect: model.adapters freeze every weight of the trunk")
		}
	}
	seen := map[string]bool{}
	for i, r := range m.Rungs {
		key := "model.widths"
		if !named {
			key = "model.files"
		}
		if seen[r.Name] {
			c.errorf(fmt.Sprintf("%s[%d]", key, i), "a second rung is called %s", r.Name)
		}
		seen[r.Name] = true
	}
	if !slices.IsSorted(m.Widths) {
		c.errorf("model.widths", "widths go from small to large")
	}
}

func (c *checker) patterns(key string, patterns []string) {
	for i, pattern := range patterns {
		if _, err := path.Match(pattern, ""); err != nil {
			c.errorf(fmt.Sprintf("%s[%d]", key, i), "%q is no pattern: * stands for any letters, ? for one, [a-c] for one of some", pattern)
		}
	}
}

func (c *checker) training() {
	t := &c.study.Training
	if t.Select == "best" {
		for i, d := range c.study.Domains {
			if d.Val == nil && d.Split.Val == 0 && (d.Columns == nil || d.Columns.Split == "") {
				c.errorf(fmt.Sprintf("domains[%d].split.validation", i),
					"training.select is best, which needs validation data; domain %s has none", d.Name)
			}
		}
	}
	if _, err := kernels.ParsePasses(t.Passes); err != nil {
		c.errorf("training.passes", "%v", err)
	}
	if c.has("training.temperature") && t.Sampling != Temperature {
		c.warnf("training.temperature is given and sampling is %s, which does not use it", t.Sampling)
	}
}

func (c *checker) arms() {
	s := c.study
	names := c.names()
	seen := map[string]int{}
	for i, p := range s.Arms.Pools {
		path := fmt.Sprintf("arms.pools[%d]", i)
		members := map[string]bool{}
		for j, n := range p {
			at := fmt.Sprintf("%s[%d]", path, j)
			if !slices.Contains(names, n) {
				c.errorf(at, "no domain is called %q%s", n, DidYouMean(n, names))
			}
			if members[n] {
				c.errorf(at, "%s is named twice in this pool", n)
			}
			members[n] = true
		}
		key := strings.Join(inOrder(names, p), ",")
		if first, ok := seen[key]; ok {
			c.errorf(path, "the same pool as arms.pools[%d]", first)
		} else {
			seen[key] = i
		}
	}
	if !s.Arms.Joint && !s.Pairs() && len(s.Arms.Pools) == 0 {
		c.errorf("arms", "no arm is planned beside the independent models, so nothing can be compared; set joint or pairs to true, or list pools")
	}
	if s.Pairs() || len(s.Domains) < 3 {
		return
	}
	add := "set arms.pairs to true for these"
	if s.Arms.Pairs == nil {
		add = fmt.Sprintf("list sets of domains that you think alike under arms.pools, or set arms.pairs to true, which adds %d runs and is the default up to %d domains", s.pairRuns(), pairsByDefault)
	}
	if len(s.Domains) > 3 && s.Trainer == nil {
		add += "; or choose runs step by step, as 'run --until settled' does, which proposes pools"
	}
	switch {
	case len(s.Arms.Pools) > 0:
		if s.Arms.Pairs == nil {
			c.warnf("pairs are not trained by default with more than %d domains; groups are chosen from arms.pools; arms.pairs: true adds %d runs", pairsByDefault, s.pairRuns())
		}
	case c.has("grouping.max_groups") || c.has("grouping.min_gain"):
		c.errorf("arms", "groups are asked for and no pairs are planned: groups are chosen from measured gains of pairs and pools; set arms.pairs to true, list arms.pools, or remove the key grouping")
	default:
		c.warnf("no pairs and no pools are planned: the joint model can be judged, groups cannot be chosen; %s", add)
	}
}
