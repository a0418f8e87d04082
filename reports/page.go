package reports

import (
	"slices"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/grouping"
)

// page is what the template shows. Sections without data are nil.
type page struct {
	Lang         string
	Title, Study string
	Facts        []text
	look
	Level string

	Verdict      shownVerdict
	How          text // how sure it is
	Director     *director
	Outcome      *outcome
	Matrix       *matrix
	Crowd        *crowd // in place of the matrix
	Map          *domainMap
	Flows        *flows
	Effects      *effects
	Samples      *samples
	Curves       *curves
	Chosen       *chosen
	Tree         *tree
	Views        *views
	Policy       *ruled
	Planned      *planned
	Frontier     *frontier
	Subgroups    *subgroups
	Estimates    *estimates
	Capacity     *capacity
	Weightings   *weightings
	Origins      *origins
	Compared     *compared
	Blended      *blended
	Merged       *merged
	Suspected    *suspected
	Remedies     *remediesShown
	Unequal      *unequal
	Conflicts    *conflicts
	Money        *money
	Promises     *promises
	Alternatives []alternative
	Certificate  text
	Scores       []scoreRow
	ScoresMore   int // scores that are not shown, for being too many
	Limits       limits
}

type alternative struct {
	Name, Groups, Source text
	Total                string
	Chosen               bool
}

type scoreRow struct {
	Domain              string
	Arm                 text
	Rung, Weighting     string
	Seeds               int
	Loss, First, Second text
	Note                text          // how a baseline came about
	Outputs             []outputScore // where there are several
	Folded              text          // what to call them where they are many
}

// outputScore is the quality of one target or label.
type outputScore struct {
	Name string
	Text text
}

// manyOutputs is how many targets or labels a row shows without being asked.
const manyOutputs = 3

func newPage(in *Input) *page {
	r := in.Results
	p := &page{
		Title: r.Title, Study: r.Study, Facts: facts(in), Level: percent(r.Level),
		Verdict: newShownVerdict(in), Outcome: newOutcome(in), Matrix: newMatrix(in), Crowd: newCrowd(in), Map: newMap(in), Flows: newFlows(in), Effects: newEffects(in),
		Samples: newSamples(in), Curves: newCurves(in), Chosen: newChosen(in), Tree: newTree(in), Views: newViews(in), Policy: newRuled(in), Planned: newPlanned(in), Frontier: newFrontier(in), Subgroups: newSubgroups(in), Estimates: newEstimates(in), Capacity: newCapacity(in),
		Weightings: newWeightings(in), Compared: newCompared(in), Blended: newBlended(in), Origins: newOrigins(in), Merged: newMerged(in), Suspected: newSuspected(in), Unequal: newUnequal(in), Remedies: newRemedies(in), Conflicts: newConflicts(in), Money: newMoney(in.Economics), Promises: newPromises(in.Promises), Alternatives: alternatives(in), Certificate: certificate(in.Groups), Limits: newLimits(in),
	}
	p.Scores, p.ScoresMore = scores(in)
	if p.Title == "" {
		p.Title = r.Study
	}
	p.Director = newDirector(in, p)
	p.Lang, p.How = in.Language.Tag(), firmnessWord(p.Verdict.Firmness)
	in.Language.Resolve(p)
	return p
}

// sourceWord says where gains are known from.
func sourceWord(s string) text {
	switch s {
	case "measured":
		return say("measured")
	case "estimate from pairs":
		return say("estimate from pairs")
	case "single":
		return say("single")
	case "table":
		return say("table")
	case "assumed":
		return say("assumed")
	case "extrapolated from pairs":
		return say("extrapolated from pairs")
	}
	return wording.Name(s)
}

// alternativeName names another grouping.
func alternativeName(s string) text {
	switch s {
	case grouping.BestGuess:
		return say("best guess")
	case "runner-up":
		return say("runner-up")
	case "independent":
		return say("independent")
	case "joint":
		return say("joint")
	}
	return wording.Name(s)
}

