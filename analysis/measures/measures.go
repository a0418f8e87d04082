package measures

import "slices"

// Measure is one way to measure a domain.
type Measure struct {
	// Name is what results call it.
	Name string
	// Setting is what studies call it, under task.measure; flags take either.
	Setting string
	// Metric is the error that gains reduce.
	Metric Metric
	// Effects names the measure that transfer and interference rest on: Correct
	// where they count answers, Loss where they add up losses. A measure that
	// counts answers adds up losses where nobody knows which answers are right.
	Effects string
	// Needs are the columns of loss tables without which it is unknown.
	Needs Needs
	// Figure is the field of a score, by its name in JSON, that readers see
	// first and that linear models are compared by where a domain is measured
	// so; empty: the usual one of the domain's task.
	Figure string
	// Alike says that every class counts the same, however rare.
	Alike bool
	// Doc continues its setting to a sentence: "error counts wrong answers".
	Doc string
	// Help explains it in a few words beside its name; may be empty.
	Help string
}

// Apart reports whether gains rest on something else than transfer and
// interference do.
func (m Measure) Apart() bool { return m.Effects != m.Name }

// Needs is a set of things that loss tables may know of samples.
type Needs uint

// What measures need of the runs of both sides.
const (
	Answers Needs = 1 << iota // which samples were right
	Classes                   // the class of every sample, of which there are several
	Scores                    // how likely each sample is of class 1, of two classes
	Losses                    // the loss of every sample
)

// Has reports whether anything of what is among the needs.
func (n Needs) Has(what Needs) bool { return n&what != 0 }

// Columns are the columns of loss tables that hold what is needed, in words.
func (n Needs) Columns() string {
	switch {
	case n.Has(Scores):
		return "label, 0 or 1, and score, or prediction and confidence"
	case n.Has(Classes):
		return "label and correct"
	case n.Has(Answers):
		return "correct"
	}
	return "loss"
}

// Metric is an error that gains reduce, in words. A gain's absolute figure is
// counted in it.
type Metric struct {
	// Name is what results call it.
	Name string
	// Title names it in messages: "the mean loss".
	Title string
	// Word names what there is less of when it falls: "errors", "loss".
	Word string
	// Counted says that the word is a plural: there are fewer of it, not less.
	Counted bool
	// Note explains the word where readers may not know it; may be empty.
	Note string
	// Rises is the figure that rises as the error falls, one less the error:
	// "accuracy"; empty where there is none.
	Rises string
	// Percent says that the figure is written in percent.
	Percent bool
	// Faultless continues "the models" where the error is zero: "make no error".
	// Empty for an error that may be below zero or never reaches it.
	Faultless string
}

// Of returns a measure by its name in results or in studies. That of an unknown
// name is the zero Measure.
func Of(name string) Measure {
	i := slices.IndexFunc(All, func(m Measure) bool { return m.Name == name || m.Setting == name })
	if i < 0 || name == "" {
		return Measure{}
	}
	return All[i]
}

// Known reports whether a measure has that name in results.
func Known(name string) bool { return name != "" && Of(name).Name == name }

// Names are the names of all measures in results.
func Names() []string {
	var names []string
	for _, m := range All {
		names = append(names, m.Name)
	}
	return names
}

// Settings are the names of all measures in studies.
func Settings() []string {
	var names []string
	for _, m := range All {
		names = append(names, m.Setting)
	}
	return names
}

// MetricNamed returns a metric by its name in results, the mean loss for a name
// that is unknown.
func MetricNamed(name string) Metric {
	if name == SquaredError.Name {
		return SquaredError
	}
	for _, m := range All {
		if m.Metric.Name == name {
			return m.Metric
		}
	}
	return Of(Loss).Metric
}
