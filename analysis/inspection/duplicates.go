package inspection

import "github.com/sharewise/sharewise/analysis/dataset"

// Duplicates counts samples of one domain with equal inputs.
type Duplicates struct {
	// Training is the number of training samples that have an equal one before
	// them: what training would lose if each input stood there once.
	Training int `json:"training"`
	// Samples of validation and testing that have an equal one in training.
	ValidationInTraining int `json:"validation_in_training"`
	TestInTraining       int `json:"test_in_training"`
	// Likely says how many of these are likely to be copies, rather than samples
	// whose inputs hold too few values to tell them apart (coarse.go).
	Likely Likely `json:"likely"`
	// SameAnswer is how many of TestInTraining have the label or the targets of
	// an equal training sample too. The others are conflicts.
	SameAnswer int `json:"same_answer"`
	// TestInValidation have an equal one in validation: testing data that chose
	// something, where the study selects the best epoch.
	TestInValidation int `json:"test_in_validation"`
	// Conflicts is the number of samples, of all splits, in sets of equal inputs
	// whose labels or targets differ.
	Conflicts int `json:"conflicts"`
	// Examples are the first matches between splits, else within training.
	Examples []Match `json:"examples"`
	// Disagreements are the first matches with different answers.
	Disagreements []Match `json:"disagreements"`
}

// Likely are numbers of samples that are likely to be copies.
type Likely struct {
	Validation int `json:"validation"`
	Test       int `json:"test"`
}

// mostExamples is how many matches of a kind are named.
const mostExamples = 5

// duplicates goes through the sets of equal inputs and fills in the counts of
// domains and of pairs of domains. pairs has the pair of domains a < b at
// [a][b].
func (c *contents) duplicates(domains []Duplicates, pairs [][]Pair) {
	found := allEchoes{}
	for _, set := range c.sets() {
		// Entries are in the order of domains: take them apart.
		var parts [][]entry
		for start := 0; start < len(set); {
			end := start + 1
			for end < len(set) && set[end].domain == set[start].domain {
				end++
			}
			parts = append(parts, set[start:end])
			start = end
		}
		for i, part := range parts {
			d := part[0].domain
			c.within(part, &domains[d])
			for _, split := range []uint8{val, test} {
				found.add(c, part, part, split)
			}
			for _, other := range parts[i+1:] {
				c.across(part, other, &pairs[d][other[0].domain])
				found.add(c, part, other, test)
				found.add(c, other, part, test)
			}
		}
	}
	for a := range domains {
		domains[a].Likely = Likely{found.copies(c, a, a, val), found.copies(c, a, a, test)}
		for b := a + 1; b < len(domains); b++ {
			pairs[a][b].Likely = Both{found.copies(c, a, b, test), found.copies(c, b, a, test)}
		}
	}
}

// within counts one set of equal samples of one domain.
func (c *contents) within(set []entry, d *Duplicates) {
	var of [3][]entry
	for _, e := range set {
		of[e.split] = append(of[e.split], e)
	}
	d.Training += max(0, len(of[train])-1)
	if len(of[train]) > 0 {
		d.ValidationInTraining += len(of[val])
		d.TestInTraining += len(of[test])
		for _, e := range of[test] {
			for _, f := range of[train] {
				if c.sameAnswer(e, f) {
					d.SameAnswer++
					break
				}
			}
		}
	}
	if len(of[val]) > 0 {
		d.TestInValidation += len(of[test])
	}
	for _, e := range set[1:] {
		if !c.sameAnswer(set[0], e) {
			d.Conflicts += len(set)
			d.Disagreements = c.example(d.Disagreements, e, set[0])
			break
		}
	}
	for _, guarded := range []int{test, val} {
		if len(of[guarded]) > 0 && len(of[train]) > 0 {
			d.Examples = c.example(d.Examples, of[guarded][0], of[train][0])
			return
		}
	}
}

// across counts one set of equal samples that two domains share.
func (c *contents) across(a, b []entry, p *Pair) {
	count := func(set []entry, split uint8) int {
		n := 0
		for _, e := range set {
			if e.split == split {
				n++
			}
		}
		return n
	}
	p.Equal.A += len(a)
	p.Equal.B += len(b)
	if count(b, train) > 0 {
		p.TestInTraining.A += count(a, test)
	}
	if count(a, train) > 0 {
		p.TestInTraining.B += count(b, test)
	}
	// The last of a set is in its most guarded split, the first in training
	// if any is.
	if b[0].split == train {
		p.Examples = c.example(p.Examples, a[len(a)-1], b[0])
	} else {
		p.Examples = c.example(p.Examples, b[len(b)-1], a[0])
	}
}

func (c *contents) example(list []Match, a, b entry) []Match {
	if len(list) == mostExamples {
		return list
	}
	return append(list, Match{c.place(a), c.place(b)})
}

func (c *contents) place(e entry) Place {
	return placeOf(c.domains[e.domain], int(e.split), int(e.at))
}

// placeOf names sample i of a domain's split.
func placeOf(d *dataset.Domain, split, i int) Place {
	s := splitsOf(d)[split]
	return Place{Domain: d.Name, Split: splitNames[split], Sample: s.ID(i), Member: s.Member(i), Answer: answer(d, s, i)}
}

// sameAnswer reports whether two samples of one domain are to be predicted the
// same.
func (c *contents) sameAnswer(a, b entry) bool {
	d := c.domains[a.domain]
	s := splitsOf(d)
	if len(d.Task.Classes) > 0 {
		return s[a.split].Label(int(a.at)) == s[b.split].Label(int(b.at))
	}
	x, y := make([]float64, len(d.Task.Targets)), make([]float64, len(d.Task.Targets))
	s[a.split].RawTargets(int(a.at), x)
	s[b.split].RawTargets(int(b.at), y)
	return sameBits(x, y)
}
