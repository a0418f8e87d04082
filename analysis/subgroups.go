package analysis

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"math/bits"
	"slices"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/measures"
	"github.com/sharewise/sharewise/analysis/versioned"
)

// Division parts the test samples of a domain into subgroups.
type Division struct {
	Domain string
	// By says what divides: "class", "group", a column.
	By string
	// Of names the subgroup of a sample, "" of one that is in none.
	Of func(losses.SampleID) string
}

// SubgroupOptions say which subgroups are measured.
type SubgroupOptions struct {
	// Arms are those to look at; nil: all shared ones. Rung and Weighting are the
	// largest and the first unless given.
	Arms            []string
	Rung, Weighting string
	// Least is the number of samples (of groups, where samples are grouped) below
	// which a subgroup is put together with others of the kind; 0 stands for 20.
	Least int
	// Most is the number of subgroups of a division, the largest of them; the rest is
	// one more. 0 stands for 20.
	Most int
	// Divisions come beside those by class and by group, which follow from the tables.
	Divisions []Division
	// ClassName names a class by its number; nil: "class 3".
	ClassName func(domain string, class int) string
}

// Subgroups are the gains of arms in parts of the test samples: where help and harm
// sit.
type Subgroups struct {
	Version   int        `json:"version"` // 1
	Study     string     `json:"study"`
	Level     float64    `json:"level"`
	Rung      string     `json:"rung"`
	Weighting string     `json:"weighting"`
	Subgroups []Subgroup `json:"subgroups"`
	Warnings  []string   `json:"warnings"`
}

// Subgroup is what an arm gained or lost on some test samples of a domain.
type Subgroup struct {
	Key
	Pool []string `json:"pool"`
	By   string   `json:"by"`
	Name string   `json:"name"`
	// Samples of the domain's, and what share of them.
	Samples int     `json:"samples"`
	Share   float64 `json:"share"`
	// Errors, or mean losses, of the independent models and of the arm.
	Error effect.Pair[effect.Number] `json:"error"`
	// Flips are how answers went over; absent where they cannot be counted.
	Flips *effect.Flips `json:"flips,omitempty"`
	// Part is what the subgroup adds to the change on the domain: its own times its
	// share. The parts of a division add up to the change, above zero where sharing
	// helps.
	Part effect.Number `json:"part"`
	// Gain is that of the subgroup alone. Its discovery is judged among all subgroups
	// that were looked at.
	Gain effect.Gain `json:"gain"`
}

// Rest is the name of what small subgroups are put together to.
const Rest = "all others"

