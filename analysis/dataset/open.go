package dataset

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/study"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// opener reads one domain.
type opener struct {
	ctx     context.Context
	study   *study.Study
	d       study.Domain
	budget  *budget
	samples map[string]*Samples // that the program holds, by name
	bin     bin
	notes   []string
	sources []Source
	// tableFeatures are the features that the first table of the domain has;
	// given test data has the same.
	tableFeatures []string
	offsets       settledOffsets    // of the columns of its tables
	orders        map[string]string // of columns of dates: order of day, month and year
	gapped        bool              // an input is missing
	worded        map[string]bool   // columns that seemed empty, and whether they hold texts
	moved         []string          // inputs that vary in testing and not in training
	// order is that of the features of the first domain that has a table.
	order []string
	// columns are those of the table read last, ignored the names under
	// columns.ignore that some table of the domain has.
	columns, ignored []string
	codebooks        []*codebook       // of the domain's columns of words
	words            map[string]string // see intern
	// unlabelled counts the rows left out for want of a label.
	unlabelled Drop
	// every holds all rows of the data of a table whose split is shared, and
	// own is the number of rows that the domain has of them.
	every      *store
	own        int
	first      bool // data itself is read, not given validation or test data
	arrayFiles map[string]*datafile.ArrayFile
	width      int      // svmlight: numbers of a sample, by the largest index
	labelNames []string // svmlight: of a multilabel task
	signals    int32    // recordings read so far
	rate       float64  // of them, in samples per second; 0 where nothing says it
	looks      looks    // what files say of their images
}

// intern returns an equal string that is stored once.
func (o *opener) intern(s string) string {
	if w, ok := o.words[s]; ok {
		return w
	}
	if o.words == nil {
		o.words = map[string]string{}
	}
	s = strings.Clone(s) // not a part of a whole row
	o.words[s] = s
	return s
}

// An Option says how data are held: within which memory, or by the program.
type Option func(*options)

type options struct {
	memory  int64
	samples map[string]*Samples
}

// Memory is the number of bytes that inputs of all domains together may take in
// memory; what is more goes to temporary files. 0 means [DefaultMemory].
func Memory(bytes int64) Option { return func(o *options) { o.memory = bytes } }

// holding is what all domains of a study share while they are read.
type holding struct {
	budget  *budget
	samples map[string]*Samples
}

func holdingOf(given []Option) holding {
	var o options
	for _, set := range given {
		set(&o)
	}
	return holding{newBudget(o.memory), o.samples}
}

