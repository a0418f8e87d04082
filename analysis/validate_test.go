package analysis

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDamagedResults refuses results and subgroups with figures that no analysis writes, and says
// which.
func TestDamagedResults(t *testing.T) {
	read := func(name, content string) error {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		if name == "subgroups.json" {
			_, err := ReadSubgroups(path)
			return err
		}
		_, err := ReadResults(path)
		return err
	}
	for content, says := range map[string]string{
		`"domains": [{"name": "a"}], "level": 0.95, "runs": {"planned": 8, "done": 8}, "effects": [{"domain": "a", "samples": 20, "no_effect": {"p": 1}, "delta": {"value": 0.1, "lo": 0, "hi": 0.2}}]`: "",
		`"level": 1.5`:                                                                "level 1.5",
		`"runs": {"planned": -8}`:                                                     "runs: -8 counts nothing",
		`"domains": [{"name": "a"}, {"test": -1}]`:                                    "domains[1]: -1",
		`"domains": [{"name": "a"}, {"name": "a"}]`:                                   `domains: "a" stands there twice`,
		`"rungs": ["w1", "w1"]`:                                                       `rungs: "w1" stands there twice`,
		`"domains": [{}], "scores": [{"seeds": -3}]`:                                  "scores[0]: -3",
		`"domains": [{}], "effects": [{"samples": -20}]`:                              "effects[0]: -20",
		`"domains": [{}], "placebo": [{"no_effect": {"p": 1.5}}]`:                     "placebo[0]: 1.5 is no chance",
		`"domains": [{}], "effects": [{"delta": {"value": 0, "lo": 0.2, "hi": 0.1}}]`: "the limits 0.2 and 0.1",
		`"domains": [{}], "gains": [{"seeds": {"independent": -1}}]`:                  "gains[0]: -1",
		`"domains": [{}], "gains": [{"p": -0.5}]`:                                     "gains[0]: -0.5",
		`"domains": [{"name": "a"}], "scores": [{"domain": "b"}]`:                     `scores[0]: "b" is none of the 1 domains`,
		`"domains": [{"name": "a"}], "gains": [{"domain": "a", "pool": ["a", "b"]}]`:  `gains[0]: "b" is none of the 1 domains`,
		`"domains": [{"name": "a"}], "conflict": [{"a": "a", "b": "b"}]`:              `conflict[0]: "b" is none of the 1 domains`,
	} {
		err := read("results.json", `{"version": 2, `+content+`}`)
		if says == "" && err != nil || says != "" && (err == nil || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), "results.json")) {
			t.Errorf("%s: %v, want %q", content, err, says)
		}
	}
	for content, says := range map[string]string{
		`{"samples": 5, "share": 0.25, "flips": {"helped": 0.1, "kept": 0.9}}`: "",
		`{"samples": -5}`:           "subgroups[0]: -5",
		`{"share": 7}`:              "subgroups[0]: 7 is no chance and no share",
		`{"flips": {"helped": -3}}`: "flips of -3",
		`{"gain": {"p": 2}}`:        "subgroups[0]: 2",
	} {
		err := read("subgroups.json", `{"version": 1, "subgroups": [`+content+`]}`)
		if says == "" && err != nil || says != "" && (err == nil || !strings.Contains(err.Error(), says)) {
			t.Errorf("%s: %v, want %q", content, err, says)
		}
	}
}
