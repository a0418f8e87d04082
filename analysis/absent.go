package analysis

import (
	"fmt"
	"slices"
	"strings"
)

// absent doubts figures that lack runs of the largest rung: those that diverged,
// which make means over the others too kind to their arms, and those that have
// not ended.
func (a *analyzer) absent() {
	if len(a.Rungs) == 0 {
		return
	}
	planned := 0
	var diverged, missing absence
	for _, r := range a.Runs {
		if r.Rung != a.results.LargestRung() {
			continue
		}
		planned++
		switch r.Status {
		case Finished:
		case Diverged:
			diverged.add(a.nameOf(r), r.Domains)
		default:
			missing.add(a.nameOf(r), r.Domains)
		}
	}
	if diverged.runs > 0 {
		brief := fmt.Sprintf("%s diverged", outOf(diverged.runs, planned))
		why := ""
		if diverged.runs < planned {
			why = ": the means of runs that went well are too kind to what makes others diverge"
		}
		a.doubt(Doubt{
			Kind: DivergedRuns, Domains: a.inOrder(diverged.domains), Brief: brief,
			Text: fmt.Sprintf("%s (%s), and all figures leave them out", brief, someNames(diverged.arms)),
			Next: "Lower training.rate, set training.clip: 1, or look for extreme values in the data, and run again" + why + ".",
		})
	}
	if missing.runs > 0 {
		brief := fmt.Sprintf("%s missing", strings.Replace(outOf(missing.runs, planned), " runs", " planned runs are", 1))
		a.doubt(Doubt{
			Kind: MissingRuns, Domains: a.inOrder(missing.domains), Brief: brief,
			Text: fmt.Sprintf("%s (%s)", brief, someNames(missing.arms)),
			Next: "Run the study to its end, which goes on where it stopped, and analyze it again.",
		})
	}
}

// outOf counts runs: 3 of 27 runs; all 27 runs.
func outOf(n, of int) string {
	if n == of {
		return fmt.Sprintf("all %d runs", n)
	}
	return fmt.Sprintf("%d of %d runs", n, of)
}

// absence is runs that there are no figures of.
type absence struct {
	runs          int
	arms, domains []string // each once
}

func (s *absence) add(arm string, domains []string) {
	s.runs++
	if !slices.Contains(s.arms, arm) {
		s.arms = append(s.arms, arm)
	}
	for _, d := range domains {
		if !slices.Contains(s.domains, d) {
			s.domains = append(s.domains, d)
		}
	}
}

// inOrder sorts names of domains as the study has them.
func (a *analyzer) inOrder(names []string) []string {
	var out []string
	for _, d := range a.Domains {
		if slices.Contains(names, d.Name) {
			out = append(out, d.Name)
		}
	}
	return out
}
