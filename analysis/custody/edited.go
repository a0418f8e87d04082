package custody

import (
	"encoding/json"
	"path/filepath"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/wording"
)

// Edited finds that a study file, or the file of its rules, is another than when the folder's runs were
// planned, which no derived file shows before 'sharewise run' plans anew. It is nil where they are as they were, are not
// at hand, or no plan can be read.
func Edited(folder layout.Folder) *Finding {
	plan, err := folder.ReadPlan()
	if err != nil || plan.File == "" || plan.FileSHA256 == "" {
		return nil
	}
	file := filepath.Base(plan.File)
	edited := isOther(plan.File, plan.FileSHA256)
	if !edited {
		for _, f := range plan.Files {
			if f.What == study.RulesFile && isOther(plan.SourcePath(f.Source), f.SHA256) {
				edited, file = true, f.Path
			}
		}
	}
	if !edited {
		return nil
	}
	text := "it has been edited since the runs were planned"
	s, err := study.Parse(plan.File)
	if err == nil {
		if changed := settings(plan, s); len(changed) > 0 {
			text += ", with other settings of " + wording.List(changed).String()
		}
	}
	return &Finding{What: "study file " + file, State: Stale, Detail: text, Command: "run"}
}

// isOther reports whether a file is there, and is another one.
func isOther(path, want string) bool {
	sum, err := layout.HashFile(path)
	return err == nil && sum != want
}

// settings are the keys of a study that say otherwise by now what the plan says of groups and statistics.
func settings(plan *study.Plan, s *study.Study) []string {
	var out []string
	for _, part := range []struct {
		key      string
		was, now any
	}{{"grouping", plan.Grouping, s.Grouping}, {"analysis", plan.Analysis, s.Analysis}, {"economics", plan.Economics, s.Economics}} {
		was, wasErr := json.Marshal(part.was)
		now, nowErr := json.Marshal(part.now)
		if wasErr == nil && nowErr == nil && string(was) != string(now) {
			out = append(out, part.key)
		}
	}
	return out
}
