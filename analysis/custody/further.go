package custody

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/wording"
)

// further reports whether a name that something was made of is a run trained for it alone,
// or the study that it was trained by.
func further(name string) bool {
	_, run := layout.Folder("").FurtherRun(name)
	_, at := layout.StudyAt(name, new(study.Plan))
	return run || at
}

// furtherSince says what has become of runs that were trained for a file alone, and of the
// study that they were trained by.
func (x *examination) furtherSince(from map[string]string) (string, error) {
	changed, gone := 0, 0
	for name, was := range from {
		dir, ok := x.folder.FurtherRun(name)
		if !ok {
			continue
		}
		done, err := dir.ReadAnyDone()
		switch {
		case err != nil:
			return x.unreadable(err)
		case done == nil:
			gone++
		case done.Identity() != was:
			changed++
		}
	}
	var parts []string
	if gone > 0 {
		parts = append(parts, "made of "+wording.Plural(gone, "run")+" trained for it that the folder no longer has")
	}
	if changed > 0 {
		parts = append(parts, "older than "+wording.Plural(changed, "run")+" trained again for it")
	}
	if len(parts) > 0 {
		return strings.Join(parts, ", "), nil
	}
	for name, was := range from {
		if _, at := layout.StudyAt(name, new(study.Plan)); !at {
			continue
		}
		plan, err := x.folder.ReadPlan()
		if errors.Is(err, layout.ErrNoPlan) {
			continue
		}
		if err != nil {
			return x.unreadable(err)
		}
		if now, _ := layout.StudyAt(name, plan); now != "" && was != "" && now != was {
			return "made by another study: its data, model or training have changed since", nil
		}
	}
	return "", nil
}

// further verifies what runs left that were trained for one file alone.
func (c *checking) further() error {
	ledger, err := c.folder.ReadLedger()
	if errors.Is(err, layout.ErrLedger) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, file := range slices.Sorted(maps.Keys(ledger.Files)) {
		for _, name := range slices.Sorted(maps.Keys(ledger.Files[file].From)) {
			dir, ok := c.folder.FurtherRun(name)
			if !ok {
				continue
			}
			hash := ""
			if done, err := dir.ReadAnyDone(); err == nil && done != nil {
				hash = done.Hash
			}
			if err := c.run(name, dir, hash, makerOf(file)); err != nil {
				return err
			}
		}
	}
	return nil
}
