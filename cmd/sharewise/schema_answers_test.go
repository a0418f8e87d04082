package main

import (
	"encoding/json"
	"testing"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/influence"
	"github.com/sharewise/sharewise/analysis/merging"
	"github.com/sharewise/sharewise/analysis/suspects"
	"github.com/sharewise/sharewise/analysis/versioned/schematest"
	"github.com/sharewise/sharewise/grouping/imbalance"
	"github.com/sharewise/sharewise/grouping/sources"
)

// TestSchemasOfAnswers holds files as commands write them, with what is not known and
// without, against their schemas, and files with a key too many.
func TestSchemasOfAnswers(t *testing.T) {
	key := analysis.Key{Arm: "joint", Rung: "w1", Weighting: "equal", Domain: "a"}
	brought := analysis.Brought{Key: key, Source: "b", Without: "pool{a,c}", Brings: effect.Point(0.1), P: 1}
	for name, c := range map[string]struct {
		schema func() ([]byte, error)
		files  []any
	}{
		"subgroups": {analysis.SubgroupsSchema, []any{
			analysis.Subgroups{Version: 1, Subgroups: []analysis.Subgroup{{Key: key, Pool: []string{"a", "b"}, By: "class", Name: "x", Part: effect.NaN, Gain: effect.Gain{Relative: effect.Unknown(), Absolute: effect.Point(1), Simultaneous: effect.Unknown()}}}, Warnings: []string{}}}},
		"sources": {sources.Schema, []any{
			sources.Answer{Sums: []analysis.SourceSum{{Brought: brought, Own: effect.Unknown()}}, Effects: []analysis.SourceEffect{{Brought: brought, With: effect.Point(1), Left: effect.Unknown()}}, Missing: []sources.Missing{{Pool: []string{"a"}, Score: effect.NaN}}, Notes: []string{}}}},
		"imbalance": {imbalance.Schema, []any{
			imbalance.File{Version: 1, Judgement: imbalance.Judgement{Levels: []imbalance.Level{{Name: "x", Samples: []int{1}}}, Domains: []imbalance.Domain{{Name: "a", Gains: []effect.Interval{effect.Unknown()}, Part: effect.Unknown(), Rate: imbalance.Rate{Own: effect.NaN}}}}}}},
		"merge": {merging.Schema, []any{
			merging.File{}, merging.File{Judged: &merging.Judgement{Ways: []merging.Way{{Pools: []merging.Judged{{Pool: []string{"a"}, Merged: effect.Unknown(), Compared: merging.Compared{Difference: analysis.Difference{By: effect.Point(1), Error: effect.NaN}}}}}}}}}},
		"suspects": {suspects.Schema, []any{
			suspects.File{Version: 1, Domains: []suspects.Domain{{Name: "a"}}, Suspects: []suspects.Suspect{{Domain: "a", Of: &suspects.Place{}}}, Notes: []string{}}}},
		"influence": {influence.Schema, []any{
			influence.File{Pairs: []influence.Pair{{Brings: effect.Unknown()}}, Check: &influence.Check{Score: effect.Point(0)}}}},
	} {
		resolved := schematest.Resolve(t, c.schema)
		for _, f := range c.files {
			data, err := json.Marshal(f)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			var v map[string]any
			if err := json.Unmarshal(data, &v); err != nil {
				t.Fatal(err)
			}
			if err := resolved.Validate(v); err != nil {
				t.Errorf("%s: %v\n%s", name, err, data)
			}
			v["another"] = 1
			if err := resolved.Validate(v); err == nil {
				t.Errorf("%s: a key too many passes", name)
			}
		}
	}
}
