package grouping

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDamagedGroups refuses files of which parts do not belong together: what is drawn and
// said of them would be wrong, or have no end.
func TestDamagedGroups(t *testing.T) {
	const right = `[{"members": [{"domain": "a"}, {"domain": "b"}]}]`
	for _, c := range []struct{ groups, rest, says string }{
		{right, ``, ""},
		{`[]`, ``, "groups: groups of 0 of 2 domains"},
		{`[{"members": [{"domain": "a"}]}, {"members": [{"domain": "a"}, {"domain": "b"}]}]`, ``, `groups: "a" stands there twice`},
		{`[{"members": [{"domain": "a"}, {"domain": "b"}, {"domain": "c"}]}]`, ``, `groups: "c" is none of the 2 domains`},
		{`[{"members": []}, {"members": [{"domain": "a"}, {"domain": "b"}]}]`, ``, "groups: a group without members"},
		{right, `, "tree": {"children": [{"domain": "a"}, {"domain": "b"}]}`, ""},
		{right, `, "tree": {"children": [{"domain": "a"}, null]}`, "tree: a node"},
		{right, `, "tree": {"children": [{"domain": "a"}]}`, "tree: a node"},
		{right, `, "tree": {"domain": "a"}`, "tree: groups of 1 of 2 domains"},
		{right, `, "capacity": {"domains": []}`, "capacity: an answer about no domain"},
		{right, `, "capacity": {"domains": [{"domain": "c"}]}`, `capacity.domains[0]: "c" is none`},
		{right, `, "pairs": [{"a": {"domain": "a"}, "b": {"domain": "c"}}]`, `pairs[0]: "c" is none`},
		{right, `, "lasting": [["a", "b"], ["c"]]`, `lasting[1]: "c" is none`},
		{right, `, "alternatives": [{"groups": [["a"]]}]`, "alternatives[0]: groups of 1 of 2 domains"},
		{right, `, "stability": {"share": 1.5}`, "stability: 1.5 is no chance"},
		{right, `, "stability": {"partitions": [{"groups": [["b"]]}]}`, "stability.partitions[0]"},
		{right, `, "level": -1`, "level: -1 is no chance"},
		{right, `, "frontier": [{"models": 1, "groups": [["a", "b"]]}, {"models": 2, "groups": [["a"], ["b"]], "total": 1}]`, ""},
		{right, `, "frontier": [{"models": -9223372036854775808, "groups": []}, {"models": 2, "groups": [["a"], ["b"]]}]`, "frontier[0]"},
		{right, `, "frontier": [{"models": 1, "groups": [["a", "b"]]}, {"models": 9223372036854775807, "groups": [["a"]]}]`, "frontier[1]"},
		{right, `, "frontier": [{"models": 2, "groups": [["a"], ["b"]]}, {"models": 1, "groups": [["a", "b"]]}]`, "frontier[1]"},
		{right, `, "frontier": [{"models": 1, "groups": [["a", "c"]]}]`, `frontier[0]: "c" is none`},
		{right, `, "frontier": [{"models": 2, "groups": [["a"], ["a"]]}]`, `frontier[0]: "a" stands there twice`},
	} {
		path := filepath.Join(t.TempDir(), FileName)
		content := fmt.Sprintf(`{"version": 3, "domains": [{"name": "a"}, {"name": "b"}], "groups": %s%s}`, c.groups, c.rest)
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := ReadFile(path)
		if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), path)) {
			t.Errorf("%s%s: %v, want %q", c.groups, c.rest, err, c.says)
		}
	}
}
