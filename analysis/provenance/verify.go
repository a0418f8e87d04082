package provenance

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
)

// Finding is one thing that was verified, or could not be.
type Finding struct {
	// What is the thing: a file of the folder, of the study or of the data, or a domain.
	What string `json:"what"`
	// State is Matches, Differs, Missing or Unverified.
	State State `json:"state"`
	// Detail says what is the matter; empty for what matches.
	Detail string `json:"detail,omitempty"`
}

// State is how a thing compares with the manifest.
type State string

// The states.
const (
	Matches    State = "matches"
	Differs    State = "differs"
	Missing    State = "missing"
	Unverified State = "unverified"
)

// Report is what was verified.
type Report struct {
	Study    string    `json:"study"`
	Findings []Finding `json:"findings"`
}

// Whole reports whether nothing differs and nothing of the folder is missing.
func (r *Report) Whole() bool {
	return !slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.State == Differs || f.State == Missing })
}

// Count is the number of findings of a state.
func (r *Report) Count(s State) int {
	n := 0
	for _, f := range r.Findings {
		if f.State == s {
			n++
		}
	}
	return n
}

// Data computes the identity of each domain's data anew, for each fold: by domain. An
// error says that the data are not at hand.
type Data func(plan *study.Plan) (map[string][]string, error)

// Verify computes anew what the folder's manifest says. data may be nil: then the data
// are not read, and only files that the study names are compared.
func Verify(folder layout.Folder, data Data) (*Report, error) {
	plan, planErr := folder.ReadPlan()
	if errors.Is(planErr, layout.ErrForgetting) {
		return nil, planErr
	}
	m, err := Read(folder)
	if err != nil {
		return nil, err
	}
	v := &verification{folder: folder, report: &Report{Study: m.Study, Findings: []Finding{}}}
	for _, name := range slices.Sorted(maps.Keys(m.Files)) {
		v.file(name, filepath.Join(string(folder), name), m.Files[name])
	}
	v.heard(planErr)
	if planErr != nil && v.broken == nil {
		v.find("plan.json", Differs, planErr.Error())
		return v.report, nil
	}
	if v.broken == nil {
		v.study(plan, m)
		v.runs(plan, m)
		v.further()
		v.data(plan, m, data)
	}
	if v.broken != nil {
		return nil, fmt.Errorf("verify: %w", v.broken)
	}
	return v.report, nil
}

type verification struct {
	folder layout.Folder
	report *Report
	broken error // of the system, which tells nothing of files
}

// heard keeps an error of the system: there is no report then.
func (v *verification) heard(err error) {
	if v.broken == nil && filelimit.SystemFault(err) != "" {
		v.broken = err
	}
}

func (v *verification) find(what string, s State, detail string) {
	v.report.Findings = append(v.report.Findings, Finding{what, s, detail})
}

// file compares one file.
func (v *verification) file(what, path, want string) {
	got, err := layout.HashFile(path)
	v.heard(err)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		v.find(what, Missing, "the file is gone")
	case err != nil:
		v.find(what, Unverified, err.Error())
	case got != want:
		v.find(what, Differs, fmt.Sprintf("its SHA-256 is %s, and %s was recorded", got, want))
	default:
		v.find(what, Matches, "")
	}
}

// elsewhere compares a file that is not the folder's own, and may not be at hand.
func (v *verification) elsewhere(what, path, want string) {
	v.file(what, path, want)
	if last := &v.report.Findings[len(v.report.Findings)-1]; last.State == Missing {
		last.State = Unverified
	}
}

// study compares the study file, what it names beside data, and the policy.
func (v *verification) study(plan *study.Plan, m *Manifest) {
	switch {
	case m.StudySHA256 == "":
	case plan.File == "":
		v.find("study file", Unverified, "the plan does not say where it is")
	default:
		v.elsewhere("study file", plan.File, m.StudySHA256)
	}
	if plan.File != "" {
		for _, f := range m.Named {
			v.elsewhere(f.What+": "+f.Path, plan.SourcePath(f.Source), f.SHA256)
		}
	}
	if identity, err := plan.PolicyIdentity(); err != nil || identity != m.PolicySHA256 {
		v.find("policy", Differs, "rules or labels in plan.json are others than those recorded")
	} else if m.PolicySHA256 != "" {
		v.find("policy", Matches, "")
	}
}

