package inspection

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/wording"
)

// Warning is one thing that somebody should know before training.
type Warning struct {
	Kind   Kind   `json:"kind"`
	Domain string `json:"domain"` // or "a, b" for a pair
	Text   string `json:"text"`
	// rule tells warnings of one sort from others, whatever their figures.
	rule string
}

// oftenSame is the number of domains from which on a warning of one sort is
// told once.
const oftenSame = 5

// Gather makes one warning of those of one sort where there are many: that of
// the first domain, with the names of the others. The order is kept.
func Gather(all []Warning) []Warning {
	type sort struct {
		kind Kind
		rule string
	}
	like := map[sort][]Warning{}
	for _, w := range all {
		like[sort{w.Kind, w.rule}] = append(like[sort{w.Kind, w.rule}], w)
	}
	var out []Warning
	for _, w := range all {
		key := sort{w.Kind, w.rule}
		same := like[key]
		if w.rule == "" || len(same) < oftenSame {
			out = append(out, w)
			continue
		}
		if w != same[0] {
			continue
		}
		var others []string
		for _, o := range same[1:] {
			others = append(others, o.Domain)
		}
		others = slices.DeleteFunc(slices.Compact(others), func(name string) bool { return name == w.Domain })
		if len(others) > 0 {
			w.Domain += " (likewise " + wording.First(others, mostNames) + ")"
		}
		out = append(out, w)
	}
	return out
}

// Kind is how grave a warning is.
type Kind string

// The kinds of warnings, the gravest first.
const (
	Leak    Kind = "leak"    // test data that training sees: scores will be too good
	Stop    Kind = "stop"    // a run would refuse the data
	Caution Kind = "caution" // worth knowing
)

// Leaks reports whether any leak is suspected.
func (r *Report) Leaks() bool {
	return slices.ContainsFunc(r.Warnings, func(w Warning) bool { return w.Kind == Leak })
}

// When figures are worth a warning.
const (
	manyCopies     = 0.01 // share of training samples that stand there twice
	highRatio      = 10   // largest by smallest class
	fewTraining    = 10   // samples of a class
	fewTest        = 100  // samples of a domain
	fewTestGroups  = 5
	largeGroup     = 0.5  // share of samples in one group
	largeShift     = 0.1  // total variation of class shares
	driftRate      = 0.01 // false discovery rate
	driftDistance  = 0.1  // KS statistic
	manyOutside    = 0.01 // share of test values outside the range of training
	manyDeviations = 20
)

// warner collects warnings.
type warner struct {
	list  []Warning
	folds int
}

func (w *warner) add(kind Kind, domain, format string, args ...any) {
	w.list = append(w.list, Warning{kind, domain, fmt.Sprintf(format, args...), format})
}

// warnings puts what a report holds into sentences: leaks first, then what stops a run, then
// the rest, each in the order of domains.
func warnings(r *Report) []Warning {
	w := &warner{list: []Warning{}, folds: r.Folds}
	for i := range r.Domains {
		d := &r.Domains[i]
		w.leaks(d)
		w.dropped(d)
		w.answers(d)
		w.inputs(d)
	}
	for i := range r.Pairs {
		w.pair(&r.Pairs[i], i < len(r.Domains)-1)
	}
	slices.SortStableFunc(w.list, func(a, b Warning) int { return rank(a.Kind) - rank(b.Kind) })
	return w.list
}

func rank(k Kind) int { return slices.Index([]Kind{Leak, Stop, Caution}, k) }

// size is the number of samples of a split.
func (d *Domain) size(split int) int { return d.Splits[split].Samples }

