package verification

import (
	"errors"
	"fmt"
	"io/fs"
	"math"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/versioned"
	"github.com/sharewise/sharewise/grouping"
)

var (
	// ErrNothing is returned for a recommendation that keeps every domain apart:
	// nothing was promised.
	ErrNothing = errors.New("nothing was promised")
	// ErrChanged is returned where data, models or settings are not those that the
	// recommendation rests on.
	ErrChanged = errors.New("the study has changed")
	// ErrNotFresh is returned for test data that the choice rests on.
	ErrNotFresh = errors.New("no fresh test data")
	// ErrNoLimits is returned where what was delivered cannot be told from anything.
	ErrNoLimits = errors.New("the delivered gain of a domain has no limits")
)

const historyVersion = 1

// History is the content of promises.json: what was promised, and what was
// delivered.
type History struct {
	Version int      `json:"version"` // 1
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
	// Noticeable is the smallest shortfall that would be called broken.
	Noticeable float64 `json:"noticeable"`
	Verdict    Verdict `json:"verdict"`
}

// Verdict says what became of a promise.
type Verdict string

// The verdicts.
const (
	Held    Verdict = "held"
	Broken  Verdict = "broken"
	Unclear Verdict = "unclear"
)

// compare judges a promise by what was delivered.
func compare(promised, delivered grouping.Shrunk) Comparison {
	d := delivered.Gain - promised.Gain
	c := Comparison{Promised: promised, Delivered: delivered, Verdict: Unclear, Difference: grouping.Shrunk{
		Gain: d,
		Lo:   d - math.Hypot(delivered.Gain-delivered.Lo, promised.Hi-promised.Gain),
		Hi:   d + math.Hypot(delivered.Hi-delivered.Gain, promised.Gain-promised.Lo),
	}}
	c.Noticeable = c.Difference.Hi - d
	switch {
	case delivered.Gain >= promised.Lo:
		c.Verdict = Held
	case c.Difference.Hi < 0:
		c.Verdict = Broken
	}
	return c
}

// ReadHistory reads the promises of a folder; a history without records where there
// are none.
func ReadHistory(folder layout.Folder) (*History, error) {
	h := History{Version: historyVersion, Records: []Record{}}
	err := versioned.Read(folder.Promises(), historyVersion, &h)
	if errors.Is(err, fs.ErrNotExist) {
		return &h, nil
	}
	if err != nil {
		return nil, fmt.Errorf("verification: %w", err)
	}
	return &h, nil
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
