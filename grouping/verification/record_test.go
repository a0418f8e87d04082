package verification

import (
	"errors"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/versioned"

	"github.com/sharewise/sharewise/grouping"
)

func TestCompare(t *testing.T) {
	promised := grouping.Shrunk{Gain: 0.20, Lo: 0.12, Hi: 0.28}
	for _, x := range []struct {
		delivered grouping.Shrunk
		want      Verdict
	}{
		{grouping.Shrunk{Gain: 0.28, Lo: 0.24, Hi: 0.32}, Held},    // 0.08 more, give or take 0.09
		{grouping.Shrunk{Gain: 0.25, Lo: 0.20, Hi: 0.30}, Unclear}, // 0.05 more, give or take 0.09
		{grouping.Shrunk{Gain: 0.13, Lo: 0.00, Hi: 0.26}, Unclear}, // above the promise's lower limit, give or take 0.15
		{grouping.Shrunk{Gain: 0.05, Lo: -0.1, Hi: 0.20}, Unclear}, // 0.15 less, give or take 0.17
		{grouping.Shrunk{Gain: 0.05, Lo: 0.00, Hi: 0.10}, Broken},  // 0.15 less, give or take 0.09
	} {
		c := compare(promised, x.delivered, 0.02)
		if c.Verdict != x.want {
			t.Errorf("delivered %+v: %s, want %s", x.delivered, c.Verdict, x.want)
		}
		if want := math.Sqrt(math.Pow(x.delivered.Hi-x.delivered.Gain, 2) + 0.08*0.08); math.Abs(c.Noticeable-want) > 1e-12 {
			t.Errorf("a shortfall of %v would be noticed, by hand %v", c.Noticeable, want)
		}
	}
}

// A promise that is known well is held although a little less was delivered, surely:
// what is missing does not matter.
func TestLittleIsMissing(t *testing.T) {
	c := compare(grouping.Shrunk{Gain: 0.2, Lo: 0.195, Hi: 0.205}, grouping.Shrunk{Gain: 0.19, Lo: 0.187, Hi: 0.193}, 0.02)
	if !(c.Difference.Hi < 0) || c.Verdict != Held {
		t.Errorf("%+v", c)
	}
}

// TestOldHistory reads a history of version 1, in which a promise was held where the
// delivered gain was above its lower limit, and judges it with both limits.
func TestOldHistory(t *testing.T) {
	folder := layout.Folder(t.TempDir())
	comparison := `{"promised": {"gain": 0.2, "lo": 0.12, "hi": 0.28}, "delivered": {"gain": 0.13, "lo": 0, "hi": 0.26}, "difference": {"gain": -0.07, "lo": -0.22, "hi": 0.08}, "noticeable": 0.15, "verdict": "held"}`
	old := `{"version": 1, "study": "lines", "records": [{"id": "x", "groups": [{"members": [{"domain": "a", "samples": 9, ` + comparison[1:] + `], "total": ` + comparison + `}], "total": ` + comparison + `, "verdict": "held"}]}`
	if err := os.WriteFile(folder.Promises(), []byte(old), 0o644); err != nil {
		t.Fatal(err)
	}
	h, err := ReadHistory(folder)
	if err != nil {
		t.Fatal(err)
	}
	r := h.Records[0]
	if h.Version != historyVersion || r.Verdict != Unclear || r.Groups[0].Total.Verdict != Unclear || r.Groups[0].Members[0].Verdict != Unclear || r.Groups[0].Members[0].Samples != 9 {
		t.Errorf("%+v", h)
	}
	if err := os.WriteFile(folder.Promises(), []byte(`{"version": 3}`), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadHistory(folder); !errors.Is(err, versioned.ErrVersion) || !strings.Contains(err.Error(), "promises.json") {
		t.Errorf("a newer history: %v", err)
	}
}

func TestHistoryKeepsOneOfEach(t *testing.T) {
	var h History
	for _, id := range []string{"x", "y", "x"} {
		h.add(Record{ID: id})
	}
	if len(h.Records) != 2 || h.Records[0].ID != "y" || h.Records[1].ID != "x" {
		t.Errorf("%+v", h.Records)
	}
}
