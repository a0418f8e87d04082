package study

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// WeightingMethod is a way of combining losses, as a study names it.
type WeightingMethod struct {
	Name string
	// Doc says in a few words what the weights follow.
	Doc string
	// Keys are the settings that the method has.
	Keys []WeightingKey
}

// WeightingKey is a setting of a method of weighting: its key in the file, and what
// stands in where it is not given; 0 where it has no number for a default.
type WeightingKey struct {
	Key     string
	Default float64
}

var (
	weightsKey = WeightingKey{Key: "weights"}
	targetsKey = WeightingKey{Key: "targets"}
	everyKey   = WeightingKey{Key: "every", Default: 1}
)

// weightingMethods is the table of methods: how each of them works stands in package
// weighting, which has an implementation for every line.
var weightingMethods = []WeightingMethod{
	{"equal", "every domain's mean loss counts 1", nil},
	{"size", "by training samples", nil},
	{"static", "by given weights", []WeightingKey{weightsKey}},
	{"temperature", "by training samples to the power 1/temperature", []WeightingKey{{"temperature", 2}}},
	{"baseline", "by 1/loss of the independent models", []WeightingKey{{"power", 1}, targetsKey}},
	{"dwa", "by the pace of learning", []WeightingKey{{"temperature", 2}}},
	{"uncertainty", "by learned noise", []WeightingKey{{"rate", 0.01}}},
	{"rlw", "at random, a control", nil},
	{"gls", "by 1/loss", nil},
	{"imtl-l", "so that weighted losses are alike, learned", []WeightingKey{{"rate", 0.01}}},
	{"lbtw", "by loss relative to the start of the epoch", []WeightingKey{{"power", 0.5}}},
	{"stch", "for the worst loss relative to a warm-up's", []WeightingKey{{"temperature", 1}, {"warmup", 4}}},
	{"famo", "so that all losses fall at the same pace, learned", []WeightingKey{{"rate", 0.025}, {"decay", 0.001}, everyKey}},
	{"group-dro", "more and more for domains whose loss is high", []WeightingKey{{"rate", 0.01}}},
	{"doremi", "more and more for domains whose loss is above that of their independent models", []WeightingKey{{"rate", 1}, {"smoothing", 0.001}, targetsKey}},
	{"gap", "by what the loss is above that of the independent model", []WeightingKey{{"power", 1}, targetsKey}},
	{"mgda", "shortest combination of the gradients", []WeightingKey{everyKey}},
	{"dual-projection", "least change of the mean gradient that harms no domain", []WeightingKey{everyKey}},
	{"pcgrad", "gradients without their conflicts", []WeightingKey{everyKey}},
	{"gradvac", "gradients brought up to usual cosines", []WeightingKey{{"rate", 0.01}, everyKey}},
	{"gradnorm", "gradients of a length by the pace of learning", []WeightingKey{{"power", 1.5}, {"rate", 0.025}, everyKey}},
	{"cagrad", "for the worst domain near the mean gradient", []WeightingKey{{"radius", 0.4}, everyKey}},
	{"imtl-g", "equal cosines with all gradients", []WeightingKey{everyKey}},
	{"nash-mtl", "Nash bargain between gradients", []WeightingKey{everyKey}},
	{"fairgrad", "fair bargain between gradients", []WeightingKey{{"power", 2}, everyKey}},
	{"upgrad", "sum of gradients each of which harms no domain", []WeightingKey{everyKey}},
	{"aligned-mtl", "gradients with components of one length", []WeightingKey{everyKey}},
	{"db-mtl", "gradients of log losses, as moving means of one length", []WeightingKey{{"smoothing", 0.9}, {"power", 0.5}}},
	{"excess-mtl", "more and more for domains whose loss is far above what it can reach", []WeightingKey{{"rate", 0.01}, everyKey}},
}

// WeightingMethods lists the methods in the order in which help texts show them.
func WeightingMethods() []WeightingMethod { return slices.Clone(weightingMethods) }

// gradientMethods are the methods whose weights follow from the domains' gradients of
// the shared part.
var gradientMethods = []string{"mgda", "dual-projection", "pcgrad", "gradvac", "gradnorm", "cagrad", "imtl-g", "nash-mtl", "fairgrad", "upgrad", "aligned-mtl", "db-mtl", "excess-mtl"}

// FromGradients reports whether the weights follow from the domains' gradients.
func (w Weighting) FromGradients() bool { return slices.Contains(gradientMethods, w.Name) }

// Method returns the line of the table that w names, or nil.
func (w Weighting) Method() *WeightingMethod {
	for i := range weightingMethods {
		if weightingMethods[i].Name == w.Name {
			return &weightingMethods[i]
		}
	}
	return nil
}

// Has reports whether the method has a setting.
func (m *WeightingMethod) Has(key string) bool {
	return slices.ContainsFunc(m.Keys, func(k WeightingKey) bool { return k.Key == key })
}

// number is the place of a setting that is a number.
func (w *Weighting) number(key string) *float64 {
	switch key {
	case "temperature":
		return &w.Temperature
	case "rate":
		return &w.Rate
	case "power":
		return &w.Power
	case "radius":
		return &w.Radius
	case "smoothing":
		return &w.Smoothing
	case "decay":
		return &w.Decay
	}
	return nil
}

// count is the place of a setting that is a whole number.
func (w *Weighting) count(key string) *int {
	switch key {
	case "every":
		return &w.Every
	case "warmup":
		return &w.Warmup
	}
	return nil
}

