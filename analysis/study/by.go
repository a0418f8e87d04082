package study

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// Values lists the values that a column of a domain's table has, each once and as
// columns.where compares them. The domain is what defaults of the study say, with
// everything filled in; relative paths start as [Study.Path] says. Package dataset
// has such a function.
type Values func(s *Study, d Domain, column string) ([]string, error)

// byColumn is the mapping that may stand for the list of domains.
type byColumn struct {
	Column string
	Labels map[string]map[string][]string // by value of the column
}

var byFields = []field{
	{key: "by", doc: "Column of the table under defaults.data: each of its values becomes a domain, of the rows that have it. Values that are missing belong to none.", typ: text(), need: true,
		at: at(func(b *byColumn) *string { return &b.Column })},
	{key: "labels", doc: "Labels of the domains for the rules under policy, by the values of the column as the table has them: {north: {owner: acme}, south: {owner: bolt}}. They stand beside those of defaults, and in place of those of the same name.", typ: labelled(),
		at: at(func(b *byColumn) *map[string]map[string][]string { return &b.Labels })},
}

// expand makes a domain of every value of the column that stands for the list of
// domains.
func (d *decoder) expand(shared ast.Node, s *Study) {
	const path = "domains.by"
	if !d.has(path) {
		d.errorf("domains", "the key %q is missing: the column whose values are the domains; or list the domains", "by")
		return
	}
	place := d.places[path]
	template := Domain{}
	fill(&template, domainFields)
	if shared != nil {
		d.value(shared, object(domainFields), &template, "defaults")
	}
	kind := s.Input.Kind
	if s.takesSeries() {
		kind = SeriesInput
	}
	if s.takesTexts() || template.Columns != nil && len(template.Columns.Text) > 0 {
		kind = TextInput
	}
	d.completeDomain(&template, kind, "defaults")
	if len(d.errs) > 0 {
		return
	}
	switch {
	case template.Files == (Files{}):
		d.errorf(path, "no table has the column %q; name one under defaults, such as defaults: {data: plants.csv}", d.by.Column)
		return
	case !IsTable(template.Format) && !template.Indexed():
		d.errorf(path, "defaults.data are of format %s; domains are made of the values of a column of a table, or of the index of images", template.Format)
		return
	case d.values == nil:
		d.errorf(path, "the values of a column stand in the data, which are not read here: list the domains")
		return
	}
	values, err := d.values(s, template, d.by.Column)
	if err != nil {
		d.errorf(path, "%v", err)
		return
	}
	if n := len(values); n == 0 || n > MaxDomains {
		d.errorf(path, "column %q has %d values; a study has 1 to %d domains", d.by.Column, n, MaxDomains)
		return
	}
	sortValues(values)
	for value := range d.by.Labels {
		if !slices.Contains(values, value) {
			d.errorf("domains.labels."+value, "column %q has no value %q%s", d.by.Column, value, DidYouMean(value, values))
		}
	}
	s.Domains = nil
	for i, name := range valueNames(d.by.Column, values) {
		domain, at := Domain{}, fmt.Sprintf("domains[%d]", i)
		fill(&domain, domainFields)
		d.value(shared, object(domainFields), &domain, at)
		domain.Name = name
		if domain.Columns == nil {
			domain.Columns = NewColumns()
		}
		where := maps.Clone(domain.Columns.Where)
		if where == nil {
			where = map[string]string{}
		}
		where[d.by.Column] = values[i]
		domain.Columns.Where = where
		if own := d.by.Labels[values[i]]; len(own) > 0 {
			of := maps.Clone(domain.Labels)
			if of == nil {
				of = map[string][]string{}
			}
			maps.Copy(of, own)
			domain.Labels = of
		}
		for _, key := range []string{"", ".name", ".columns.where"} {
			d.places[at+key] = place
		}
		s.Domains = append(s.Domains, domain)
	}
}

// sortValues sorts by number where all values are numbers, else as text.
func sortValues(values []string) {
	number := func(v string) (float64, bool) {
		x, err := strconv.ParseFloat(v, 64)
		return x, err == nil
	}
	for _, v := range values {
		if _, ok := number(v); !ok {
			slices.Sort(values)
			return
		}
	}
	slices.SortFunc(values, func(a, b string) int {
		x, _ := number(a)
		y, _ := number(b)
		switch {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return strings.Compare(a, b)
	})
}

// valueNames gives every value of a column a name of its own: as it is written, as
// far as names have such letters, with the column's name before numbers.
func valueNames(column string, values []string) []string {
	texts := make([]string, len(values))
	for i, v := range values {
		if _, err := strconv.ParseFloat(v, 64); err == nil {
			v = NameOf(column) + "-" + v
		}
		texts[i] = v
	}
	return DistinctNames(texts)
}
