package study

import (
	"strings"
	"testing"
)

func TestLinks(t *testing.T) {
	const head = `version: 1
name: t
domains:
  - {name: a, data: {path: a.csv}, columns: {label: y}}
  - {name: b, data: {path: b.csv}, columns: {label: y}}
  - {name: c, data: {path: c.csv}, columns: {label: y}}
grouping:
`
	for _, c := range []struct{ text, want string }{
		{"  must_link: [[a, b]]\n  cannot_link: [[b, c]]\n  largest_pool: 2\n", ""},
		{"  must_link: [[a, d]]\n", `grouping.must_link[0][1]: no domain is called "d"`},
		{"  cannot_link: [[a, a]]\n", "a is named twice"},
		{"  must_link: [[a]]\n", "must_link"},
		{"  must_link: [[a, b], [c, b]]\n  cannot_link: [[a, c]]\n", "a and c may not be in one group, and grouping.must_link wants them there"},
		{"  must_link: [[a, b], [c, b]]\n  largest_pool: 2\n", "a group of at most 2, and grouping.must_link wants a, b, c in one"},
	} {
		s, err := ParseBytes([]byte(head+c.text), "study.yaml", "")
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", c.text, err)
		case c.want == "":
			if len(s.Grouping.MustLink) != 1 || s.Grouping.CannotLink[0][1] != "c" || s.Grouping.LargestPool != 2 {
				t.Errorf("%+v", s.Grouping)
			}
		case err == nil || !strings.Contains(err.Error(), c.want):
			t.Errorf("%s: error %v, want %s", c.text, err, c.want)
		}
	}
}
