package reports

import (
	"fmt"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/wording"
)

// page is what the template shows. Sections without data are nil.
type page struct {
	Title, Study string
	Facts        []string
	look
	Level string

	Verdict      Statement
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
	Certificate  string
	Scores       []scoreRow
	Limits       limits
}

type alternative struct {
	Name, Groups, Total, Source string
	Chosen                      bool
}

type scoreRow struct {
	Domain, Arm, Rung, Weighting string
	Seeds                        int
	Loss, First, Second          string
	Note                         string        // how a baseline came about
	Outputs                      []outputScore // where there are several
	Folded                       string        // what to call them where they are many
}

// outputScore is the quality of one target or label.
type outputScore struct{ Name, Text string }

// manyOutputs is how many targets or labels a row shows without being asked.
const manyOutputs = 3

func newPage(in *Input) *page {
	r := in.Results
	p := &page{
		Title: r.Title, Study: r.Study, Facts: facts(in), Level: percent(r.Level),
		Verdict: State(in), Outcome: newOutcome(in), Matrix: newMatrix(in), Crowd: newCrowd(in), Map: newMap(in), Flows: newFlows(in), Effects: newEffects(in),
		Samples: newSamples(in), Curves: newCurves(in), Chosen: newChosen(in), Tree: newTree(in), Views: newViews(in), Policy: newRuled(in), Planned: newPlanned(in), Subgroups: newSubgroups(in), Estimates: newEstimates(in), Capacity: newCapacity(in),
		Weightings: newWeightings(in), Compared: newCompared(in), Blended: newBlended(in), Origins: newOrigins(in), Merged: newMerged(in), Suspected: newSuspected(in), Unequal: newUnequal(in), Remedies: newRemedies(in), Conflicts: newConflicts(in), Money: newMoney(in.Economics), Promises: newPromises(in.Promises), Alternatives: alternatives(in), Certificate: Certificate(in.Groups), Scores: scores(in), Limits: newLimits(in),
	}
	if p.Title == "" {
		p.Title = r.Study
	}
	return p
}

// facts are the size of the study in a line.
func facts(in *Input) []string {
	r := in.Results
	out := []string{
		wording.Plural(len(r.Domains), "domain"),
		fmt.Sprintf("%d of %s finished", r.Runs.Done, wording.Plural(r.Runs.Planned, "run")),
	}
	if in.Decisions != nil {
		out = append(out, "chosen step by step")
	}
	rung, weighting := in.selection()
	if rung != "" {
		out = append(out, "capacity "+rung)
	}
	if weighting != "" {
		out = append(out, "weighting "+weighting)
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
	out := []alternative{{"recommended", partitionText(chosen), signed(g.Total), source, true}}
	for _, a := range g.Alternatives {
		out = append(out, alternative{a.Name, partitionText(a.Groups), signed(a.Total), string(a.Source), false})
	}
	return out
}

func scores(in *Input) []scoreRow {
	var out []scoreRow
	for i := range in.Results.Scores {
		s := &in.Results.Scores[i]
		row := scoreRow{
			Domain: s.Domain, Arm: armTitle(s.Arm), Rung: s.Rung, Weighting: s.Weighting, Seeds: s.Seeds,
			Loss: withLimits(s.Loss, significant), First: noData, Second: noData,
		}
		for i, m := range in.metricsOf(s) {
			text := m.name + " " + withLimits(s.Metric(m.key), m.write)
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
			row.First = MetricName(own.Metric, &own) + " " + noData
		}
		row.outputs(s)
		out = append(out, row)
	}
	return append(out, in.baselineRows()...)
}

// outputs adds the figures of several targets or labels.
func (row *scoreRow) outputs(s *analysis.Score) {
	for _, o := range s.Targets {
		row.Outputs = append(row.Outputs, outputScore{o.Name, "R² " + withLimits(o.R2, significant) + ", mean absolute error " + withLimits(o.MAE, significant)})
	}
	for _, o := range s.Labels {
		row.Outputs = append(row.Outputs, outputScore{o.Name, "AUC " + withLimits(o.AUC, significant) + ", average precision " + withLimits(o.AveragePrecision, significant)})
	}
	if len(row.Outputs) > manyOutputs {
		row.Folded = wording.Plural(len(s.Targets), "target")
		if len(s.Labels) > 0 {
			row.Folded = wording.Plural(len(s.Labels), "label")
		}
	}
}
