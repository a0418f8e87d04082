package drafting

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/delimited"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/study"

	"github.com/sharewise/sharewise/analysis/datafile"

	"github.com/sharewise/sharewise/analysis/dataset"
)

// Settle opens the data of a draft, as a plan does, whose study file will be in
// dir, and changes the draft until they can be used. Where most samples of a
// domain are good, the bad ones are skipped; domains that cannot be used are left
// out as long as two remain; codes for missing values are listed as such; where
// domains are small, so are minibatches. The draft says so, and what stands in for
// missing values. It returns the study and its domains.
func Settle(ctx context.Context, d *study.Draft, dir string, how ...dataset.Option) (*study.Study, []*dataset.Domain, error) {
	var left []error // why domains were left out
	coded := false   // codes for missing values were looked for
	for {
		s, err := d.Complete(dir)
		if err != nil {
			return nil, nil, err
		}
		domains, err := dataset.OpenAll(ctx, s, how...)
		if err == nil && !coded {
			if coded = true; suitMissing(d, domains) {
				continue
			}
		}
		if err == nil {
			tellMissing(d, domains)
			if suitBatch(d, domains) {
				s, err = d.Complete(dir)
			}
		}
		if err == nil || ctx.Err() != nil || filelimit.SystemFault(err) != "" {
			return s, domains, err
		}
		changed, freed := false, false
		for _, e := range flatten(err) {
			dom := domainOf(d, e)
			bad := new(dataset.BadSamples)
			switch {
			case dom == nil:
			case !errors.As(e, &bad) && (freed || freeDialect(d, dom)):
				freed, changed = true, true // the others are to be read anew, too
			case errors.As(e, &bad) && (noneIsMissing(d, dom, bad) || dropUnlabelled(d, dom, bad) || unquote(d, dom, bad)):
				changed = true
			case errors.As(e, &bad) && bad.Good > bad.Count && !dom.SkipBad:
				dom.SkipBad, changed = true, true
				d.Found = append(d.Found, fmt.Sprintf("%s: %d of %d samples are bad and left out (skip_bad), the first: %s: %s", dom.Name, bad.Count, bad.Count+bad.Good, bad.First[0].Place(), bad.First[0].What()))
			case len(d.Study.Domains) > 2:
				left, changed = append(left, e), true
				d.Found = append(d.Found, fmt.Sprintf("%s is left out: %s", dom.Name, plainReason(e)))
				d.Study.Domains = slices.DeleteFunc(d.Study.Domains, func(x study.Domain) bool { return x.Name == dom.Name })
			}
		}
		if !changed {
			return nil, nil, errors.Join(append(left, err)...)
		}
	}
}

// freeDialect has every file of a table read as its own first lines say, where a
// dialect was written down for all and one of them cannot be read by it: people
// keep training and test data of different programs. It reports whether the draft
// was changed.
func freeDialect(d *study.Draft, dom *study.Domain) bool {
	changed := false
	for _, c := range []*study.Columns{d.Defaults.Columns, dom.Columns} {
		if c != nil && c.Delimiter != "" {
			c.Delimiter, c.Decimal, c.Thousands = "", "", ""
			changed = true
		}
	}
	if changed {
		d.Found = append(d.Found, "all: files are written in different ways; each is read as its first lines say, without columns.delimiter and decimal")
	}
	return changed
}

// columnsOf are the columns of all domains, or else those of one; nil where it has none.
func columnsOf(d *study.Draft, dom *study.Domain) *study.Columns {
	if d.Defaults.Columns != nil {
		return d.Defaults.Columns
	}
	return dom.Columns
}

// dropUnlabelled leaves rows without an answer out of a table, and says so: they
// are no bad samples, but nothing can be learned from them. It reports whether
// that is what is wrong with the domain.
func dropUnlabelled(d *study.Draft, dom *study.Domain, bad *dataset.BadSamples) bool {
	c := columnsOf(d, dom)
	if c == nil {
		return false
	}
	answers := append(slices.Concat(c.Targets, c.Labels), c.Label)
	for _, e := range bad.First {
		if e.Reason == datafile.MissingValue && e.Column != "" && slices.Contains(answers, e.Column) {
			// The columns of all domains are the same: another domain may have set it.
			if c.MissingLabels != study.DropUnlabelled {
				c.MissingLabels = study.DropUnlabelled
				note := fmt.Sprintf("all: rows without a value in column %q are left out and counted (columns.missing_labels), the first: %s", e.Column, e.Place())
				if word := strings.TrimSpace(e.Value); word != "" && e.Column == c.Label {
					note += fmt.Sprintf(", which says %q: if that is a class, write columns.missing without it", word)
				}
				d.Found = append(d.Found, note)
			}
			return true
		}
	}
	return false
}

