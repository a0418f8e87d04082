package reports

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/contest"
	"github.com/sharewise/sharewise/analysis/exemplars"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/influence"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/merging"
	"github.com/sharewise/sharewise/analysis/mixtures"
	"github.com/sharewise/sharewise/analysis/suspects"
	"github.com/sharewise/sharewise/analysis/versioned"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/affinity"
	"github.com/sharewise/sharewise/grouping/appraisal"
	"github.com/sharewise/sharewise/grouping/decisions"
	"github.com/sharewise/sharewise/grouping/gaintable"
	"github.com/sharewise/sharewise/grouping/imbalance"
	"github.com/sharewise/sharewise/grouping/remedies"
	"github.com/sharewise/sharewise/grouping/verification"
	"github.com/sharewise/sharewise/reports/language"
)

// Settings are those of a folder's report, as the ledger keeps them.
type Settings struct {
	Language language.Language `json:"language"`
}

// WriteFolder writes the report of a study's output folder as one HTML file, in a
// language, and summary.json, in English, into the folder. It returns what both were made from. It
// fails with fs.ErrNotExist where the folder has no results.
func WriteFolder(folder layout.Folder, file string, l language.Language) (*Input, error) {
	origin, err := folder.Origin(folder.Results(), folder.Groups(), folder.Clusters(), folder.Pools(), folder.Economics(), folder.Promises(),
		folder.Exemplars(), folder.Decisions(), folder.Affinity(), folder.Similar(), folder.Subgroups(), folder.Weightings(), folder.Mixtures(), folder.Merged(), folder.Suspects(), folder.Influence(), folder.Imbalance(), folder.Remedies(), folder.Plan())
	if err != nil {
		return nil, err
	}
	in, err := OpenFolder(folder)
	if err != nil {
		return nil, err
	}
	in.Language = l
	written, write := []string{folder.Summary()}, outputHTML
	if file == folder.Report() {
		written, write = append(written, file), WriteHTML
	}
	var with any
	if l != "" && l != language.English {
		with = Settings{l}
	}
	return in, origin.Derive(func(d *layout.Derivation) error {
		if err := write(file, in); err != nil {
			return err
		}
		if err := WriteSummary(folder.Summary(), in); err != nil {
			return err
		}
		return d.Record(origin, with, written...)
	})
}

// OpenFolder gathers what a study's output folder has for a report: results,
// groups where they were chosen, the samples that changed most, estimates of gains,
// learning curves.
func OpenFolder(folder layout.Folder) (*Input, error) {
	results, err := analysis.ReadResults(folder.Results())
	if err != nil {
		return nil, err
	}
	in := &Input{Results: results}
	in.Groups, err = grouping.ReadFile(folder.Groups())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err := in.groupsOfResults(); err != nil {
		return nil, filelimit.Damaged(fmt.Errorf("reports: %s: %w; choose the groups again with 'sharewise group'", folder.Groups(), err))
	}
	if in.Pools, err = gaintable.ReadFile(folder.Pools()); errors.Is(err, fs.ErrNotExist) {
		in.Pools = nil
	} else if err != nil {
		return nil, err
	}
	in.Economics, err = appraisal.ReadFile(folder.Economics())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if in.Views, err = viewsOf(folder, in.Groups); err != nil {
		return nil, err
	}
	if in.Promises, err = verification.ReadHistory(folder); err != nil {
		return nil, err
	}
	if in.Exemplars, err = exemplars.Read(folder.Exemplars()); err != nil {
		return nil, err
	}
	if in.Decisions, err = chosenIn(folder); err != nil {
		return nil, err
	}
	if in.Affinity, err = affinity.ReadFile(folder.Affinity()); errors.Is(err, fs.ErrNotExist) {
		in.Affinity = nil
	} else if err != nil {
		return nil, err
	}
	if in.Similar, err = layout.ReadSimilarities(folder.Similar()); err != nil {
		return nil, err
	}
	if in.Contest, err = contest.Read(folder); errors.Is(err, fs.ErrNotExist) {
		in.Contest = nil
	} else if err != nil {
		return nil, err
	}
	if in.Remedies, err = remedies.Read(folder); err != nil {
		return nil, err
	}
	if in.Subgroups, err = analysis.ReadSubgroups(folder.Subgroups()); err != nil {
		return nil, err
	}
	if in.Merged, err = merging.Read(folder); err != nil {
		return nil, err
	}
	if in.Suspects, err = suspects.Read(folder); err != nil {
		return nil, err
	}
	if in.Influence, err = influence.Read(folder); err != nil {
		return nil, err
	}
	if in.Mixtures, err = mixtures.Read(folder); err != nil {
		return nil, err
	}
	if in.Imbalance, err = imbalance.Read(folder); err != nil {
		return nil, err
	}
	in.History, err = finishedHistory(folder)
	return in, err
}

// groupsOfResults returns an error where groups have a domain that the results have not.
func (in *Input) groupsOfResults() error {
	if in.Groups == nil {
		return nil
	}
	return versioned.Among("groups", in.Results.DomainNames(), slices.Concat(in.Groups.Names()...)...)
}

// chosenIn reads how the runs of the folder's plan were chosen; nil where these are
// those of fixed seeds, whatever was decided before.
func chosenIn(folder layout.Folder) (*decisions.Record, error) {
	plan, err := folder.ReadPlan()
	if errors.Is(err, layout.ErrNoPlan) || err == nil && plan.Adaptive == nil {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return decisions.Read(folder)
}

// finishedHistory reads the learning curves of the planned runs that have
// ended. Results from elsewhere come without a plan and without curves.
func finishedHistory(folder layout.Folder) ([]HistoryRow, error) {
	plan, err := folder.ReadPlan()
	if errors.Is(err, layout.ErrNoPlan) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	ledger, err := folder.ReadLedger()
	if err != nil && !errors.Is(err, layout.ErrLedger) {
		return nil, err
	}
	var used map[string]string // where the ledger is that of these results
	if made := ledger.Files[filepath.Base(folder.Results())]; slices.Contains(versioned.ReadSince(0, folder.Results()), made.SHA256) {
		used = made.From
	}
	var all []HistoryRow
	for _, r := range plan.Runs {
		dir := folder.Run(r.ID)
		done, err := dir.ReadDone(r.Hash)
		if err != nil {
			return nil, err
		}
		if done == nil {
			continue // its curves would change under the reader
		}
		if used != nil && used["runs/"+r.ID] == "" {
			continue // it ended after the results were made, and is not in them
		}
		if err := dir.VerifyFile(done, filepath.Base(dir.History())); err != nil {
			return nil, err
		}
		rows, err := layout.ReadHistory(dir.History())
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			all = append(all, HistoryRow{
				Arm: r.Arm, Rung: r.Rung.Name, Weighting: r.Weighting.Name, Seed: int64(r.Seed),
				Epoch: int(row.Epoch), Domain: row.Domain, Split: row.Split, Loss: row.Loss, Weight: row.Weight,
			})
		}
	}
	return all, nil
}
