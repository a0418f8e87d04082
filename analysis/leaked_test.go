package analysis

import (
	"slices"
	"testing"

	"github.com/sharewise/sharewise/analysis/study"
)

// TestLeaked checks which leaks put a verdict in doubt.
func TestLeaked(t *testing.T) {
	copies := func(domain string, samples int) study.Exposure {
		return study.Exposure{Domain: domain, In: domain, Samples: samples, Of: 400, By: study.SameInputs}
	}
	tests := []struct {
		exposures []study.Exposure
		domains   []string
		text      string
	}{
		{nil, nil, ""},
		{[]study.Exposure{copies("a", 3)}, nil, ""}, // less than one in a hundred
		{[]study.Exposure{copies("a", 8)}, []string{"a"}, "2% of the test samples of a have a copy in its training data"},
		{[]study.Exposure{copies("a", 8), copies("b", 3), {Domain: "c", In: "c", Samples: 90, Of: 100, By: study.SameGroup}}, []string{"a", "c"}, "90% of the test samples of c are of groups that its training data have too, and 1 other domain likewise"},
		{[]study.Exposure{copies("b", 8), {Domain: "a", In: "a", Samples: 400, Of: 400, By: study.ByRows, Column: "t"}}, []string{"b", "a"}, `column "t" of a follows the numbers of the rows, and these tell what is to be predicted, and 1 other domain likewise`},
		{[]study.Exposure{copies("a", 8), {Domain: "a", In: "a", Samples: 400, Of: 400, By: study.ByAnswer, Column: "sum"}}, []string{"a"}, `column "sum" of a tells what is to be predicted without error, as what is known only with the answer does`},
		{[]study.Exposure{{Domain: "a", In: "b", Samples: 5, Of: 100, By: study.SameInputs}}, []string{"a"}, "5% of the test samples of a stand in the training data of b"},
	}
	for _, tt := range tests {
		got := leaked(tt.exposures)
		switch {
		case len(got) == 0 && tt.domains == nil:
		case len(got) != 1 || got[0].Kind != Leaked || !slices.Equal(got[0].Domains, tt.domains) || got[0].Text != tt.text || got[0].Next == "":
			t.Errorf("%v: got %+v, want %v %q", tt.exposures, got, tt.domains, tt.text)
		}
	}
}