// unquote takes quotes in texts between tabs for letters where some that begin a field do not end it, as
// the first lines did not show. It reports whether that is what is wrong with the domain.
func unquote(d *study.Draft, dom *study.Domain, bad *dataset.BadSamples) bool {
	c := columnsOf(d, dom)
	if c == nil || c.Delimiter != "tab" || len(c.Text) == 0 || !slices.ContainsFunc(bad.First, func(e *dataset.Error) bool { return strings.HasPrefix(e.Reason, delimited.WrongQuotes) }) {
		return false
	}
	if c.Quotes != "none" { // another domain with the same columns may have set it
		c.Quotes = "none"
		d.Found = append(d.Found, fmt.Sprintf("all: quotes are letters of the texts (columns.quotes), since not all that begin a text end it: %s", bad.First[0].Place()))
	}
	return true
}

// suitBatch makes minibatches smaller where domains are small, so that an epoch
// has several steps: few steps leave models untrained.
func suitBatch(d *study.Draft, domains []*dataset.Domain) bool {
	const steps, least = 8, 8
	var rows []int
	for _, dom := range domains {
		rows = append(rows, dom.Train.Len())
	}
	slices.Sort(rows)
	median := rows[len(rows)/2]
	batch := d.Study.Training.Batch
	for batch > least && median/batch < steps {
		batch /= 2
	}
	if batch == d.Study.Training.Batch {
		return false
	}
	d.Study.Training.Batch = batch
	d.Found = append(d.Found, fmt.Sprintf("minibatches have %d rows of a domain (training.batch), since half of the domains have %d training samples or fewer: an epoch then has several steps", batch, median))
	return true
}

// tellMissing says in a draft which inputs lack values, and what stands in for
// them.
func tellMissing(d *study.Draft, domains []*dataset.Domain) {
	numbers, words := map[string]int{}, map[string]int{}
	all, train := 0, 0
	for _, dom := range domains {
		train += dom.Train.Len()
		all += dom.Train.Len() + dom.Val.Len() + dom.Test.Len()
		for _, m := range dom.Missing {
			numbers[m.Name] += m.Train + m.Val + m.Test
		}
		for k, n := range dom.MissingWords() {
			words[dom.Categories[k].Name] += n
		}
	}
	say := func(found map[string]int, of int, rows, what string) {
		names := slices.DeleteFunc(slices.Sorted(maps.Keys(found)), func(name string) bool { return found[name] == 0 })
		if len(names) > 0 {
			d.Found = append(d.Found, fmt.Sprintf("all: %s: %s", what, datafile.FirstFew(names, func(name string) string {
				return fmt.Sprintf("%q (%d of %d %s)", name, found[name], of, rows)
			})))
		}
	}
	say(numbers, all, "rows", "missing numbers are replaced by the "+study.Median+" of the domain's training data, with an input that says where (columns.impute)")
	say(words, train, "training rows", "a missing word is a word of its own")
}

// flatten lists the errors that errors.Join has joined.
func flatten(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var out []error
	for _, e := range joined.Unwrap() {
		out = append(out, flatten(e)...)
	}
	return out
}

// domainOf is the domain of a draft that an error is about, or nil.
func domainOf(d *study.Draft, err error) *study.Domain {
	e, b := new(dataset.Error), new(dataset.BadSamples)
	name := ""
	switch {
	case errors.As(err, &e):
		name = e.Domain
	case errors.As(err, &b):
		name = b.Domain
	}
	for i := range d.Study.Domains {
		if d.Study.Domains[i].Name == name {
			return &d.Study.Domains[i]
		}
	}
	return nil
}

// plainReason is the text of an error about a domain, in one line and without the
// domain's name.
func plainReason(err error) string {
	e, b := new(dataset.Error), new(dataset.BadSamples)
	switch {
	case errors.As(err, &e):
		plain := *e
		plain.Domain = ""
		return plain.Error()
	case errors.As(err, &b):
		return fmt.Sprintf("%d of %d samples are bad, the first: %s: %s", b.Count, b.Count+b.Good, b.First[0].Place(), b.First[0].What())
	}
	return err.Error()
}
