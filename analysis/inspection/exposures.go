package inspection

import "github.com/sharewise/sharewise/analysis/study"

// Exposures are the leaks of test data in numbers, in the order of domains and
// then of pairs.
func (r *Report) Exposures() []study.Exposure {
	var out []study.Exposure
	sizes := map[string]int{}
	add := func(domain, in string, samples int, by string) {
		if samples > 0 {
			out = append(out, study.Exposure{Domain: domain, In: in, Samples: samples, Of: sizes[domain], By: by})
		}
	}
	for i := range r.Domains {
		d := &r.Domains[i]
		sizes[d.Name] = d.size(test)
		add(d.Name, d.Name, d.Duplicates.Likely.Test, study.SameInputs)
		if d.Groups != nil {
			add(d.Name, d.Name, d.Groups.TestSamples, study.SameGroup)
		}
		for _, c := range d.Numbered {
			if c.Tells() {
				out = append(out, study.Exposure{Domain: d.Name, In: d.Name, Samples: d.size(test), Of: d.size(test), By: study.ByRows, Column: c.Column})
			}
		}
		if len(d.Telling) > 0 {
			out = append(out, study.Exposure{Domain: d.Name, In: d.Name, Samples: d.size(test), Of: d.size(test), By: study.ByAnswer, Column: d.Telling[0].Inputs[0]})
		}
	}
	for i := range r.Pairs {
		p := &r.Pairs[i]
		add(p.A, p.B, p.Likely.A, study.SameInputs)
		add(p.B, p.A, p.Likely.B, study.SameInputs)
	}
	return out
}
