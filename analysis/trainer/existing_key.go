package trainer

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sharewise/sharewise/analysis/study"
)

// runKey tells runs apart: by domains, rung, weighting unless there is one domain, and seed.
type runKey struct {
	domains, rung, weighting string
	seed                     int64
}

func keyOf(domains []string, rung, weighting string, seed int64) runKey {
	if len(domains) < 2 {
		weighting = ""
	}
	return runKey{strings.Join(slices.Sorted(slices.Values(domains)), "+"), rung, weighting, seed}
}

func (k runKey) String() string { return k.domains + ", " + k.what() }

// what is all but the domains.
func (k runKey) what() string {
	text := "size " + k.rung
	if k.weighting != "" {
		text += ", weighting " + k.weighting
	}
	return fmt.Sprintf("%s, seed %d", text, k.seed)
}

// runTexts are what a row says of its run, as it says it.
type runTexts struct {
	domain, arm, rung, weighting, seed string
}

func (x *frame) texts(row int) runTexts {
	t := runTexts{x.cols[colDomain][row], "", x.said(colRung, row), x.said(colWeighting, row), x.said(colSeed, row)}
	for _, name := range []string{colArm, colPool, colDomains} {
		if t.arm = x.said(name, row); t.arm != "" {
			break
		}
	}
	return t
}

// said is what a table says in a row, by a column or by its metadata.
func (x *frame) said(name string, row int) string {
	if x.has(name) {
		return x.cols[name][row]
	}
	if v := x.meta["sharewise."+name]; v != "" {
		return v
	}
	return x.meta[name]
}

// key says which run is meant. Errors do not say where.
func (t runTexts) key(s *study.Study) (runKey, error) {
	domains, err := t.members(s)
	if err != nil {
		return runKey{}, err
	}
	rung := t.rung
	switch {
	case rung == "" && len(s.Model.Rungs) == 1:
		rung = s.Model.Rungs[0].Name
	case rung == "":
		return runKey{}, fmt.Errorf("nothing says of which size the model is, and the study has %d; give a column rung", len(s.Model.Rungs))
	}
	if width, err := strconv.ParseFloat(rung, 64); err == nil {
		rung = "w" + strconv.FormatFloat(width, 'g', -1, 64)
	}
	weighting := t.weighting
	if weighting == "" && len(domains) > 1 {
		if len(s.Weightings) > 1 {
			return runKey{}, fmt.Errorf("nothing says how losses were weighted, and the study has %d ways; give a column weighting", len(s.Weightings))
		}
		weighting = s.Weightings[0].Name
	}
	if t.seed == "" {
		return runKey{}, fmt.Errorf("nothing says by which seed the model was trained; give a column seed with a whole number, the same one in models that belong together")
	}
	const most = 1 << 53 // up to which numbers that were written as 1e9 or 11.0 are exact
	seed, err := strconv.ParseFloat(t.seed, 64)
	if err != nil || seed != float64(int64(seed)) || seed > most || seed < -most {
		return runKey{}, fmt.Errorf("seed %q is no whole number", t.seed)
	}
	return keyOf(domains, rung, weighting, int64(seed)), nil
}

// members are the domains that the model learned, the row's among them.
func (t runTexts) members(s *study.Study) ([]string, error) {
	var all, domains []string
	for _, d := range s.Domains {
		all = append(all, d.Name)
	}
	if s.Domain(t.domain) == nil {
		return nil, fmt.Errorf("the study has no domain %q%s", t.domain, study.DidYouMean(t.domain, all))
	}
	switch t.arm {
	case "":
		return nil, fmt.Errorf("nothing says which domains the model learned; give a column arm: independent, joint, or the domains as a+b")
	case study.Joint:
		return all, nil
	case study.Independent:
		return []string{t.domain}, nil
	}
	domains = listedDomains(t.arm, all)
	for _, d := range domains {
		if s.Domain(d) == nil {
			return nil, fmt.Errorf("the model learned %q, and the study has no domain %q%s; %s, %s or the domains as a+b are meant", t.arm, d, study.DidYouMean(d, all), study.Independent, study.Joint)
		}
	}
	if !slices.Contains(domains, t.domain) {
		return nil, fmt.Errorf("the row is about domain %s, which the model of %s did not learn; leave such rows out", t.domain, strings.Join(domains, "+"))
	}
	return domains, nil
}

// listedDomains takes apart what says which domains a model learned: a+b, with commas,
// semicolons, bars or blanks in place of the plus, within pool{} or, with quotation marks, within
// brackets, as programs write their lists. A name that a domain has is that domain.
func listedDomains(text string, all []string) []string {
	if slices.Contains(all, text) {
		return []string{text}
	}
	inner := strings.TrimPrefix(text, "pool")
	for _, pair := range []string{"{}", "[]", "()"} {
		if len(inner) > 1 && inner[0] == pair[0] && inner[len(inner)-1] == pair[1] {
			inner = inner[1 : len(inner)-1]
			break
		}
	}
	var first []string
	for _, separator := range []string{"+", ",", ";", "|", " "} {
		if !strings.Contains(inner, separator) {
			continue
		}
		var found []string
		known := true
		for _, name := range strings.Split(inner, separator) {
			if name = strings.Trim(strings.TrimSpace(name), `"'`); name != "" && !slices.Contains(found, name) {
				found = append(found, name)
				known = known && slices.Contains(all, name)
			}
		}
		if known && len(found) > 0 {
			return found
		}
		if first == nil {
			first = found
		}
	}
	if first == nil {
		return []string{strings.Trim(strings.TrimSpace(inner), `"'`)}
	}
	return first
}
