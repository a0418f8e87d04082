package slurm

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestConfig(t *testing.T) {
	for _, test := range []struct {
		text, says string
		limit      time.Duration
	}{
		{"", "", 0},
		{"partition: gpu\ntime: 1-02:03:04\npack: 90s\nexclude: [a, b]\n", "", 26*time.Hour + 3*time.Minute + 4*time.Second},
		{"time: 90", "", 90 * time.Minute},
		{"time: 90:30", "", 90*time.Minute + 30*time.Second},
		{"time: 2h", "time:", 0},
		{"partition: gpu\nparition: x", "[2:1]", 0},
		{"pack: soon", "pack:", 0},
		{"cores: -1", "negative", 0},
		{"account: a b", "blanks", 0},
		{"before: [\"a\\nb\"]", "more than one line", 0},
	} {
		file := filepath.Join(t.TempDir(), "slurm.yaml")
		if err := os.WriteFile(file, []byte(test.text), 0o644); err != nil {
			t.Fatal(err)
		}
		c, err := ReadConfig(file)
		if test.says != "" {
			if err == nil || !strings.Contains(err.Error(), test.says) || !strings.Contains(err.Error(), file) {
				t.Errorf("%q: %v, want %q", test.text, err, test.says)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", test.text, err)
		}
		if d, _ := c.limit(); d != test.limit {
			t.Errorf("%q: limit %v, want %v", test.text, d, test.limit)
		}
	}
}
