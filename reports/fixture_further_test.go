package reports

import (
	"testing"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/contest"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/influence"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/merging"
	"github.com/sharewise/sharewise/analysis/mixtures"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/suspects"
	"github.com/sharewise/sharewise/grouping/imbalance"
	"github.com/sharewise/sharewise/grouping/remedies"
)

// fullFixture is the fixture with what every further command found, so that the report has
// the sections of these. Samples, files, classes and notes have names of users.
func fullFixture(t testing.TB) *Input {
	in := fixture(t)
	rung, weighting := in.selection()
	of := in.Results.Study
	key := func(domain string) analysis.Key {
		return analysis.Key{Arm: "joint", Rung: rung, Weighting: weighting, Domain: domain}
	}
	about := func(v float64) effect.Interval { return effect.Interval{Value: v, Lo: v - 0.05, Hi: v + 0.05} }
	in.Results.LeftOut = &analysis.LeftOut{
		Sums: []analysis.SourceSum{{Brought: analysis.Brought{Key: key(""), Source: "apples", Without: "pool{bolts,screws,rivets}", Brings: about(-0.2), Discovery: true}, Domains: 3, Own: effect.Point(0.04)}},
		Effects: []analysis.SourceEffect{
			{Brought: analysis.Brought{Key: key("rivets"), Source: "apples", Without: "pool{bolts,screws,rivets}", Brings: about(-0.2), Discovery: true}, With: effect.Point(-0.1), Left: effect.Point(0.1)},
		},
	}
	in.Influence = &influence.File{
		Study: of, Arm: "joint", Rung: rung, Checkpoints: 5, Pairs: []influence.Pair{{Source: "apples", Target: "rivets", Score: -0.1}},
		Harmful: []influence.Harm{{Domain: "apples", Member: "apples/rotten.png", Score: -2}},
		Check:   &influence.Check{Pairs: 3, Score: about(0.7), Cosine: about(0.6), Signs: 0.8, Usual: 0.6}, Notes: []string{"without results.json, scores are held against nothing; analyze the study first"},
	}
	verdict := func(v float64, verdict merging.Verdict) merging.Compared {
		return merging.Compared{Difference: analysis.Difference{By: about(v)}, Verdict: verdict}
	}
	in.Merged = &merging.File{
		Trials: layout.Trials{Study: of, Rung: rung, Notes: []string{"domain apples has no validation samples, on which merged models are judged, and is in no merged pool"}},
		Judged: &merging.Judgement{Weighting: weighting, Margin: 0.02, Ways: []merging.Way{{
			Name: "merged by average", Mean: verdict(-0.3, merging.Worse), Worse: 1,
			Pools: []merging.Judged{{Pool: []string{"bolts", "screws"}, Merged: effect.Point(-0.3), Again: effect.Point(0), Compared: verdict(-0.3, merging.Worse)}},
		}}},
	}
	in.Suspects = &suspects.File{
		Study: of, Rung: rung, Domains: []suspects.Domain{{Name: "bolts", Looked: 100, Models: 4, Disputed: 1, Copies: 1}},
		Suspects: []suspects.Suspect{
			{Domain: "bolts", Split: "train", Sample: 3, Member: "bolts/3.png", Reason: suspects.Disputed, Score: 0.9, Label: "cracked", Other: "good"},
			{Domain: "bolts", Split: "train", Sample: 4, Member: "bolts/4.png", Reason: suspects.CopyOfTest, Score: 1, Of: &suspects.Place{Domain: "bolts", Split: "test", Sample: 8, Member: "bolts/8.png"}},
		},
		Notes: []string{"labels are judged of domains with classes, not of rivets"},
	}
	in.Imbalance = &imbalance.File{Study: of, Judgement: imbalance.Judgement{
		Ratio: 4, Arm: "joint", Rung: rung, Why: "its gain from sharing has no limits",
		Levels: []imbalance.Level{{Name: "parts", Samples: []int{100, 400}}, {Name: "parts-100", Samples: []int{100, 100}, Equal: true}},
		Domains: []imbalance.Domain{
			{Name: "bolts", Gains: []effect.Interval{about(-0.1), about(0.1)}, Part: about(0.2), Rate: imbalance.Rate{Own: 20, Lo: 10, Hi: 40}},
			{Name: "screws", Gains: []effect.Interval{about(0), about(0)}, Part: about(0), Rate: imbalance.Rate{Own: effect.NaN, Lo: effect.NaN, Hi: effect.NaN, Why: "its own models were trained on one number of samples; train the study with limit: {train: 100} for it too"}},
		},
	}}
	in.Contest = &contest.File{
		Study: of, Rung: rung, Domains: []string{"bolts", "screws"}, Epochs: 20, Trials: 9, Seeds: 5, Verdict: []string{"Nothing beats tuned static weights: none of 1 other method has a test loss that is surely lower.", "Surely worse than tuned static weights: famo (+3.0 %)."}, Warnings: []string{"gap diverged with 1 of 5 seeds and is left out of the ranking"},
		Entries: []contest.Entry{
			{Method: "static", Rate: 1, Epochs: 20, Cost: contest.Cost{Relative: 1}, Setting: study.Weighting{Name: "static", Weights: map[string]float64{"bolts": 1, "screws": 0.5}}, Loss: contest.Standing{Rank: 1, RankLo: 1, RankHi: 2}},
			{Method: "famo", Rate: 2, Epochs: 11, Cost: contest.Cost{Relative: 1.87}, Setting: study.Weighting{Name: "famo", Rate: 0.05}, Loss: contest.Standing{Against: about(0.03), Rank: 2, RankLo: 1, RankHi: 2}},
		},
	}
	in.Mixtures = &mixtures.File{
		Study: of, Domains: []string{"bolts", "screws"}, Level: 0.95, Seeds: 3, Mixtures: []mixtures.Mixture{{Shares: []float64{0.5, 0.5}}, {Shares: []float64{0.3, 0.7}, Held: true}},
		Verdict: []string{"At w1 a larger share of its own surely takes loss away from bolts."}, Warnings: []string{"at w1, mixture 2 diverged with seed 3, and is left out"},
		Laws: []mixtures.Law{
			{Rung: rung, Domain: "bolts", Irreducible: about(0.2), Slopes: []effect.Interval{about(-0.5), about(0.5)}, Predictions: []mixtures.Prediction{{Mixture: 1, Predicted: about(0.4), Measured: about(0.41), Inside: true}}},
			{Rung: rung, Domain: "screws", Irreducible: effect.Unknown(), Why: "only 2 mixtures without a run that diverged, and a law takes 3"},
		},
	}
	in.Remedies = &remedies.File{
		Study: of, Rung: rung, Weighting: weighting, Level: 0.95, Verdict: []string{"Without apples, rivets no longer loses in the shared model: gain −12.0% before, +2.0% after."},
		Harms: []remedies.Harm{{Key: key("rivets"), Pool: []string{"bolts", "rivets"}, Gain: about(-0.12), Established: true}},
		Remedies: []remedies.Remedy{
			{Name: "without apples", Kind: remedies.Source, Arm: "joint", Pool: []string{"bolts", "rivets"}, Harmed: []string{"rivets"}, Cost: 1, Reason: "in a pair with apples alone, rivets loses 24.0%", Expected: "a pair tells of the pool what it may: a rule of thumb", Outcome: &remedies.Outcome{Verdict: remedies.Helps, Domains: []remedies.Change{
				{Domain: "rivets", Before: about(-0.12), After: about(0.02), Against: about(0.12), Adjusted: 0.01, Verdict: remedies.Helps},
			}}},
			{Name: "width 2", Kind: remedies.Capacity, Arm: "joint", Pool: []string{"bolts", "rivets"}, Harmed: []string{"rivets"}, Cost: 3.8, Reason: "w1 is the largest size of the study", Expected: "a larger model has room for what differs; sharing may gain as it grows, or not", Outcome: &remedies.Outcome{Verdict: remedies.OverBudget}},
		},
		Trial: &remedies.Trial{Arm: "joint", Seeds: 5, Trained: 5, Seconds: 80, Tests: 1},
	}
	return in
}
