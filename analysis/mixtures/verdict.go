package mixtures

import (
	"fmt"
	"strings"

	"github.com/sharewise/sharewise/analysis/wording"
)

// conclude says what was found in plain sentences.
func (f *File) conclude() {
	say := func(format string, args ...any) { f.Verdict = append(f.Verdict, fmt.Sprintf(format, args...)) }
	inside, of, refused := 0, 0, 0
	own, hurt := map[string]bool{}, []string{}
	last := f.Sizes[len(f.Sizes)-1].Rung
	for _, l := range f.Laws {
		if l.Why != "" {
			refused++
		}
		for _, p := range l.Predictions {
			of++
			if p.Inside {
				inside++
			}
		}
		if l.Rung != last {
			continue
		}
		for d, v := range l.Slopes {
			switch {
			case f.Domains[d] == l.Domain:
				own[l.Domain] = v.Hi < 0
			case v.Hi < 0:
				hurt = append(hurt, fmt.Sprintf("%s gains from a larger share of %s", l.Domain, f.Domains[d]))
			}
		}
	}
	if of > 0 {
		say("%s, one for each domain and size, predicted %d of %s of mixtures that they were not fitted to within their limits (level %g).", wording.Plural(len(f.Laws)-refused, "law"), inside, wording.PluralAs(of, "loss", "losses"), f.Level)
	}
	if refused > 0 {
		say("For %d of %d no law was fitted.", refused, len(f.Laws))
	}
	var sure []string
	for _, name := range f.Domains {
		if own[name] {
			sure = append(sure, name)
		}
	}
	switch {
	case len(f.Laws) == refused:
	case len(sure) == 0:
		say("At %s no domain surely loses less with a larger share of its own than with one of the others.", last)
	default:
		say("At %s a larger share of its own surely takes loss away from %s.", last, strings.Join(sure, ", "))
	}
	if len(hurt) > 0 {
		say("Surely, relative to the mean domain: %s.", strings.Join(hurt, "; "))
	}
	if c := f.Competition; c != nil {
		say("Held against %s of mixtures kept back, a law in which domains compete for the model's room is %.1f %% off on average, one in which they do not %.1f %%, the mean of all mixtures %.1f %%.",
			wording.PluralAs(c.Kept.Losses, "loss", "losses"), 100*float64(c.Kept.Competing), 100*float64(c.Kept.Apart), 100*float64(c.Kept.Unchanged))
		if e := c.Largest; e != nil {
			say("From the smaller sizes, losses at %s are predicted with errors of %.1f %% with competition and %.1f %% without; unchanged losses would be %.1f %% off.", last, 100*float64(e.Competing), 100*float64(e.Apart), 100*float64(e.Unchanged))
		}
	}
}
