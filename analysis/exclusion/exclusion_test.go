package exclusion

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/versioned"
)

func Example() {
	l := New("lines")
	l.Samples = append(l.Samples, Sample{Domain: "a", Sample: 17, Reason: "label disputed", Score: 0.93}, Sample{Domain: "b", Sample: 2})
	fmt.Println(l.Of("a"), l.Of("c"))
	// Output: map[17:true] map[]
}

func TestRead(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`{"version": 1, "samples": [{"domain": "a", "sample": 3}]}`, ""},
		{`{"version": 1, "samples": [{"sample": 3}]}`, "samples[0]"},
		{`{"version": 1, "samples": [{"domain": "a"}, {"domain": "a", "sample": -1}]}`, "samples[1]"},
		{`{"version": 2, "samples": []}`, "newer"},
		{`{"samples": []}`, "no version"},
	} {
		path := filepath.Join(t.TempDir(), "exclude.json")
		if err := os.WriteFile(path, []byte(c.text), 0o644); err != nil {
			t.Fatal(err)
		}
		l, err := Read(path)
		if c.want == "" {
			if err != nil || !l.Of("a")[3] {
				t.Errorf("%s: %v, %v", c.text, l, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "exclude.json") {
			t.Errorf("%s: error %v", c.text, err)
		}
	}
	if _, err := Read(filepath.Join(t.TempDir(), "none.json")); !errors.Is(err, os.ErrNotExist) || errors.Is(err, versioned.ErrVersion) {
		t.Error(err)
	}
}

func TestKeep(t *testing.T) {
	l, earlier := New("s"), New("s")
	earlier.Samples = []Sample{{Domain: "a", Sample: 1, Reason: "old"}, {Domain: "a", Sample: 2, Reason: "old"}, {Domain: "b", Sample: 1, Reason: "old"}, {Domain: "a", Sample: 1}}
	l.Samples = []Sample{{Domain: "a", Sample: 2, Reason: "new"}, {Domain: "a", Sample: 3, Reason: "new"}}
	want := []Sample{{Domain: "a", Sample: 1, Reason: "old"}, {Domain: "b", Sample: 1, Reason: "old"}, {Domain: "a", Sample: 2, Reason: "new"}, {Domain: "a", Sample: 3, Reason: "new"}}
	if n := l.Keep(earlier); n != 2 || !slices.Equal(l.Samples, want) {
		t.Errorf("kept %d: %+v", n, l.Samples)
	}
	if n := l.Keep(New("s")); n != 0 || len(l.Samples) != 4 {
		t.Errorf("of an empty list it keeps %d", n)
	}
}
