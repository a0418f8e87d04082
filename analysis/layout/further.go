package layout

import (
	"fmt"
	"path/filepath"
	"regexp"

	"github.com/sharewise/sharewise/analysis/study"
)

// studyAt is what names of [Record.From] begin with that stand for a study at a rung.
const studyAt = "study at "

// furtherRun is what runs look like that were trained beside those of the plan, in a
// folder of their own.
var furtherRun = regexp.MustCompile(`^[a-z]+/runs/[\p{L}\p{N}][^/\\]*$`)

// StudyAt is what a name of [Record.From] stands for under a plan: the data, the model and
// the training of independent models at a rung, which are in the hashes of their first
// runs. It is empty where the plan has not all of these, as one of chosen runs may, and
// ok is false for other names.
func StudyAt(name string, plan *study.Plan) (sum string, ok bool) {
	if len(name) < len(studyAt) || name[:len(studyAt)] != studyAt {
		return "", false
	}
	alone := map[string]string{}
	for _, r := range plan.Runs {
		if len(r.Domains) == 1 && r.Seed == 1 && r.Rung.Name == name[len(studyAt):] {
			alone[r.Domains[0]] = r.Hash
		}
	}
	if len(alone) < len(plan.Domains) {
		return "", true
	}
	return SumOf(alone), true
}

// NameStudyAt is the name of a study at a rung, see [StudyAt].
func NameStudyAt(rung string) string { return studyAt + rung }

// FurtherRun returns the folder of a run that a name of [Record.From] stands for, where
// that was trained beside those of the plan.
func (f Folder) FurtherRun(name string) (dir RunFolder, ok bool) {
	return RunFolder(filepath.Join(string(f), filepath.FromSlash(name))), furtherRun.MatchString(name)
}

// Trained adds runs to what a file is going to be made of, by their IDs, that were
// trained for it in a folder of their own in the study's. They have ended.
func (o *Origin) Trained(in Folder, ids []string) error {
	for _, id := range ids {
		dir := in.Run(id)
		done, err := dir.ReadAnyDone()
		if err != nil {
			return err
		}
		if done == nil {
			return fmt.Errorf("%s: the run has not ended", string(dir))
		}
		o.from[o.folder.name(string(dir))] = done.Identity()
	}
	return nil
}

// Study adds a study at a rung to what a file is going to be made of.
func (o *Origin) Study(plan *study.Plan, rung string) {
	name := NameStudyAt(rung)
	o.from[name], _ = StudyAt(name, plan)
}

// Beside is a folder, in that of a study, of runs that are not of its plan.
type Beside struct {
	// Command is what trains them.
	Command string
	Folder  Folder
}

// Beside are the folders of runs that are not of the plan, whether they are there or not.
func (f Folder) Beside() []Beside {
	return []Beside{
		{"promise", f.Verification()}, {"export --refit", f.Refit()}, {"weightings", f.WeightingRuns()},
		{"mixtures", f.MixtureRuns()}, {"remedies", f.RemedyRuns()},
	}
}

// RunsBeside counts the runs that a command trained beside those of the plan and that
// have ended.
type RunsBeside struct {
	Command  string  `json:"command"`
	Ended    int     `json:"ended"` // done or diverged
	Diverged int     `json:"diverged,omitempty"`
	Seconds  float64 `json:"seconds"`
}

// beside counts runs that are not of the plan, by commands that have trained any.
func (f Folder) beside() ([]RunsBeside, error) {
	var out []RunsBeside
	for _, b := range f.Beside() {
		runs, _, err := b.Folder.Runs()
		if err != nil {
			return nil, err
		}
		n := RunsBeside{Command: b.Command}
		for _, id := range runs {
			done, err := b.Folder.Run(id).ReadAnyDone()
			if err != nil {
				return nil, err
			}
			if done == nil {
				continue
			}
			n.Ended++
			n.Seconds += done.Seconds
			if done.Status != Finished {
				n.Diverged++
			}
		}
		if n.Ended > 0 {
			out = append(out, n)
		}
	}
	return out, nil
}