// runs compares every run with what it left.
func (v *verification) runs(plan *study.Plan, m *Manifest) {
	used := map[string]bool{}
	for _, r := range m.Runs {
		used[r.ID] = true
		dir := v.folder.Run(r.ID)
		done, err := dir.ReadDone(r.Hash)
		v.heard(err)
		switch {
		case err != nil:
			v.find("run "+r.ID, Differs, err.Error())
			continue
		case done == nil:
			v.find("run "+r.ID, Missing, "the run is gone, or belongs to another study")
			continue
		case !maps.Equal(done.Files, r.Files):
			v.find("run "+r.ID, Differs, "done.json names other files, or other hashes of them")
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(r.Files)) {
			v.file("run "+r.ID+": "+name, filepath.Join(string(dir), name), r.Files[name])
		}
	}
	for _, r := range plan.Runs {
		if used[r.ID] {
			continue
		}
		if done, err := v.folder.Run(r.ID).ReadDone(r.Hash); err == nil && done != nil {
			v.find("run "+r.ID, Differs, "it ended after the groups were chosen; choose them again")
		}
	}
}

// further compares the manifest itself, and the runs that files of the folder were made of
// beside those of the plan, such as trials of remedies, with what the ledger has of them.
func (v *verification) further() {
	ledger, err := v.folder.ReadLedger()
	v.heard(err)
	if err != nil {
		v.find("custody.json", Differs, err.Error())
		return
	}
	if _, err := os.Stat(v.folder.Custody()); errors.Is(err, fs.ErrNotExist) {
		v.find("custody.json", Unverified, "it is gone or was never written, and with it what says which runs later commands trained, and whether provenance.json is as written: they cannot be compared")
		return
	}
	if own := filepath.Base(v.folder.Provenance()); ledger.Files[own].SHA256 != "" {
		v.file(own, v.folder.Provenance(), ledger.Files[own].SHA256)
	}
	for _, file := range slices.Sorted(maps.Keys(ledger.Files)) {
		from := ledger.Files[file].From
		for _, name := range slices.Sorted(maps.Keys(from)) {
			dir, ok := v.folder.FurtherRun(name)
			if !ok {
				continue
			}
			done, err := dir.ReadAnyDone()
			v.heard(err)
			switch {
			case err != nil:
				v.find("run "+name, Differs, err.Error())
			case done == nil:
				v.find("run "+name, Missing, "the run is gone that "+file+" was made of")
			case done.Identity() != from[name]:
				v.find("run "+name, Differs, "it was trained again since "+file+" was made of it")
			default:
				for _, part := range slices.Sorted(maps.Keys(done.Files)) {
					v.file("run "+name+": "+part, filepath.Join(string(dir), part), done.Files[part])
				}
			}
		}
	}
}

// data compares the data of the domains: by their files where these are plain ones,
// and by what training sees of them.
func (v *verification) data(plan *study.Plan, m *Manifest, compute Data) {
	var sums map[string][]string
	var unseen error
	if compute != nil {
		sums, unseen = compute(plan)
		v.heard(unseen)
	}
	for _, d := range m.Domains {
		for _, f := range d.Files {
			path := plan.SourcePath(f)
			if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
				v.file("data of "+d.Name+": "+f.Path, path, f.SHA256)
			}
		}
		switch {
		case compute == nil:
		case unseen != nil:
			v.find("data of "+d.Name, Unverified, unseen.Error())
		case slices.Equal(sums[d.Name], d.SHA256):
			v.find("data of "+d.Name, Matches, "")
		default:
			v.find("data of "+d.Name, Differs, "training would see other samples, or others divided or prepared otherwise")
		}
	}
}