// ReadSubgroups reads a subgroups.json; nil where there is none.
func ReadSubgroups(path string) (*Subgroups, error) {
	s := &Subgroups{}
	err := versioned.Read(path, 1, s)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// MeasureSubgroups reads the finished runs of a study and measures what shared arms do
// to parts of the test samples of their domains: by class, by group where the tables
// have any, and by the divisions of the options. Domains are measured by errors, or by
// losses where their measure is that or errors are not known; variances over runs are
// moderated over all subgroups, and discoveries are made among all, since whoever
// looks for the most harmed of many finds one.
func MeasureSubgroups(s Study, o SubgroupOptions) (*Subgroups, error) {
	if err := s.Options.Validate(); err != nil {
		return nil, fmt.Errorf("subgroups: %w", err)
	}
	s.Options.Options = s.Options.WithDefaults()
	if o.Least == 0 {
		o.Least = 20
	}
	if o.Most == 0 {
		o.Most = 20
	}
	a := &analyzer{Study: s, results: &Results{Rungs: s.Rungs, Weightings: s.Weightings, Folds: s.Folds, Domains: slices.Clone(s.Domains)}}
	a.Domains = a.results.Domains
	if err := a.read(); err != nil {
		return nil, fmt.Errorf("subgroups: %w", err)
	}
	for _, e := range a.evidence {
		if err := a.putTogether(e); err != nil {
			return nil, fmt.Errorf("subgroups: %w", err)
		}
	}
	a.chooseMeasures()
	a.capLosses()
	p := &partition{SubgroupOptions: o, analyzer: a, out: &Subgroups{Version: 1, Study: s.Name, Level: s.Options.Level, Subgroups: []Subgroup{}, Warnings: []string{}}}
	if err := p.choose(); err != nil {
		return nil, fmt.Errorf("subgroups: %w", err)
	}
	if err := p.measure(); err != nil {
		return nil, fmt.Errorf("subgroups: %w", err)
	}
	return p.out, nil
}

// partition measures subgroups.
type partition struct {
	SubgroupOptions
	*analyzer
	out *Subgroups
	// comparisons has one for every subgroup of out.
	comparisons []*effect.Comparison
	measureOf   []string
}

// choose settles which rung and weighting are looked at: those asked for, or the
// largest and first that have shared runs.
func (p *partition) choose() error {
	shared := func(rung, weighting string) bool {
		return slices.ContainsFunc(p.evidence, func(e *evidence) bool {
			return e.Arm != Independent && e.Rung == rung && e.Weighting == weighting
		})
	}
	for _, rung := range slices.Backward(p.Rungs) {
		for _, weighting := range p.Weightings {
			if p.out.Rung == "" && (p.Rung == "" || p.Rung == rung) && (p.Weighting == "" || p.Weighting == weighting) && shared(rung, weighting) {
				p.out.Rung, p.out.Weighting = rung, weighting
			}
		}
	}
	if p.out.Rung == "" {
		return fmt.Errorf("%w of the rung and weighting asked for has finished", ErrNoShared)
	}
	return nil
}

// measure goes through all arms and divisions.
func (p *partition) measure() error {
	for _, e := range p.evidence {
		if e.Arm == Independent || e.Rung != p.out.Rung || e.Weighting != p.out.Weighting || p.Arms != nil && !slices.Contains(p.Arms, e.Arm) {
			continue
		}
		base := p.alone(e.Key)
		if base == nil {
			continue
		}
		for _, d := range p.divisions(e) {
			if err := p.divide(base, e, d); err != nil {
				return err
			}
		}
	}
	p.moderate()
	for i, c := range p.comparisons {
		g, err := c.Gain(p.measureOf[i])
		if err != nil {
			return err
		}
		s := &p.out.Subgroups[i]
		g.Metric = measures.Of(p.measureOf[i]).Metric.Name
		s.Gain, s.Part = *g, effect.Number(g.Absolute.Value*s.Share)
	}
	chances := make([]float64, len(p.comparisons))
	for i := range chances {
		chances[i] = p.out.Subgroups[i].Gain.P
	}
	for i, found := range effect.Discoveries(chances, 1-p.Options.Level) {
		p.out.Subgroups[i].Gain.Discovery = found
	}
	return nil
}

// moderate lets subgroups about as large, within a factor of two, share what they tell
// of how runs vary. What runs add to errors of few samples drowns in these, so that small
// subgroups say too little of large ones: pooled with them, limits of the large ones
// held the truth in .91 of simulated cases instead of .95.
func (p *partition) moderate() {
	bySize := map[int][]*effect.Comparison{}
	for i, c := range p.comparisons {
		size := bits.Len(uint(p.out.Subgroups[i].Samples))
		bySize[size] = append(bySize[size], c)
	}
	for _, list := range bySize {
		effect.Moderate(list)
	}
}

// divisions of a domain's samples: by class and by group where these are known, and
// those that were asked for.
func (p *partition) divisions(e *evidence) []Division {
	var out []Division
	ids := p.samples[e.Domain].ids
	row := func(of func(int) string) func(losses.SampleID) string {
		return func(id losses.SampleID) string {
			i, ok := ids.find(id)
			if !ok {
				return ""
			}
			return of(i)
		}
	}
	if label := e.runs.Label; label != nil {
		out = append(out, Division{e.Domain, "class", row(func(i int) string {
			if p.ClassName != nil && label[i] >= 0 {
				return p.ClassName(e.Domain, int(label[i]))
			}
			if label[i] < 0 {
				return ""
			}
			return fmt.Sprintf("class %d", label[i])
		})})
	}
	if p.names.has(e.Domain) {
		out = append(out, Division{e.Domain, "group", func(id losses.SampleID) string {
			return p.names[groupKey{e.Domain, id}]
		}})
	}
	for _, d := range p.Divisions {
		if d.Domain == e.Domain {
			out = append(out, d)
		}
	}
	return out
}

// divide prepares the comparisons of the subgroups of one division.
func (p *partition) divide(base, e *evidence, d Division) error {
	measure := p.domain(e.Domain).Measure
	if measure != measures.Loss && base.runs.Correct != nil && e.runs.Correct != nil {
		measure = measures.Correct
	} else {
		measure = measures.Loss
	}
	rows := map[string][]int{}
	ids := p.samples[e.Domain].ids
	for i := range ids.len() {
		if name := d.Of(ids.at(i)); name != "" {
			rows[name] = append(rows[name], i)
		}
	}
	names := p.largest(rows, e.runs.Group)
	if len(names) < 2 {
		return nil // one subgroup is the domain
	}
	for _, name := range names {
		of := rows[name]
		o, _ := p.options(e.Domain)
		o.Measure = measure
		x, y := *base, *e
		x.runs, y.runs = base.runs.Rows(of), e.runs.Rows(of)
		c, err := p.compare(&x, &y, o.Options)
		if err != nil {
			return err
		}
		s := Subgroup{Key: e.Key, Pool: e.pool, By: d.By, Name: name, Samples: len(of), Share: float64(len(of)) / float64(ids.len())}
		s.Error = effect.Pair[effect.Number]{Independent: errorBy(measure, x.runs), Arm: errorBy(measure, y.runs)}
		if flips, ok := c.Flips(); ok && measure == measures.Correct {
			s.Flips = &flips
		}
		p.out.Subgroups = append(p.out.Subgroups, s)
		p.comparisons, p.measureOf = append(p.comparisons, c), append(p.measureOf, measure)
	}
	return nil
}

func errorBy(measure string, r *effect.Runs) effect.Number {
	if measure == measures.Correct {
		return effect.Number(r.ErrorRate())
	}
	return effect.Number(r.MeanLoss())
}

// largest are the names of subgroups large enough, the largest first and no more than
// Most; what is left over becomes Rest, where that is enough.
func (p *partition) largest(rows map[string][]int, group []int32) []string {
	size := func(of []int) int {
		if group == nil {
			return len(of)
		}
		seen := map[int32]bool{}
		for _, i := range of {
			seen[group[i]] = true
		}
		return len(seen)
	}
	var names []string
	for name := range rows {
		names = append(names, name)
	}
	slices.Sort(names)
	slices.SortStableFunc(names, func(a, b string) int { return len(rows[b]) - len(rows[a]) })
	var kept []string
	var rest []int
	for _, name := range names {
		if len(kept) < p.Most && size(rows[name]) >= p.Least {
			kept = append(kept, name)
			continue
		}
		rest = append(rest, rows[name]...)
	}
	if size(rest) >= p.Least {
		slices.Sort(rest)
		rows[Rest] = rest
		kept = append(kept, Rest)
	}
	return kept
}

// Worst are the subgroups that were found to differ from zero, most harmful first.
func (s *Subgroups) Worst() []Subgroup {
	var out []Subgroup
	for _, g := range s.Subgroups {
		if g.Gain.Discovery && float64(g.Part) < 0 {
			out = append(out, g)
		}
	}
	slices.SortStableFunc(out, func(a, b Subgroup) int { return cmp.Compare(a.Part, b.Part) })
	return out
}
