package reports

import (
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/suspects"
)

// TestSuspects shows the surest training samples of every domain, and no test samples.
func TestSuspects(t *testing.T) {
	in := fixture(t)
	if newSuspected(in) != nil {
		t.Error("a section where nobody looked")
	}
	in.Suspects = &suspects.File{Study: in.Results.Study, Domains: []suspects.Domain{{Name: "bolts", Looked: 100, Disputed: 7, TestDisputed: 1, Copies: 1}}}
	for i := range 7 {
		in.Suspects.Suspects = append(in.Suspects.Suspects, suspects.Suspect{Domain: "bolts", Split: "train", Sample: int64(i), Reason: suspects.Disputed, Score: 0.9, Label: "<b>", Other: "good"})
	}
	in.Suspects.Suspects = append(in.Suspects.Suspects,
		suspects.Suspect{Domain: "screws", Split: "train", Sample: 5, Reason: suspects.CopyOfTest, Score: 1, Of: &suspects.Place{Domain: "screws", Split: "test", Sample: 8}},
		suspects.Suspect{Domain: "bolts", Split: "test", Sample: 9, Reason: suspects.Disputed, Score: 1})
	d := newSuspected(in)
	if d == nil || len(d.Rows) != mostSuspects+1 || d.Lead.String() != "Models dispute the labels of 7 training samples; 1 is a copy of another sample." {
		t.Fatalf("%+v", d)
	}
	if last := d.Rows[mostSuspects]; last.About.String() != "screws, test, sample 8" {
		t.Errorf("%+v", last)
	}
	var page strings.Builder
	if err := HTML(&page, in); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(page.String(), `id="suspects"`) || strings.Contains(page.String(), "<b> in the data") {
		t.Error("the page lacks the section, or does not escape labels")
	}
}
