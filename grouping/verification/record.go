package verification

import (
	"errors"
	"fmt"
	"io/fs"
	"math"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/versioned"
	"github.com/sharewise/sharewise/grouping"
)

var (
	// ErrNothing is returned for a recommendation that keeps every domain apart:
	// nothing was promised.
	ErrNothing = errors.New("nothing was promised")
	// ErrChanged is returned where data, models or settings are not those that the
	// recommendation rests on.
	ErrChanged = project.ErrChanged
	// ErrNotFresh is returned for test data that the choice rests on.
	ErrNotFresh = errors.New("no fresh test data")
	// ErrNoLimits is returned where what was delivered cannot be told from anything.
	ErrNoLimits = errors.New("the delivered gain of a domain has no limits")
)

const (
	historyVersion = 2
	// kindlyVersion is that of histories whose promises were held where the delivered
	// gain itself, without its limits, was at least the lower limit of the promise.
	kindlyVersion = 1
)

// History is the content of promises.json: what was promised, and what was
// delivered.
type History struct {
	Version int      `json:"version"` // 2
	Study   string   `json:"study"`
	Records []Record `json:"records"` // the latest last
}

// Record is one verification.
type Record struct {
	// ID follows from what was verified: groups, promise, seeds and test data.
	ID        string `json:"id"`
	Rung      string `json:"rung"`
	Weighting string `json:"weighting"`
	// Seeds are the numbers of the fresh ones.
	Seeds []int `json:"seeds"`
	// Test says what models were tested on; Fresh says that these data had no part
	// in the choice, and not seeds alone.
	Test  string  `json:"test"`
	Fresh bool    `json:"fresh"`
	Level float64 `json:"level"` // coverage of limits
	// Groups are the recommended pools of two and more.
	Groups []Group `json:"groups"`
	// Total is the sum over domains of value times gain.
	Total    Comparison `json:"total"`
	Verdict  Verdict    `json:"verdict"`
	Warnings []string   `json:"warnings"`
}

// Group is a recommended pool.
type Group struct {
	Members []Member   `json:"members"`
	Total   Comparison `json:"total"`
}

// Member is a domain of a pool.
type Member struct {
	Domain string `json:"domain"`
	// Samples is the number of test samples.
	Samples int `json:"samples"`
	Comparison
}

// Comparison holds a promised gain against the delivered one. Gains are relative.
type Comparison struct {
	Promised  grouping.Shrunk `json:"promised"`
	Delivered grouping.Shrunk `json:"delivered"`
	// Difference is what was delivered less what was promised.
	Difference grouping.Shrunk `json:"difference"`
	// Margin is the shortfall that does not matter: the tolerance that groups were
	// chosen by, times the values that the gain is the sum of.
	Margin float64 `json:"margin"`
	// Noticeable is the smallest shortfall that would be called broken.
	Noticeable float64 `json:"noticeable"`
	Verdict    Verdict `json:"verdict"`
}

// Verdict says what became of a promise.
type Verdict string

// The verdicts.
const (
	// Held: the shortfall is surely no more than the margin.
	Held Verdict = "held"
	// Broken: less was surely delivered than promised, and it is not Held.
	Broken Verdict = "broken"
	// Unclear: neither. More seeds or test samples narrow the limits.
	Unclear Verdict = "not decided"
)

// compare judges a promise by what was delivered, with the limits of both, as a
// trial of non-inferiority does.
func compare(promised, delivered grouping.Shrunk, margin float64) Comparison {
	d := delivered.Gain - promised.Gain
	c := Comparison{Promised: promised, Delivered: delivered, Verdict: Unclear, Margin: margin, Difference: grouping.Shrunk{
		Gain: d,
		Lo:   d - math.Hypot(delivered.Gain-delivered.Lo, promised.Hi-promised.Gain),
		Hi:   d + math.Hypot(delivered.Hi-delivered.Gain, promised.Gain-promised.Lo),
	}}
	c.Noticeable = c.Difference.Hi - d
	switch {
	case c.Difference.Lo >= -margin:
		c.Verdict = Held
	case c.Difference.Hi < 0:
		c.Verdict = Broken
	}
	return c
}

// ReadHistory reads the promises of a folder; a history without records where there
// are none. Promises of older histories are judged anew by the limits that these
// have, with the default tolerance for a domain and, since they do not say by what
// values gains were added up, none for sums.
func ReadHistory(folder layout.Folder) (*History, error) {
	h := History{Version: historyVersion, Records: []Record{}}
	data, err := versioned.ReadFile(folder.Promises())
	if errors.Is(err, fs.ErrNotExist) {
		return &h, nil
	}
	if err == nil {
		err = versioned.DecodeSince(data, kindlyVersion, historyVersion, &h)
	}
	if err != nil {
		return nil, fmt.Errorf("verification: read %s: %w", folder.Promises(), err)
	}
	if h.Version == kindlyVersion {
		h.Version = historyVersion
		for i := range h.Records {
			h.Records[i].judge()
		}
	}
	return &h, nil
}

// judge judges the promises of an older record.
func (r *Record) judge() {
	for i := range r.Groups {
		g := &r.Groups[i]
		for k := range g.Members {
			c := &g.Members[k].Comparison
			*c = compare(c.Promised, c.Delivered, grouping.DefaultTolerance)
		}
		g.Total = compare(g.Total.Promised, g.Total.Delivered, 0)
	}
	r.Total = compare(r.Total.Promised, r.Total.Delivered, 0)
	r.Verdict = r.Total.Verdict
}

// add puts a record last, in the place of one of the same verification.
func (h *History) add(r Record) {
	var kept []Record
	for _, old := range h.Records {
		if old.ID != r.ID {
			kept = append(kept, old)
		}
	}
	h.Records = append(kept, r)
}
