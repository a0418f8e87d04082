package dataset

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/sharewise/sharewise/analysis/datafile"
	"github.com/sharewise/sharewise/analysis/study"
)

// An Option says how data are held: within which memory, or by the program.
type Option func(*options)

type options struct {
	memory  int64
	samples map[string]*Samples
}

// Memory is the number of bytes that inputs of all domains together may take in
// memory; what is more goes to temporary files. 0 means [DefaultMemory].
func Memory(bytes int64) Option { return func(o *options) { o.memory = bytes } }

// holding is what all domains of a study share while they are read: the memory budget
// and the samples that a program hands over.
type holding struct {
	budget  *budget
	samples map[string]*Samples
	text    *textEncoding
}

func holdingOf(given []Option) holding {
	var o options
	for _, set := range given {
		set(&o)
	}
	return holding{newBudget(o.memory), o.samples, &textEncoding{}}
}

// Open reads one domain of a study and splits it. Errors about the data are
// [*Error] or [*BadSamples] and match [ErrData].
func Open(ctx context.Context, s *study.Study, d study.Domain, how ...Option) (*Domain, error) {
	a, err := newSource(ctx, s, d, holdingOf(how)).openLocated()
	if err != nil {
		return nil, err
	}
	parts := []*assembly{a}
	if err := unifyCategories(parts); err != nil {
		return nil, err
	}
	out, err := finishAll(parts)
	if err != nil {
		return nil, err
	}
	return out[0], nil
}

// newSource returns a domain with the reader of its format, before anything is read.
func newSource(ctx context.Context, s *study.Study, d study.Domain, h holding) *source {
	o := &source{ctx: ctx, began: time.Now(), study: s, d: d, holding: h, bin: bin{domain: d.Name}, confidential: s.Confidential(d.Name)}
	o.bin.shown = o.withheld
	if newReader := readers[d.Format]; newReader != nil {
		o.reader = newReader(o)
	}
	return o
}

// openLocated reads and splits a domain; errors name it.
func (s *source) openLocated() (*assembly, error) {
	var a *assembly
	err := datafile.Guard(func() (err error) {
		a, err = s.open()
		return err
	})
	if err != nil {
		return nil, s.located(err)
	}
	return a, nil
}

// OpenAll reads all domains of a study, in its order, and makes sure that they
// fit one trunk. It reports what is wrong with any of them.
func OpenAll(ctx context.Context, s *study.Study, how ...Option) ([]*Domain, error) {
	return openAll(ctx, s, holdingOf(how))
}

func openAll(ctx context.Context, s *study.Study, h holding) ([]*Domain, error) {
	parts, err := openParts(ctx, s, h)
	if err != nil {
		return nil, err
	}
	if err := unifyCategories(parts); err != nil {
		return nil, err
	}
	out, err := finishAll(parts)
	if err != nil {
		return nil, err
	}
	return out, fits(out, s.Input)
}

// OpenUnfit is OpenAll for looking at domains, whether or not they fit one
// trunk.
func OpenUnfit(ctx context.Context, s *study.Study, how ...Option) ([]*Domain, error) {
	parts, err := openParts(ctx, s, holdingOf(how))
	if err != nil {
		return nil, err
	}
	if unifyCategories(parts) != nil { // other columns of words: each by itself
		for k := range parts {
			if err := unifyCategories(parts[k : k+1]); err != nil {
				return nil, err
			}
		}
	}
	return finishAll(parts)
}

// openParts reads and splits the domains of a study, tables one after another, since
// their columns follow the order of the first and several domains may be read from one
// table; images of IDX files several domains at a time.
func openParts(ctx context.Context, s *study.Study, h holding) ([]*assembly, error) {
	var sources []*source
	for _, d := range s.Domains {
		sources = append(sources, newSource(ctx, s, d, h))
	}
	shareTables(sources)
	opened, errs := make([]*assembly, len(sources)), make([]error, len(sources))
	if slices.ContainsFunc(sources, func(o *source) bool { return !o.alone() }) {
		var order []string
		for i, o := range sources {
			o.order = order
			if opened[i], errs[i] = o.openLocated(); ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if errs[i] == nil && order == nil {
				order = opened[i].store.table.tableFeatures
			}
		}
	} else {
		var g errgroup.Group
		g.SetLimit(runtime.GOMAXPROCS(0))
		for i, o := range sources {
			g.Go(func() error {
				opened[i], errs[i] = o.openLocated()
				return nil
			})
		}
		if err := errors.Join(g.Wait(), ctx.Err()); err != nil {
			return nil, err
		}
	}
	parts := slices.DeleteFunc(opened, func(a *assembly) bool { return a == nil })
	noteAbsent(parts)
	return parts, errors.Join(errs...)
}

// alone reports whether a domain is read by one goroutine, and without regard to the
// domains before it.
func (s *source) alone() bool {
	_, ok := s.reader.(*idxReader)
	return ok
}

func finishAll(parts []*assembly) ([]*Domain, error) {
	unifyWidths(parts)
	completeInputs(parts)
	var out []*Domain
	var errs []error
	for _, a := range parts {
		var dom *Domain
		err := datafile.Guard(func() (err error) {
			dom, err = a.finish()
			return err
		})
		if err != nil {
			errs = append(errs, err)
			continue
		}
		out = append(out, dom)
	}
	return out, errors.Join(errs...)
}

// fits reports domains whose samples differ in shape or in the meaning of
// their features.
func fits(domains []*Domain, in study.Input) error {
	var errs []error
	for _, d := range domains[1:] {
		first := domains[0]
		unnamed := d.Features == nil || first.Features == nil // raw samples
		if d.rate != first.rate && d.rate > 0 && first.rate > 0 {
			d.Notes = append(d.Notes, fmt.Sprintf("recordings have %g samples per second, those of %s have %g; input.series.rate brings them to one", d.rate, first.Name, first.rate))
		}
		if in.Scaled() && d.Depth != first.Depth {
			errs = append(errs, &Error{Domain: d.Name, Reason: fmt.Sprintf("images of %s, and those of %s are of %s: input.scale, mean and std cannot hold for both; leave them out, input.normalize brings all to one scale", depthName(d.Depth), first.Name, depthName(first.Depth))})
		}
		if slices.Equal(d.Shape, first.Shape) && (unnamed || slices.Equal(d.Features, first.Features)) {
			continue
		}
		e := &Error{Domain: d.Name, Reason: fmt.Sprintf("samples have shape %v, those of %s have %v", d.Shape, first.Name, first.Shape)}
		if !unnamed {
			e.Reason = featureDifference(d, first)
		}
		errs = append(errs, e)
	}
	return errors.Join(errs...)
}

func featureDifference(d, first *Domain) string {
	missing := datafile.Without(first.Features, d.Features)
	extra := datafile.Without(d.Features, first.Features)
	if len(missing) == 0 && len(extra) == 0 {
		return fmt.Sprintf("features are in another order than those of %s; list them under defaults.columns.features", first.Name)
	}
	s := fmt.Sprintf("%d features, domain %s has %d", len(d.Features), first.Name, len(first.Features))
	if len(missing) > 0 {
		s += fmt.Sprintf("; lacks %s", datafile.List(missing))
	}
	if len(extra) > 0 {
		s += fmt.Sprintf("; has %s besides", datafile.List(extra))
	}
	return s + "; domains that share a trunk have the same inputs: list them under defaults.columns.features"
}

// name is how messages call a domain's data.
func name(f study.Files) string {
	if f.Path != "" {
		return f.Path
	}
	return f.Images
}
