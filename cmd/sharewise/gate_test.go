package main

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
)

func TestParseGate(t *testing.T) {
	for text, want := range map[string]gate{
		"interference.bound_lo > 0.01":  {path: []string{"interference", "bound_lo"}, op: ">", limit: 0.01},
		"delta.hi<0":                    {path: []string{"delta", "hi"}, op: "<", limit: 0},
		" samples <= 1e3 ":              {path: []string{"samples"}, op: "<=", limit: 1000},
		"line 3: delta.value >= -.5":    {domain: "line 3", path: []string{"delta", "value"}, op: ">=", limit: -0.5},
		"s3://plant/a:accuracy.arm < 1": {domain: "s3://plant/a", path: []string{"accuracy", "arm"}, op: "<", limit: 1},
	} {
		got, err := parseGate(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if got.domain != want.domain || strings.Join(got.path, ".") != strings.Join(want.path, ".") || got.op != want.op || got.limit != want.limit {
			t.Errorf("%q: %+v, want %+v", text, got, want)
		}
	}
	for _, text := range []string{"", "delta", "delta.mean", "delta.mean = 1", "delta.mean > ", "delta.mean > x", "delta.mean > nan", "delta..mean > 1", "> 1", "Delta.mean > 1"} {
		if g, err := parseGate(text); err == nil {
			t.Errorf("%q: accepted as %+v", text, g)
		}
	}
}

func TestGateCheck(t *testing.T) {
	unknown := effect.Side{Estimate: effect.NaN, BoundLo: effect.NaN, BoundHi: effect.NaN, Raw: effect.Unknown()}
	found := &analysis.Comparison{}
	for _, d := range []struct {
		name    string
		samples int
		harm    effect.Number
		gain    float64
	}{{"a", 10, 0.02, -0.1}, {"b", 20, 0.01, math.NaN()}} {
		e := effect.Effect{Samples: d.samples, Transfer: unknown, Interference: effect.Side{BoundLo: d.harm, Raw: effect.Unknown()}}
		key := analysis.Key{Domain: d.name}
		found.Effects = append(found.Effects, analysis.Effect{Key: key, Effect: e})
		found.Gains = append(found.Gains, analysis.Gain{Key: key, Gain: effect.Gain{Relative: effect.Point(d.gain)}})
	}
	for text, want := range map[string][]string{
		"interference.bound_lo > 0.01":    {"a: interference.bound_lo = 0.02 > 0.01"},
		"interference.bound_lo >= 0.01":   {"a: interference.bound_lo = 0.02 >= 0.01", "b: interference.bound_lo = 0.01 >= 0.01"},
		"b: interference.bound_lo > 0.01": nil,
		"samples < 5":                     nil,
		"a: gain.relative.value < 0":      {"a: gain.relative.value = -0.1 < 0"},
		"samples <= 10":                   {"a: samples = 10 <= 10"},
	} {
		g, err := parseGate(text)
		if err != nil {
			t.Fatal(err)
		}
		got, err := g.check(found)
		if err != nil || strings.Join(got, "|") != strings.Join(want, "|") {
			t.Errorf("%q: %q, %v; want %q", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"c: samples > 1":            "no domain \"c\"; there are a, b",
		"interference.bound > 1":    "interference has no field \"bound\"; there are bound_hi, bound_lo",
		"nothing > 1":               "a domain has no field \"nothing\"",
		"samples.mean > 1":          "samples has no fields",
		"interference > 1":          "interference is not a number",
		"transfer.bound_lo > 1":     "not known for domain a",
		"warnings > 1":              "not known",
		"domain > 1":                "domain is not a number",
		"b: interference.raw.lo >1": "not known for domain b",
		"gain.relative.value > 1":   "not known for domain b",
		"gain.pool > 1":             "not known",
	} {
		g, err := parseGate(text)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := g.check(found); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want …%s…", text, err, want)
		}
	}
	if err := checkGates([]gate{{text: "x", path: []string{"samples"}, op: ">", limit: 15}}, found); !errors.As(err, new(errAnswerNo)) {
		t.Errorf("a gate that holds gives %v", err)
	}
}

func FuzzGate(f *testing.F) {
	f.Add("interference.bound_lo > 0.01")
	f.Add("a: b: delta.hi <= -1e-3")
	f.Add(":x<0")
	f.Fuzz(func(t *testing.T, text string) {
		g, err := parseGate(text)
		if err != nil {
			return
		}
		if math.IsNaN(g.limit) || len(g.path) == 0 {
			t.Errorf("%q: accepted as %+v", text, g)
		}
		g.check(&analysis.Comparison{Effects: make([]analysis.Effect, 1), Gains: make([]analysis.Gain, 1)})
	})
}