// facts are the size of the study in a line.
// shownVerdict is the statement with its headline in two parts.
type shownVerdict struct {
	Statement
	Doubt, Measured text
}

func newShownVerdict(in *Input) shownVerdict {
	s := State(in)
	return shownVerdict{s, s.Doubt(), s.Measured()}
}

func facts(in *Input) []text {
	r := in.Results
	out := []text{
		some(len(r.Domains), "domain"),
		say("%d of %s finished", r.Runs.Done, some(r.Runs.Planned, "run")),
	}
	if in.Decisions != nil {
		out = append(out, say("chosen step by step"))
	}
	rung, weighting := in.selection()
	if rung != "" {
		out = append(out, say("capacity %s", rung))
	}
	if weighting != "" {
		out = append(out, say("weighting %s", weighting))
	}
	return out
}

func alternatives(in *Input) []alternative {
	g := in.Groups
	if g == nil {
		return nil
	}
	var chosen [][]string
	source := ""
	for i := range g.Groups {
		chosen = append(chosen, g.Groups[i].Names())
		if s := string(g.Groups[i].Source); s != "single" && source != "estimate from pairs" {
			source = s
		}
	}
	out := []alternative{{say("recommended"), partitionText(chosen), sourceWord(source), signed(g.Total), true}}
	for _, a := range g.Alternatives {
		out = append(out, alternative{alternativeName(a.Name), partitionText(a.Groups), sourceWord(string(a.Source)), signed(a.Total), false})
	}
	return out
}

func scores(in *Input) (out []scoreRow, more int) {
	shown, more := in.shownScores()
	for i := range shown {
		s := &shown[i]
		row := scoreRow{
			Domain: s.Domain, Arm: armTitle(s.Arm), Rung: s.Rung, Weighting: s.Weighting, Seeds: s.Seeds,
			Loss: withLimits(s.Loss, significant), First: noData, Second: noData,
		}
		for i, m := range in.metricsOf(s) {
			text := say("%s %s", m.name, withLimits(s.Metric(m.key), m.write))
			switch {
			case m.key == "loss": // has a column
			case i == 0:
				row.First = text
			case row.Second == noData:
				row.Second = text
			}
		}
		if own := in.Results.Domain(s.Domain); own.Metric != "" && !s.Metric(own.Metric).Known() { // say that it is not known
			if row.First != noData {
				row.Second = row.First
			}
			row.First = say("%s %s", metricName(own.Metric, &own), noData)
		}
		row.outputs(s)
		out = append(out, row)
	}
	return append(out, in.baselineRows()...), more
}

// mostScoreRows is how many rows of scores a page has; results.json has all.
const mostScoreRows = 600

// shownScores leaves out pools that are not recommended where there are too many rows,
// and says how many that are.
func (in *Input) shownScores() (shown []analysis.Score, more int) {
	all := in.Results.Scores
	if len(all) <= mostScoreRows {
		return all, 0
	}
	arms := map[string]bool{study.Independent: true, study.Joint: true}
	if in.Groups != nil {
		for _, g := range in.Groups.Names() {
			arms[in.armOf(g)] = true
		}
	}
	shown = slices.DeleteFunc(slices.Clone(all), func(s analysis.Score) bool { return !arms[s.Arm] })
	return shown, len(all) - len(shown)
}

// outputs adds the figures of several targets or labels.
func (row *scoreRow) outputs(s *analysis.Score) {
	for _, o := range s.Targets {
		row.Outputs = append(row.Outputs, outputScore{o.Name, say("R² %s, mean absolute error %s", withLimits(o.R2, significant), withLimits(o.MAE, significant))})
	}
	for _, o := range s.Labels {
		row.Outputs = append(row.Outputs, outputScore{o.Name, say("AUC %s, average precision %s", withLimits(o.AUC, significant), withLimits(o.AveragePrecision, significant))})
	}
	if len(row.Outputs) > manyOutputs {
		row.Folded = some(len(s.Targets), "target")
		if len(s.Labels) > 0 {
			row.Folded = some(len(s.Labels), "label")
		}
	}
}
