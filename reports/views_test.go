package reports

import (
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/grouping"
)

func TestViews(t *testing.T) {
	in := fixture(t)
	v, err := grouping.ViewResults(in.Results, in.Groups, 1)
	if err != nil {
		t.Fatal(err)
	}
	in.Views = v
	page := render(t, in)
	for _, want := range []string{`id="views"`, v.Conclusion, "average linkage", "relaxation", "proved not to exceed", "ordered"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if rows := strings.Count(page[strings.Index(page, `id="views"`):], `scope="row"`); rows < 7+len(in.Results.Domains) {
		t.Errorf("%d rows", rows)
	}

	// Views of other groups are not shown.
	folder := layout.Folder(t.TempDir())
	if err := v.WriteFile(folder.Clusters()); err != nil {
		t.Fatal(err)
	}
	got, err := viewsOf(folder, in.Groups)
	if err != nil || got == nil {
		t.Fatalf("%v, %v", got, err)
	}
	v.Recommended = [][]string{{"another"}}
	if err := v.WriteFile(folder.Clusters()); err != nil {
		t.Fatal(err)
	}
	if got, err := viewsOf(folder, in.Groups); err != nil || got != nil {
		t.Errorf("views of other groups: %v, %v", got, err)
	}
}