func (w *warner) leaks(d *Domain) {
	u := &d.Duplicates
	var parts []string
	if u.Likely.Test > 0 {
		parts = append(parts, of(u.TestInTraining, d.size(test), "test samples")+likely(u.Likely.Test, u.TestInTraining))
	}
	if u.Likely.Validation > 0 {
		parts = append(parts, of(u.ValidationInTraining, d.size(val), "validation samples")+likely(u.Likely.Validation, u.ValidationInTraining))
	}
	if n := u.TestInTraining; n > 0 && u.Likely.Test == 0 {
		w.add(Caution, d.Name, "%s have inputs equal to a training sample's, as chance has it where inputs hold few values: %d of them have its answer too. These are no copies", of(n, d.size(test), "test samples"), u.SameAnswer)
	}
	if len(parts) > 0 {
		w.add(Leak, d.Name, "%s have inputs equal to a training sample's, such as %s. Remove copies, set split.by: content, or give them a common group so that they stay in one split", strings.Join(parts, " and "), u.Examples[0])
	}
	if g := d.Groups; g != nil && g.InTraining > 0 {
		w.add(Leak, d.Name, "%s in training and in test or validation data, with %s, such as group %q. Set split.by: group, or correct the given split", isIn(g.InTraining, "group", ""), of(g.TestSamples, d.size(test), "test samples"), g.Examples[0].Group)
	}
	if n := d.Near; n != nil && n.Suspected > 0 {
		advice := "Are they of one source? Then split by group: split.group finds it in file names"
		if d.Groups != nil {
			advice = "The groups of the split do not keep these together"
		}
		w.add(Leak, d.Name, "%s nearly look like a training image, %d of them with its label, such as %s. %s", of(n.Suspected, n.Compared, "test images compared"), n.SameAnswer, n.Examples[0], advice)
	}
	for _, c := range d.Numbered {
		if c.Tells() {
			w.add(Leak, d.Name, "%s. Leave it out by columns.ignore, or set split.by: time if the order is what is to be learned from", c)
		} else {
			w.add(Caution, d.Name, "%s. If it is no property of a sample, leave it out by columns.ignore", c)
		}
	}
	if u.TestInValidation > 0 {
		w.add(Caution, d.Name, "%s have inputs equal to a validation sample's", of(u.TestInValidation, d.size(test), "test samples"))
	}
	if n := d.size(train); float64(u.Training) >= manyCopies*float64(n) && u.Training > 0 {
		w.add(Caution, d.Name, "%s repeat the inputs of another one: such samples count several times", of(u.Training, n, "training samples"))
	}
	if u.Conflicts > 0 {
		what := "labels"
		if d.Balance == nil {
			what = "targets"
		}
		w.add(Caution, d.Name, "%s share their inputs with samples of other %s, which no model can tell apart, such as %s", wording.Plural(u.Conflicts, "sample"), what, u.Disagreements[0])
	}
}

// likely words how many of some samples are likely to be copies.
func likely(copies, n int) string {
	if copies == n {
		return ""
	}
	return fmt.Sprintf(" (about %d more than chance brings about)", copies)
}

// String names both places with what is to be predicted.
func (m Match) String() string { return m.A.String() + " = " + m.B.String() }

// String names split, file and number.
func (p Place) String() string {
	if p.Member != "" {
		return p.Split + " " + p.Member
	}
	return p.Split + " " + strconv.FormatInt(p.Sample, 10)
}

func (w *warner) dropped(d *Domain) {
	total := 0
	var bad []dataset.Drop
	for _, x := range d.Dropped {
		if x.Reason == dataset.NoLabel {
			w.add(Caution, d.Name, "%s without a label left out (columns.missing_labels), such as %s", wording.Plural(x.Count, "row"), x.Example)
			continue
		}
		total, bad = total+x.Count, append(bad, x)
	}
	if total == 0 {
		return
	}
	x := slices.MaxFunc(bad, func(a, b dataset.Drop) int { return a.Count - b.Count })
	text := fmt.Sprintf("%s, most often: %s (%d, such as %s)", wording.Plural(total, "bad sample"), x.Reason, x.Count, x.Example)
	if d.SkipBad {
		w.add(Caution, d.Name, "%s; skip_bad leaves them out", text)
	} else {
		w.add(Stop, d.Name, "%s. Correct them, or set skip_bad: true to leave them out; here they are left out", text)
	}
}

// answers looks at what is predicted and at how much there is to test on.
func (w *warner) answers(d *Domain) {
	switch n := d.size(test) * max(1, w.folds); {
	case n >= fewTest:
	case d.Balance == nil:
		w.add(Caution, d.Name, "%s only: each counts %s %% in the mean loss", wording.Plural(n, "test sample"), figure(100/float64(n)))
	default:
		w.add(Caution, d.Name, "%s only: one more mistake changes the error by %s points", wording.Plural(n, "test sample"), figure(100/float64(n)))
	}
	if g := d.Groups; g != nil {
		if g.Test < fewTestGroups {
			w.add(Caution, d.Name, "%s in test data: results depend on which they are", wording.Plural(g.Test, "group"))
		}
		if g.Largest > largeGroup {
			w.add(Caution, d.Name, "%s %% of all samples are of one group", figure(100*g.Largest))
		}
	}
	b := d.Balance
	if b == nil {
		return
	}
	var rare []string
	for _, c := range b.Classes {
		if c.Train < fewTraining {
			rare = append(rare, fmt.Sprintf("%s (%d)", c.Class, c.Train))
		}
	}
	if len(rare) > 0 {
		w.add(Caution, d.Name, "fewer than %d training samples of %s: %s", fewTraining, wording.PluralAs(len(rare), "class", "classes"), wording.First(rare, mostNames))
	}
	if b.Ratio >= highRatio {
		w.add(Caution, d.Name, "classes are unbalanced, %s to 1: always naming the largest is right in %s %% of the test data; read balanced accuracy", figure(b.Ratio), figure(100*b.Majority))
	}
	if b.Shift >= largeShift && b.ShiftP <= driftRate {
		w.add(Caution, d.Name, "classes have other shares in test than in training data (total variation distance %.2f)", b.Shift)
	}
}

