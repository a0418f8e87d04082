package inspection

import (
	"context"
	"slices"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/study"
)

// Options say what to look for besides what is always looked for.
type Options struct {
	// Near is the number of bits, of 64, in which the perceptual hashes of two
	// images may differ to be suspected of showing the same; negative looks for
	// none.
	Near int
}

// Open reads domains of a study for inspection: bad samples are left out and
// counted, whatever the study says, and domains need not fit each other. No
// names mean all. Errors are those of [dataset.OpenUnfit].
func Open(ctx context.Context, s *study.Study, names []string) ([]*dataset.Domain, error) {
	looked := s.Only(names)
	for i := range looked.Domains {
		looked.Domains[i].SkipBad = true
	}
	return dataset.OpenUnfit(ctx, looked)
}

// Inspect looks at domains as Open returns them. Errors are those of ctx.
func Inspect(ctx context.Context, s *study.Study, domains []*dataset.Domain, o Options) (*Report, error) {
	r := &Report{Study: s.Name, Title: s.Title, Folds: s.Folds(), Domains: make([]Domain, len(domains)), Pairs: []Pair{}}
	for k, d := range domains {
		if err := describeDomain(ctx, s, d, &r.Domains[k]); err != nil {
			return nil, err
		}
		if o.Near >= 0 && !d.Confidential { // whose pictures are for nobody to look at
			near, err := nearOf(ctx, d, o.Near)
			if err != nil {
				return nil, err
			}
			r.Domains[k].Near = near
		}
	}
	findCoded(domains, r.Domains)
	if err := compare(ctx, domains, r); err != nil {
		return nil, err
	}
	r.Warnings = warnings(r)
	return r, nil
}

// Leaks is the quick part of Inspect: equal inputs and groups in two splits,
// columns that number the rows, inputs that tell the answer, and nothing else. Its warnings
// are those of leaks.
func Leaks(ctx context.Context, domains []*dataset.Domain) (*Report, error) {
	r := &Report{Domains: make([]Domain, len(domains))}
	for k, d := range domains {
		numbered := numberedOf(d)
		r.Domains[k] = Domain{Name: d.Name, Splits: splitSizes(d), Groups: groupsOf(d), Numbered: numbered, Telling: tellingOf(d, numbered)}
	}
	if err := compare(ctx, domains, r); err != nil {
		return nil, err
	}
	r.Warnings = slices.DeleteFunc(warnings(r), func(w Warning) bool { return w.Kind != Leak })
	return r, nil
}

// compare looks for samples with equal inputs, in domains and between them.
func compare(ctx context.Context, domains []*dataset.Domain, r *Report) error {
	c, err := newContents(ctx, domains)
	if err != nil {
		return err
	}
	found := make([]Duplicates, len(domains))
	for k := range found {
		found[k].Examples, found[k].Disagreements = []Match{}, []Match{}
	}
	pairs := newPairs(domains, r.Domains)
	c.duplicates(found, pairs)
	for k := range r.Domains {
		r.Domains[k].Duplicates, r.Domains[k].Blank = found[k], c.blank[k]
		r.Pairs = append(r.Pairs, pairs[k][k+1:]...)
	}
	return nil
}

func splitSizes(d *dataset.Domain) []SplitSize {
	var out []SplitSize
	for p, split := range splitsOf(d) {
		out = append(out, SplitSize{splitNames[p], split.Len()})
	}
	return out
}

func describeDomain(ctx context.Context, s *study.Study, d *dataset.Domain, out *Domain) error {
	*out = Domain{
		Name: d.Name, Kind: kindOf(d), Task: string(d.Task.Kind), Shape: d.Shape, Sources: d.Sources, SHA256: d.SHA256,
		Splits: splitSizes(d), Balance: balanceOf(d), Groups: groupsOf(d), Dropped: d.Dropped, Notes: d.Notes,
	}
	if said := s.Domain(d.Name); said != nil {
		out.Format, out.SkipBad = said.Format, said.SkipBad
	}
	out.Categories = categoriesOf(d)
	out.Numbered = numberedOf(d)
	out.Telling = tellingOf(d, out.Numbered)
	texts, err := textsOf(d)
	if err != nil {
		return err
	}
	if out.Texts = texts; texts != nil {
		out.Notes = append(slices.Clip(out.Notes), texts.notes(d.Text)...)
	}
	for _, c := range out.Categories {
		out.Notes = append(slices.Clip(out.Notes), c.note())
	}
	if out.Features, err = features(ctx, d, inputsOf(d)); err != nil {
		return err
	}
	if len(d.Task.Classes) == 0 {
		out.Targets, err = features(ctx, d, targetsOf(d))
	}
	if out.Confidential = d.Confidential; d.Confidential {
		for _, list := range [][]Feature{out.Features, out.Targets} {
			for i := range list {
				f := &list[i]
				f.Min, f.Max, f.Withheld = f.Q1, f.Q3, true
			}
		}
	}
	return err
}

func kindOf(d *dataset.Domain) string {
	if d.Text != nil {
		return "text"
	}
	switch len(d.Shape) {
	case 3:
		return "image"
	case 2:
		return "series"
	}
	return "table"
}
