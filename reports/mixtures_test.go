package reports

import (
	"bytes"
	"html"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/mixtures"
)

// TestMixtures shows laws of mixtures with what they predicted, and leaves out those of
// another study.
func TestMixtures(t *testing.T) {
	in := fixture(t)
	in.Mixtures = &mixtures.File{
		Study: in.Results.Study, Domains: []string{"bolts", "screws"}, Seeds: 3, Verdict: []string{"For 1 of 2 no law was fitted."},
		Mixtures: []mixtures.Mixture{{Shares: []float64{0.5, 0.5}}, {Shares: []float64{0.3, 0.7}, Held: true}},
		Laws: []mixtures.Law{
			{
				Rung: "w1", Domain: "bolts", Irreducible: effect.Interval{Value: 0.2, Lo: 0.1, Hi: 0.25}, Slopes: []effect.Interval{{Value: -0.5, Lo: -0.7, Hi: -0.3}, {Value: 0.5, Lo: 0.3, Hi: 0.7}},
				Predictions: []mixtures.Prediction{{Mixture: 1, Predicted: effect.Interval{Value: 0.4, Lo: 0.38, Hi: 0.43}, Measured: effect.Point(0.41), Inside: true}},
			},
			{Rung: "w1", Domain: "screws", Why: "only 2 mixtures without a run that diverged, and a law takes 3"},
		},
	}
	var page bytes.Buffer
	if err := HTML(&page, in); err != nil {
		t.Fatal(err)
	}
	text := html.UnescapeString(page.String())
	for _, want := range []string{"For 1 of 2 no law was fitted.", "2 mixtures, 3 seeds each", "all but 1 of them", "<b>" + minus + "0.50</b><br><small>" + minus + "0.70 to " + minus + "0.30", "0.4 (0.38 to 0.43)", "0.41", "only 2 mixtures without a run that diverged, and a law takes 3"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	in.Mixtures.Study = "another"
	if newBlended(in) != nil {
		t.Error("mixtures of another study are shown")
	}
}
