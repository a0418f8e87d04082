package losses

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/sharewise/sharewise/analysis/filelimit"
)

// metaPrefix begins the keys of a run's identity.
const metaPrefix = "sharewise."

// pairs returns the identity as sorted keys and values; a table without one
// has none.
func (m Meta) pairs() [][2]string {
	if m.Run == "" && m.Study == "" && m.Arm == "" {
		return nil
	}
	domains, _ := json.Marshal(m.Domains) // strings always marshal
	fold := ""
	if m.Fold > 0 {
		fold = strconv.Itoa(m.Fold) + "/" + strconv.Itoa(m.Folds)
	}
	pairs := [][2]string{
		{metaPrefix + "arm", m.Arm},
		{metaPrefix + "domains", string(domains)},
		{metaPrefix + "fold", fold},
		{metaPrefix + "hash", m.Hash},
		{metaPrefix + "randomness", m.Randomness},
		{metaPrefix + "run", m.Run},
		{metaPrefix + "rung", m.Rung},
		{metaPrefix + "seed", strconv.FormatInt(m.Seed, 10)},
		{metaPrefix + "split", m.Split},
		{metaPrefix + "study", m.Study},
		{metaPrefix + "weighting", m.Weighting},
	}
	return slices.DeleteFunc(pairs, func(p [2]string) bool {
		return p[1] == "" && (p[0] == metaPrefix+"randomness" || p[0] == metaPrefix+"fold")
	})
}

// set takes over one key and value; unknown keys are ignored.
func (m *Meta) set(key, value string) error {
	switch key {
	case metaPrefix + "arm":
		m.Arm = value
	case metaPrefix + "domains":
		if err := json.Unmarshal([]byte(value), &m.Domains); err != nil {
			return fmt.Errorf("domains %.60q: %w", value, filelimit.JSONError(err, "it"))
		}
	case metaPrefix + "fold":
		if n, err := fmt.Sscanf(value, "%d/%d", &m.Fold, &m.Folds); n < 2 || err != nil {
			return fmt.Errorf("fold %q is not as 2/5 for the second of five", value)
		}
	case metaPrefix + "hash":
		m.Hash = value
	case metaPrefix + "randomness":
		m.Randomness = value
	case metaPrefix + "run":
		m.Run = value
	case metaPrefix + "rung":
		m.Rung = value
	case metaPrefix + "seed":
		seed, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return fmt.Errorf("seed %.60q is no whole number", value)
		}
		m.Seed = seed
	case metaPrefix + "split":
		m.Split = value
	case metaPrefix + "study":
		m.Study = value
	case metaPrefix + "weighting":
		m.Weighting = value
	}
	return nil
}

// common returns what both agree on.
func (m Meta) common(o Meta) Meta {
	same := func(a, b string) string {
		if a == b {
			return a
		}
		return ""
	}
	c := Meta{
		Study: same(m.Study, o.Study), Run: same(m.Run, o.Run), Hash: same(m.Hash, o.Hash), Arm: same(m.Arm, o.Arm),
		Rung: same(m.Rung, o.Rung), Weighting: same(m.Weighting, o.Weighting), Split: same(m.Split, o.Split),
		Randomness: same(m.Randomness, o.Randomness),
	}
	if slices.Equal(m.Domains, o.Domains) {
		c.Domains = m.Domains
	}
	if m.Fold == o.Fold && m.Folds == o.Folds {
		c.Fold, c.Folds = m.Fold, m.Folds
	}
	if m.Seed == o.Seed {
		c.Seed = m.Seed
	}
	return c
}