func (w *warner) inputs(d *Domain) {
	if d.Blank > 0 {
		what := "of one number all over"
		if d.Texts != nil {
			what = "without any word or sign"
		}
		w.add(Caution, d.Name, "%s %s", wording.Plural(d.Blank, d.Kind), what)
	}
	for _, t := range d.Telling {
		w.add(Caution, d.Name, "%s", t.Note())
	}
	for _, c := range d.Coded {
		w.add(Caution, d.Name, "column %q has %s in %s, and %s: if that stands for a missing value, list it in columns.missing", c.Column, shortest(c.Code), wording.Plural(c.Samples, "sample"), c.others)
	}
	for _, c := range d.Categories {
		if n := d.size(test); float64(c.Unseen) >= manyOutside*float64(n) && c.Unseen > 0 {
			w.add(Caution, d.Name, "%s have a word in column %q that its training data lack, or none", of(c.Unseen, n, "test samples"), c.Name)
		}
	}
	// Of new samples from the same distribution 2/(n+1) are outside the range of
	// n old ones in the mean.
	many := max(manyOutside, 10/float64(d.size(train)+1))
	var constant, drifting, outside, extreme []string
	for _, f := range slices.Concat(d.Features, d.Targets) {
		if f.Constant {
			constant = append(constant, f.Name)
			continue
		}
		if f.Drifts() {
			drifting = append(drifting, fmt.Sprintf("%s (%.2f)", f.Name, f.Drift.KS))
		}
		if x := f.Drift; x != nil && x.Outside >= many {
			outside = append(outside, fmt.Sprintf("%s (%s %%)", f.Name, figure(100*x.Outside)))
		}
		// A number that is nearly always 0 is far from its mean where it is not.
		if sparse := f.Q1 == 0 && f.Q3 == 0; f.Extreme >= manyDeviations && !sparse {
			extreme = append(extreme, fmt.Sprintf("%s (%s)", f.Name, figure(f.Extreme)))
		}
	}
	if len(constant) > 0 {
		w.add(Caution, d.Name, "the same in all training samples: %s", wording.First(constant, mostNames))
	}
	if len(drifting) > 0 {
		grouped := ""
		if d.Groups != nil {
			grouped = "; few groups differ easily"
		}
		w.add(Caution, d.Name, "test differs from training data in %s (Kolmogorov-Smirnov distance): %s%s", wording.Plural(len(drifting), "feature"), wording.First(drifting, mostNames), grouped)
	}
	if len(outside) > 0 {
		w.add(Caution, d.Name, "test values outside the range of training: %s", wording.First(outside, mostNames))
	}
	if len(extreme) > 0 {
		w.add(Caution, d.Name, "values many standard deviations from the mean: %s", wording.First(extreme, mostNames))
	}
}

// pair warns of two domains. first says that the pair has the first domain,
// against which the inputs of all others are held.
func (w *warner) pair(p *Pair, first bool) {
	names := p.A + ", " + p.B
	var parts []string
	if p.Likely.A > 0 {
		parts = append(parts, fmt.Sprintf("%s in the training data of %s%s", isIn(p.TestInTraining.A, "test sample", " of "+p.A), p.B, likely(p.Likely.A, p.TestInTraining.A)))
	}
	if p.Likely.B > 0 {
		parts = append(parts, fmt.Sprintf("%s in the training data of %s%s", isIn(p.TestInTraining.B, "test sample", " of "+p.B), p.A, likely(p.Likely.B, p.TestInTraining.B)))
	}
	switch {
	case len(parts) > 0:
		w.add(Leak, names, "%s: a joint model is trained on what it is tested on", strings.Join(parts, " and "))
	case p.TestInTraining.A+p.TestInTraining.B > 0:
		w.add(Caution, names, "%s in the training data of %s, and %d of %s in that of %s, as chance has it where inputs hold few values", isIn(p.TestInTraining.A, "test sample", " of "+p.A), p.B, p.TestInTraining.B, p.B, p.A)
	case p.Equal.A > 0:
		w.add(Caution, names, "%s in %s too, not across training and test", isIn(p.Equal.A, "sample", " of "+p.A), p.B)
	}
	if p.SpelledApart != nil {
		w.add(Caution, names, "classes that may be the same are spelled differently, %s: spell them alike where they are, since models are tested on another domain by the names of classes", wording.First(p.SpelledApart, mostNames))
	}
	if p.UnitsApart != nil {
		w.add(Caution, names, "numbers of a column are written with different units, and are taken as they are: %s. Where they are not the same, convert one domain's, or leave the column out by columns.ignore", wording.First(p.UnitsApart, mostNames))
	}
	if first && !p.SameInputs {
		w.add(Stop, names, "their inputs differ in shape or in the names of features; one trunk needs the same")
	}
}
