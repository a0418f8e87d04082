package versioned

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/filelimit"
)

// measured is a file that holds a share.
type measured struct {
	Share float64 `json:"share"`
}

func (m *measured) Validate() error { return Shares("share", m.Share) }

// TestDecodeValidates has files look at themselves, and says of what they refuse that the
// file is to blame.
func TestDecodeValidates(t *testing.T) {
	if err := Decode([]byte(`{"version": 1, "share": 0.5}`), 1, new(measured)); err != nil {
		t.Error(err)
	}
	err := Decode([]byte(`{"version": 1, "share": 1.5}`), 1, new(measured))
	if !errors.Is(err, filelimit.ErrDamaged) || err.Error() != "share: 1.5 is no chance and no share; the file is damaged" {
		t.Errorf("%v", err)
	}
}

// TestChecks names the place, and what is wrong there.
func TestChecks(t *testing.T) {
	all := []string{"a", "b", "c"}
	for i, c := range []struct {
		err  error
		says string
	}{
		{Inside("files", "a", "a/b.json", "..a", "tables/é.parquet"), ""},
		{Inside("files", "a", "../b"), `files: "../b" leads out`},
		{Inside("files", "/b"), `files: "/b" leads out`},
		{Inside("files", "."), `files: "." leads out`},
		{Inside("files", "a/.."), `files: "a/.." leads out`},
		{Inside("files", "a/../../b"), "leads out"},
		{Inside("files", ""), "leads out"},
		{Counts("runs", 0, 7), ""},
		{Counts("runs", 7, -1), "runs: -1"},
		{Asked("draws", 0, 7, MostAsked), ""},
		{Asked("draws", -1), "-1 draws: must be from 0"},
		{Asked("draws", 7, MostAsked+1), "1000001 draws: must be from 0"},
		{Shares("p", 0, 1, math.NaN()), ""},
		{Shares("p", 0.5, -0.1), "p: -0.1"},
		{Shares("p", math.Inf(1)), "p: +Inf"},
		{Length("rows", 3, 3), ""},
		{Length("rows", 2, 3), "rows: 2 elements instead of 3"},
		{Index("best", 2, 3), ""},
		{Index("best", 3, 3), "best: there is no element 3 of 3"},
		{Index("best", -1, 3), "best: there is no element -1"},
		{Names("domains", all), ""},
		{Names("domains", []string{"a", "b", "a"}), `domains: "a" stands there twice`},
		{Among("pairs", all, "c", "a"), ""},
		{Among("pairs", all, "a", "d"), `pairs: "d" is none of the 3 domains`},
		{Partition("groups", all, [][]string{{"c"}, {"a", "b"}}), ""},
		{Partition("groups", nil, nil), ""},
		{Partition("groups", all, [][]string{{"a", "b"}}), "groups: groups of 2 of 3 domains"},
		{Partition("groups", all, [][]string{{"a", "b", "c"}, {}}), "groups: a group without members"},
		{Partition("groups", all, [][]string{{"a", "b"}, {"c", "a"}}), `groups: "a" stands there twice`},
		{Partition("groups", all, [][]string{{"a", "b"}, {"d"}}), `groups: "d" is none`},
	} {
		if got := fmt.Sprint(c.err); (c.says == "") != (c.err == nil) || !strings.Contains(got, c.says) {
			t.Errorf("%d: %v, want %q", i, c.err, c.says)
		}
	}
}
