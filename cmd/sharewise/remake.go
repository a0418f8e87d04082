package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/influence"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/linearise"
	"github.com/sharewise/sharewise/analysis/merging"
	"github.com/sharewise/sharewise/analysis/similarity"
	"github.com/sharewise/sharewise/analysis/suspects"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/affinity"
	"github.com/sharewise/sharewise/grouping/appraisal"
	"github.com/sharewise/sharewise/grouping/gaintable"
	"github.com/sharewise/sharewise/grouping/remedies"
	"github.com/sharewise/sharewise/grouping/solve"
	"github.com/sharewise/sharewise/reports"
)

// make makes again what a command made, by the settings that were recorded, and says
// what it did; empty for what takes training or the runtime, and for what the settings have
// read elsewhere: a folder may come from somebody who should not choose files of ours.
func (a *app) make(ctx context.Context, folder layout.Folder, command string) (string, error) {
	ledger, err := folder.ReadLedger()
	if err != nil && !errors.Is(err, layout.ErrLedger) {
		return "", inputError(err)
	}
	settings := func(path string, v any) error {
		record := ledger.Files[filepath.Base(path)]
		if len(record.Settings) == 0 {
			return nil
		}
		if err := filelimit.DecodeJSON(record.Settings, v); err != nil {
			return inputError(fmt.Errorf("%s: settings of %s: %w", folder.Custody(), filepath.Base(path), err))
		}
		return nil
	}
	switch command {
	case "analyze":
		var s analysis.Settings
		if err := settings(folder.Results(), &s); err != nil {
			return "", err
		}
		_, err := a.analyze(ctx, folder, s.Measure, nil)
		return "measured again", err
	case "group":
		return a.groupAgain(folder, settings)
	case "value":
		var o appraisal.Options
		if err := settings(folder.Economics(), &o); err != nil {
			return "", err
		}
		if len(o.Fewer) > 0 {
			return "", nil
		}
		_, err := appraisal.Folder(folder, o)
		return "valued again", inputError(err)
	case "subgroups":
		var f subgroupFlags
		if err := settings(folder.Subgroups(), &f); err != nil {
			return "", err
		}
		if f.Metadata != "" {
			return "", nil
		}
		_, err := a.subgroups(ctx, folder, f, 0)
		return "measured again", err
	case "suspects":
		var c suspects.Config
		if err := settings(folder.Suspects(), &c); err != nil {
			return "", err
		}
		_, _, err := a.suspects(ctx, folder, c, 0)
		return "looked for again", err
	case "imbalance":
		var f imbalanceFlags
		if err := settings(folder.Imbalance(), &f); err != nil {
			return "", err
		}
		if len(f.With) > 0 {
			return "", nil
		}
		_, err := imbalanceOf(folder, f)
		return "judged again", err
	case "influence":
		var c influence.Config
		if err := settings(folder.Influence(), &c); err != nil {
			return "", err
		}
		_, err := a.influence(ctx, folder, c, 0)
		return "estimated again", err
	case "merge":
		var c merging.Config
		if err := settings(folder.Merged(), &c); err != nil {
			return "", err
		}
		_, err := a.merge(ctx, folder, c, 0)
		return "merged again", err
	case "linearise":
		var c linearise.Config
		if err := settings(folder.Linearised(), &c); err != nil {
			return "", err
		}
		_, err := a.linearise(ctx, folder, c, 0)
		return "linearised again", err
	case "similarity":
		var c similarity.Config
		if err := settings(folder.Similar(), &c); err != nil {
			return "", err
		}
		_, err := a.assess(ctx, string(folder), folder, c, 0)
		return "compared again", err
	case "affinity":
		var o affinity.FolderOptions
		if err := settings(folder.Affinity(), &o); err != nil {
			return "", err
		}
		_, err := affinity.AssessFolder(folder, o)
		return "estimated again", inputError(err)
	case "remedies":
		var s remedies.Settings
		if err := settings(folder.Remedies(), &s); err != nil || s.Tried {
			return "", err // a trial takes training
		}
		_, err := remedies.ProposeFolder(folder, s.Options())
		return "proposed again", inputError(err)
	case "report":
		var s reports.Settings
		if err := settings(folder.Report(), &s); err != nil {
			return "", err
		}
		_, err := writeReport(folder, folder.Report(), s.Language)
		return "written again", err
	}
	return "", nil
}

// groupAgain chooses groups by the settings that were recorded.
func (a *app) groupAgain(folder layout.Folder, settings func(string, any) error) (string, error) {
	o := grouping.Options{Seed: 1}
	if err := settings(folder.Groups(), &o); err != nil {
		return "", err
	}
	_, err := groupDomains(folder, o)
	switch {
	case errors.Is(err, grouping.ErrNoGains):
		return "removed, since no pool has gains any more", withdrawGroups(folder)
	case errors.Is(err, grouping.ErrNoPartition), errors.Is(err, solve.ErrContradiction):
		return fmt.Sprintf("removed, since there are no groups now: %v", err), withdrawGroups(folder)
	case err != nil:
		return "", err
	}
	_, err = gaintable.PlanFolder(folder, o)
	return "chosen again", inputError(err)
}

// withdrawGroups removes the groups of a folder, and the pools that were planned beside
// them.
func withdrawGroups(folder layout.Folder) error {
	return errors.Join(grouping.Withdraw(folder), gaintable.Withdraw(folder))
}