// Open reads one domain of a study and splits it. Errors about the data are
// [*Error] or [*BadSamples] and match [ErrData].
func Open(ctx context.Context, s *study.Study, d study.Domain, how ...Option) (*Domain, error) {
	a, err := openIn(ctx, s, d, holdingOf(how), nil)
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

// openIn reads and splits a domain. order, where not nil, is that of the
// features of another one.
func openIn(ctx context.Context, s *study.Study, d study.Domain, h holding, order []string) (*assembly, error) {
	o := &opener{ctx: ctx, study: s, d: d, budget: h.budget, samples: h.samples, bin: bin{domain: d.Name}, order: order}
	a, err := o.open()
	if err != nil {
		return nil, o.located(err)
	}
	return a, nil
}

// located puts the domain's name to errors that lack it.
func (o *opener) located(err error) error {
	var e *Error
	var b *BadSamples
	switch {
	case errors.As(err, &e):
		if e.Domain == "" {
			e.Domain = o.d.Name
		}
		return err
	case errors.As(err, &b):
		return err
	}
	return fmt.Errorf("domain %s: %w", o.d.Name, err)
}

// OpenAll reads all domains of a study, in its order, and makes sure that they
// fit one trunk. It reports what is wrong with any of them.
func OpenAll(ctx context.Context, s *study.Study, how ...Option) ([]*Domain, error) {
	parts, err := openParts(ctx, s, how)
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
	parts, err := openParts(ctx, s, how)
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

// openParts reads and splits the domains of a study.
func openParts(ctx context.Context, s *study.Study, how []Option) ([]*assembly, error) {
	h := holdingOf(how)
	var parts []*assembly
	var errs []error
	var order []string
	for _, d := range s.Domains {
		a, err := openIn(ctx, s, d, h, order)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		parts = append(parts, a)
		if order == nil {
			order = a.tableFeatures
		}
	}
	noteAbsent(parts)
	return parts, errors.Join(errs...)
}

func finishAll(parts []*assembly) ([]*Domain, error) {
	unifyWidths(parts)
	completeInputs(parts)
	var out []*Domain
	var errs []error
	for _, a := range parts {
		dom, err := a.finish()
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
	missing := without(first.Features, d.Features)
	extra := without(d.Features, first.Features)
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

func (o *opener) open() (*assembly, error) {
	all := &store{}
	for _, f := range []struct {
		files *study.Files
		part  part
	}{{&o.d.Files, undecided}, {o.d.Val, inVal}, {o.d.Test, inTest}} {
		if f.files == nil {
			continue
		}
		o.first = f.part == undecided
		part, err := o.read(*f.files)
		if err != nil {
			return nil, err
		}
		if o.first {
			o.own = part.rows()
		}
		if part.rows() == 0 && o.bin.count == 0 {
			return nil, &Error{File: name(*f.files), Reason: "no samples"}
		}
		if err := sameUnits(all, part, name(*f.files)); err != nil {
			return nil, err
		}
		all.append(part, f.part)
	}
	o.notes = append(o.notes, o.looks.notes()...)
	if !o.d.SkipBad {
		if err := o.bin.err(all.rows()); err != nil {
			return nil, err
		}
	}
	return o.assemble(all)
}

func (o *opener) read(f study.Files) (*store, error) {
	if err := o.ctx.Err(); err != nil {
		return nil, err
	}
	switch o.d.Format {
	case study.IDX:
		return o.readIDX(f)
	case study.Images:
		return o.readImages(f)
	case study.CSV, study.Parquet:
		return o.readTable(f)
	case study.SvmlightFormat:
		return o.readSvmlight(f)
	case study.SeriesFormat:
		return o.readSeries(f)
	case study.ArrayFormat:
		return o.readArrays(f)
	case study.InMemory:
		return o.readSamples(f)
	}
	return nil, fmt.Errorf("dataset: unknown format %q", o.d.Format)
}

// name is how messages call a domain's data.
func name(f study.Files) string {
	if f.Path != "" {
		return f.Path
	}
	return f.Images
}

// assembly is a domain whose samples are read and split. What depends on other
// domains is still to be done.
type assembly struct {
	*opener
	store  *store
	domain *Domain
	filled []int // numbers of a sample that are missing anywhere
}

// assemble divides the samples read: classes, splits, limits.
func (o *opener) assemble(st *store) (*assembly, error) {
	d := &Domain{Name: o.d.Name, rate: o.rate, Shape: st.shape, Depth: st.depth, Features: st.features, Dropped: o.bin.drops, Sources: o.sources}
	if study.IsTable(o.d.Format) {
		d.Dated = o.dateNames()
	}
	if o.unlabelled.Count > 0 {
		d.Dropped = append(d.Dropped, o.unlabelled)
	}
	switch d.Task.Kind = TaskKind(o.d.Task.Kind); d.Task.Kind {
	case Regression:
		d.Task.Targets = st.targetNames
		if o.d.Columns != nil {
			d.Task.Targets = o.d.Columns.Targets
		}
	case Multilabel:
		d.Task.Targets = st.targetNames
		if o.d.Columns != nil {
			d.Task.Targets = o.d.Columns.Labels
		}
	default:
		if err := o.classes(st, d); err != nil {
			return nil, err
		}
	}
	if err := o.divideRows(st); err != nil {
		return nil, err
	}
	o.separate(st)
	o.limit(st)
	if err := o.checkParts(st, d.Task); err != nil {
		return nil, err
	}
	return &assembly{opener: o, store: st, domain: d}, nil
}

// finish completes the domain: normalisation, identity.
func (a *assembly) finish() (*Domain, error) {
	o, st, d := a.opener, a.store, a.domain
	train := rowsIn(st, inTrain)
	norm, inputs, err := o.normalize(st, train, a.fitFill(train))
	if err != nil {
		return nil, o.located(err)
	}
	d.Norm = norm
	targetNorm := identityNorm(len(d.Task.Targets))
	if d.Task.Kind == Regression {
		if d.TargetNorm, err = o.fitTargets(st, train, d.Task.Targets); err != nil {
			return nil, o.located(err)
		}
		targetNorm = d.TargetNorm
	}
	d.Masked = masked(st, len(d.Task.Targets))
	if d.Objective, err = o.objective(st, train, d.Task); err != nil {
		return nil, err
	}
	split := func(p part) *Split {
		return &Split{store: st, index: rowsIn(st, p), inputs: inputs, size: st.size(), norm: targetNorm}
	}
	d.Train, d.Val, d.Test = split(inTrain), split(inVal), split(inTest)
	a.noteMissing()
	d.Notes = o.notes
	d.SHA256 = digest(d, st, o.study.Input.Normalization(), o.moved, o.impute(d))
	return d, nil
}

func rowsIn(st *store, p part) []int {
	out := []int{}
	for i, q := range st.part {
		if q == p {
			out = append(out, i)
		}
	}
	return out
}

// openFile opens a file by the path that the study has.
func (o *opener) openFile(path string) (*datafile.File, error) {
	return datafile.Open(path, o.study.Path(path))
}

// openRecords opens a table and notes how it is written.
func (o *opener) openRecords(path string) (*datafile.Records, error) {
	r, err := datafile.OpenRecords(path, o.study.Path(path), o.d.Columns)
	if err != nil {
		return nil, err
	}
	for _, n := range r.Notes {
		o.noteOnce(n)
	}
	return r, nil
}

// finish reads a file to its end, closes it and records it as a source.
func (o *opener) finish(f *datafile.File) error {
	sum, err := f.Finish()
	if err != nil {
		return err
	}
	o.sources = append(o.sources, Source{Path: f.Path, SHA256: sum})
	return nil
}

// noteOnce notes what holds for several files of the domain.
func (o *opener) noteOnce(text string) {
	if !slices.Contains(o.notes, text) {
		o.notes = append(o.notes, text)
	}
}

func (o *opener) notef(format string, args ...any) {
	o.notes = append(o.notes, fmt.Sprintf(format, args...))
}
func without(a, b []string) []string {
	place := datafile.Positions(b)
	return slices.DeleteFunc(slices.Clone(a), func(x string) bool {
		_, ok := place[x]
		return ok
	})
}
