package study

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/sharewise/sharewise/analysis/filelimit"
)

// MaxFolds is the largest number of parts that data are divided into.
const MaxFolds = 64

// Folds is the number of parts that data are divided into, each tested by other
// seeds; 0 where all seeds are tested on the same samples.
func (s *Study) Folds() int {
	if len(s.Domains) == 0 {
		return 0
	}
	return s.Domains[0].Split.Folds
}

// FoldsLine is the line of the study's file that says into how many folds data are
// divided, counted from 1; 0 where there is no file, or it does not say so.
func (s *Study) FoldsLine() int {
	data, err := filelimit.ReadFile(s.File, filelimit.Document)
	if err != nil {
		return 0
	}
	found := &findings{file: s.File, lines: strings.Split(string(data), "\n"), places: map[string]place{}}
	d := &decoder{findings: found, anchor: map[string]ast.Node{}}
	body, err := d.parse(data)
	if err != nil {
		return 0
	}
	again := &Study{Dir: s.Dir}
	fill(again, studyFields)
	d.study(body, again)
	for _, key := range []string{"defaults.split.folds", "domains[0].split.folds"} {
		if found.has(key) {
			return found.places[key].line
		}
	}
	return 0
}

// AtFold is the study as the runs see it that are tested on a part, counted from
// 0. It shares all but that with s.
func (s *Study) AtFold(fold int) *Study {
	out := *s
	out.fold = fold
	return &out
}

// Fold is the part that AtFold chose.
func (s *Study) Fold() int { return s.fold }

// foldOf is the part that the runs of a seed are tested on, counted from 0: seeds
// 1, 2, ... take the parts in turn.
func foldOf(seed, folds int) int {
	if folds == 0 {
		return 0
	}
	return (seed - 1) % folds
}

// FoldSize is what the plan must know of a domain's data where one part of it is
// tested.
type FoldSize struct {
	Train  int    `json:"train"`
	Val    int    `json:"validation"`
	Test   int    `json:"test"`
	SHA256 string `json:"sha256"`
}

// OverFolds puts together what the plan knows of a domain from its sizes at every
// fold: all samples are tested, and as many learn as in the smallest training part.
func OverFolds(at []DomainSize) DomainSize {
	out := at[0]
	if len(at) == 1 {
		return out
	}
	out.Folds, out.Test = nil, 0
	h := sha256.New()
	for _, d := range at {
		out.Folds = append(out.Folds, FoldSize{Train: d.Train, Val: d.Val, Test: d.Test, SHA256: d.SHA256})
		out.Train, out.Val = min(out.Train, d.Train), min(out.Val, d.Val)
		out.Test += d.Test
		fmt.Fprintln(h, d.SHA256)
	}
	out.SHA256 = hex.EncodeToString(h.Sum(nil))
	return out
}

// At is the domain's size for the runs of a seed.
func (d DomainSize) At(seed int) FoldSize {
	if len(d.Folds) == 0 {
		return FoldSize{Train: d.Train, Val: d.Val, Test: d.Test, SHA256: d.SHA256}
	}
	return d.Folds[foldOf(seed, len(d.Folds))]
}

// at is the model's SHA-256 for the runs of a seed.
func (m ModelSize) at(seed int) string {
	if len(m.Folds) == 0 {
		return m.SHA256
	}
	return m.Folds[foldOf(seed, len(m.Folds))]
}

// folds says what does not go with folds.
func (c *checker) folds() {
	n := c.study.Folds()
	for i := range c.study.Domains {
		d := &c.study.Domains[i]
		at := func(key string) string { return fmt.Sprintf("domains[%d].%s", i, key) }
		if d.Split.Folds != n {
			c.errorf(at("split.folds"), "domain %s has %d folds and %s has %d; a run is tested on the same fold of all its domains: put split: {folds: N} under defaults", d.Name, d.Split.Folds, c.study.Domains[0].Name, n)
			return
		}
		switch {
		case n == 0:
		case n == 1:
			c.errorf(at("split.folds"), "one fold would test all samples and leave none for training; give 2 or more, or leave folds out and give split.test")
		case d.Test != nil:
			c.errorf(at("test"), "domain %s has test data of its own, and split.folds tests its other data in turns: leave out one of the two; where they may be learnt from too, let data be a pattern that finds both", d.Name)
		case d.Columns != nil && d.Columns.Split != "":
			c.errorf(at("columns.split"), "column %q says which rows are for testing, and split.folds tests all rows in turns: leave out one of the two", d.Columns.Split)
		case d.Split.Val+1/float64(n) >= 1:
			c.errorf(at("split.validation"), "validation %s and one of %d folds for testing leave nothing for training", format(d.Split.Val), n)
		case c.has(at("split.test")):
			c.warnf("domain %s: split.test is not used, since split.folds tests all samples", d.Name)
		case d.Split.By == ByTime && d.Format != SeriesFormat:
			c.warnf("domain %s: folds by time are stretches of time, and all but the last are tested by models that also learnt from what came later: they tell what sharing is worth within this time, not in a forecast", d.Name)
		}
	}
	if n > 1 {
		c.foldSeeds(n)
	}
}

// foldSeeds warns where samples are not tested equally often.
func (c *checker) foldSeeds(n int) {
	s := c.study
	next := (s.Seeds + n - 1) / n * n
	switch {
	case s.Seeds < n:
		c.warnf("%d seeds test %d of %d folds: part of the samples is never tested; seeds: %d tests each once", s.Seeds, s.Seeds, n, next)
	case s.Seeds%n != 0:
		c.warnf("%d seeds over %d folds test some samples more often than others; seeds: %d or %d tests each equally often", s.Seeds, n, next-n, next)
	}
}

// Tests says how often samples are tested where data have folds; empty without.
func (p *Plan) Tests() string {
	n := 0
	for _, d := range p.Domains {
		n = max(n, len(d.Folds))
	}
	switch {
	case n == 0:
		return ""
	case p.Seeds < n:
		return fmt.Sprintf("Tests: seed k is tested on fold k of %d; %d seeds leave %d folds untested.", n, p.Seeds, n-p.Seeds)
	case p.Seeds%n != 0:
		return fmt.Sprintf("Tests: seed k is tested on fold k of %d, after the last on the first again; %d seeds test some samples %d times and others %d times.", n, p.Seeds, p.Seeds/n+1, p.Seeds/n)
	case p.Seeds == n:
		return fmt.Sprintf("Tests: seed k is tested on fold k of %d, so that each arm tests every sample once. That tells gains; transfer and interference take every sample twice, %d seeds.", n, 2*n)
	}
	return fmt.Sprintf("Tests: seed k is tested on fold k of %d, after the last on the first again, so that each arm tests every sample %d times.", n, p.Seeds/n)
}
