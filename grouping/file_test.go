package grouping

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDamagedFrontier refuses points of a frontier that part no domains, or say another
// number of models than they have: a report would draw an axis without end.
func TestDamagedFrontier(t *testing.T) {
	for frontier, says := range map[string]string{
		`{"models": 1, "groups": [["a", "b"]]}, {"models": 2, "groups": [["a"], ["b"]], "total": 1}`: "",
		`{"models": -9223372036854775808, "groups": []}, {"models": 2, "groups": [["a"], ["b"]]}`:    "frontier[0]",
		`{"models": 1, "groups": [["a", "b"]]}, {"models": 9223372036854775807, "groups": [["a"]]}`:  "frontier[1]",
		`{"models": 2, "groups": [["a"], ["b"]]}, {"models": 1, "groups": [["a", "b"]]}`:             "frontier[1]",
		`{"models": 1, "groups": [["a", "c"]]}`:                                                      `"c" is no domain`,
		`{"models": 2, "groups": [["a"], ["a"]]}`:                                                    `"a" is no domain of the study, or in two groups`,
		`{"models": 1, "groups": [["a"]]}`:                                                           "1 of 2 domains",
		`{"models": 1, "groups": [[]]}`:                                                              "0 of 2 domains",
	} {
		path := filepath.Join(t.TempDir(), FileName)
		content := `{"version": 3, "domains": [{"name": "a"}, {"name": "b"}], "frontier": [` + frontier + `]}`
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := ReadFile(path)
		if says == "" && err != nil || says != "" && (err == nil || !strings.Contains(err.Error(), says)) {
			t.Errorf("%s: %v, want %q", frontier, err, says)
		}
	}
}
