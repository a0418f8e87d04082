package reports

// leastSought is the number of domains from which on there are groups beside all
// together, single domains and what one of them is left out of.
const leastSought = 4

// unsought says that no groups of domains were looked for, and how to: where beside the
// models of single domains only those of all of them were trained. Empty where others were.
func (in *Input) unsought() (what, next text) {
	n := len(in.Results.Domains)
	if n < leastSought || len(in.Results.Gains) == 0 {
		return "", ""
	}
	for _, g := range in.Results.Gains {
		if len(g.Pool) < n {
			return "", ""
		}
	}
	return say("Groups were not looked for: beside the models of single domains only those of all %s were trained.", count(n)),
		say("To look for groups: sharewise run STUDY --until settled proposes and trains pools of domains that seem alike, where the study asks for no pairs and lists no pools; or list some under arms.pools.")
}