// Complete fills in the defaults of settings that were not given.
func (w *Weighting) Complete() {
	m := w.Method()
	if m == nil {
		return
	}
	for _, k := range m.Keys {
		if v := w.number(k.Key); v != nil && *v == 0 {
			*v = k.Default
		}
		if v := w.count(k.Key); v != nil && *v == 0 {
			*v = int(k.Default)
		}
	}
}

// Vary replaces the settings that are numbers by what f makes of each, given the bounds
// of what may stand there. Weights, targets, warmup and every stay.
func (w *Weighting) Vary(f func(key string, low, high, value float64) float64) {
	m := w.Method()
	for _, field := range weightingFields {
		if v := w.number(field.key); v != nil && m != nil && m.Has(field.key) {
			*v = f(field.key, field.typ.min, field.typ.max, *v)
		}
	}
}

// Validate says which number of w no method takes: all are above 0 where they are
// given, and finite.
func (w Weighting) Validate() error {
	for _, f := range weightingFields {
		if v := w.number(f.key); v != nil && (math.IsNaN(*v) || *v < 0 || *v > f.typ.max || math.IsInf(*v, 0)) {
			return fmt.Errorf("%s %g; give a number above 0%s", f.key, *v, atMost(f.typ.max))
		}
		if v := w.count(f.key); v != nil && *v < 0 {
			return fmt.Errorf("%s %d; give a number from 1 up", f.key, *v)
		}
	}
	return nil
}

func atMost(high float64) string {
	if math.IsInf(high, 1) {
		return ""
	}
	return ", at most " + format(high)
}

// foreign are the keys that are given and are not settings of the method.
func (w Weighting) foreign() []string {
	m := w.Method()
	if m == nil {
		return nil
	}
	var out []string
	for _, f := range weightingFields[1:] {
		given := false
		switch v := w.number(f.key); {
		case v != nil:
			given = *v != 0
		case w.count(f.key) != nil:
			given = *w.count(f.key) != 0
		case f.key == "weights":
			given = len(w.Weights) > 0
		case f.key == "targets":
			given = len(w.Targets) > 0
		}
		if given && !m.Has(f.key) {
			out = append(out, f.key)
		}
	}
	return out
}

// having lists the methods that have a setting, with its default where it has one.
func having(key string) string {
	var parts []string
	for _, m := range weightingMethods {
		for _, k := range m.Keys {
			switch {
			case k.Key != key:
			case k.Default == 0:
				parts = append(parts, m.Name)
			default:
				parts = append(parts, m.Name+" "+format(k.Default))
			}
		}
	}
	return strings.Join(parts, ", ")
}

func methodNames() []string {
	out := make([]string, len(weightingMethods))
	for i, m := range weightingMethods {
		out[i] = m.Name
	}
	return out
}

func weightingDoc() string {
	parts := make([]string, len(weightingMethods))
	for i, m := range weightingMethods {
		parts[i] = m.Name + ": " + m.Doc
	}
	return strings.Join(parts, "; ") + "."
}

// byDomain checks numbers by domain: every domain has one above zero.
func (c *checker) byDomain(at, path, what string, values map[string]float64) {
	names := c.names()
	for _, n := range names {
		switch v, ok := values[n]; {
		case !ok:
			c.errorf(at, "%s lack domain %s", what, n)
		case v <= 0:
			c.errorf(path+"."+n, "a number is above 0; this is %s", format(v))
		}
	}
	for _, n := range sortedKeys(values) {
		if !slices.Contains(names, n) {
			c.errorf(path+"."+n, "no domain is called %q%s", n, DidYouMean(n, names))
		}
	}
}

// IdleWeightings says that weightings change nothing where the whole trunk is frozen,
// and what to do; empty where the study has none but equal weights.
func (s *Study) IdleWeightings() string {
	var idle, gradients []string
	for _, w := range s.Weightings {
		switch {
		case w.FromGradients():
			gradients = append(gradients, w.Name)
			fallthrough
		case w.Name != "equal":
			idle = append(idle, w.Name)
		}
	}
	if len(idle) == 0 {
		return ""
	}
	why := "weights act on the trunk alone"
	if len(gradients) > 0 {
		why += fmt.Sprintf(", and %s would follow its gradients, which it has none of", strings.Join(gradients, ", "))
	}
	return fmt.Sprintf("weightings: the whole trunk is frozen, so that there is nothing for %s to weigh: %s; freeze less, or leave out what is not equal", strings.Join(idle, ", "), why)
}

func (c *checker) weightings() {
	if m := c.study.Model; slices.Contains(m.Freeze, "*") && m.Adapters == nil {
		if note := c.study.IdleWeightings(); note != "" {
			c.warnf("%s", note)
		}
	}
	seen := map[string]bool{}
	for i, w := range c.study.Weightings {
		path := fmt.Sprintf("weightings[%d]", i)
		if seen[w.Name] {
			c.errorf(path, "a second entry is called %s", w.Name)
		}
		seen[w.Name] = true
		for _, key := range w.foreign() {
			c.errorf(path+"."+key, "%s is for %s, not for %s", key, having(key), w.Name)
		}
		if w.Name == "static" {
			c.byDomain(path, path+".weights", "static weights", w.Weights)
		}
		if len(w.Targets) > 0 && w.Method() != nil && w.Method().Has("targets") {
			c.byDomain(path, path+".targets", "targets", w.Targets)
		}
	}
}
