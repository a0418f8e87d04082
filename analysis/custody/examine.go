package custody

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/wording"
)

// State is what is the matter with a thing.
type State string

// The states.
const (
	Stale      State = "stale"      // made of what has changed since
	Damaged    State = "damaged"    // its bytes are others than those that were written
	Missing    State = "missing"    // it was written, and is gone
	Unrecorded State = "unrecorded" // nobody says what it was made of
	Orphaned   State = "orphaned"   // left by what was interrupted, or by another plan
	Unverified State = "unverified" // what it should be compared with is not at hand
)

// Finding is a thing with which something is the matter.
type Finding struct {
	// What is a slashed path in the folder, "study file", or a file of data.
	What   string `json:"what"`
	State  State  `json:"state"`
	Detail string `json:"detail"`
	// Cause is what else was found, of which this is a mere consequence.
	Cause string `json:"cause,omitempty"`
	// Command is that of sharewise which makes it anew, empty where none does.
	Command string `json:"command,omitempty"`
}

// String says what is the matter, in one line.
func (f Finding) String() string { return fmt.Sprintf("%s: %s: %s", f.What, f.State, f.Detail) }

// Lines says what was found: what is merely the consequence of something else is listed
// together.
func (r *Report) Lines() []string {
	var out, consequences []string
	for _, f := range r.Findings {
		if f.Cause != "" {
			consequences = append(consequences, f.What)
			continue
		}
		out = append(out, f.String())
	}
	if len(consequences) > 0 {
		out = append(out, "stale with that: "+strings.Join(consequences, ", "))
	}
	return out
}

// Fault reports whether the thing is not as it should be: all but what cannot be
// verified.
func (f Finding) Fault() bool { return f.State != Unverified }

// Report is what was found.
type Report struct {
	Study    string    `json:"study,omitempty"`
	Findings []Finding `json:"findings"`
	// Verified counts the sums that were as recorded.
	Verified int `json:"verified"`
}

// Of returns the finding about a file of the folder, nil where nothing is the matter.
func (r *Report) Of(folder layout.Folder, file string) *Finding {
	name := nameIn(folder, file)
	for i := range r.Findings {
		if r.Findings[i].What == name {
			return &r.Findings[i]
		}
	}
	return nil
}

// Faults counts what is not as it should be.
func (r *Report) Faults() int {
	n := 0
	for _, f := range r.Findings {
		if f.Fault() {
			n++
		}
	}
	return n
}

func (r *Report) find(what string, s State, command, format string, args ...any) {
	r.Findings = append(r.Findings, Finding{What: what, State: s, Detail: fmt.Sprintf(format, args...), Command: command})
}

// Commands that make files, in the order of work.
var makers = []string{"run", "analyze", "cross", "merge", "linearise", "similarity", "subgroups", "suspects", "influence", "imbalance", "weightings", "mixtures", "affinity", "group", "remedies", "value", "promise", "report"}

// makerOf is the command that makes a file of the folder.
func makerOf(name string) string {
	switch name {
	case "plan.json", "decisions.json":
		return "run"
	case "groups.json", "clusters.json", "provenance.json", "pools.json", "tables/groups.parquet":
		return "group"
	case "economics.json", "tables/economics.parquet":
		return "value"
	case "affinity.json":
		return "affinity"
	case "weightings.json":
		return "weightings"
	case "mixtures.json":
		return "mixtures"
	case "merge.json":
		return "merge"
	case "linear.json":
		return "linearise"
	case "similarity.json":
		return "similarity"
	case "imbalance.json":
		return "imbalance"
	case "influence.json":
		return "influence"
	case "suspects.json":
		return "suspects"
	case "subgroups.json":
		return "subgroups"
	case "remedies.json":
		return "remedies"
	case "promises.json":
		return "promise"
	case "report.html", "summary.json":
		return "report"
	}
	if name == "cross.json" || strings.HasPrefix(name, "cross/") {
		return "cross"
	}
	if strings.HasPrefix(name, "merged/") {
		return "merge"
	}
	return "analyze"
}

// expected are the files that belong to the chain wherever they are.
var expected = []string{
	"plan.json", "results.json", "tables/exemplars.json", "groups.json", "clusters.json", "provenance.json", "pools.json",
	"economics.json", "affinity.json", "merge.json", "linear.json", "similarity.json", "subgroups.json", "suspects.json", "influence.json", "imbalance.json", "weightings.json", "mixtures.json", "remedies.json", "cross.json", "promises.json", "decisions.json", "report.html", "summary.json",
	"tables/transfer.parquet", "tables/matrix.parquet", "tables/capacity.parquet", "tables/weighting.parquet", "tables/outputs.parquet", "tables/sources.parquet",
	"tables/groups.parquet", "tables/economics.parquet",
}

func nameIn(folder layout.Folder, file string) string {
	rel, err := filepath.Rel(string(folder), file)
	if err != nil {
		return filepath.ToSlash(file)
	}
	return filepath.ToSlash(rel)
}

// Examine compares the derived files of a folder with its ledger, and says which are
// stale, damaged, gone or of unknown origin. Without a plan, results come from
// elsewhere, and only what was made of them is examined.
func Examine(folder layout.Folder) (*Report, error) {
	r := &Report{Findings: []Finding{}}
	ledger, err := folder.ReadLedger()
	if errors.Is(err, layout.ErrLedger) {
		r.find("custody.json", Damaged, "", "nothing says any more what files were made of; they are to be made again")
	} else if err != nil {
		return nil, err
	}
	x := &examination{Report: r, folder: folder, files: ledger.Files, sums: map[string]string{}, bad: map[string]bool{}}
	_, err = os.Stat(folder.Plan())
	if filelimit.SystemFault(err) != "" {
		return nil, err
	}
	planned := err == nil
	if planned {
		plan, err := folder.ReadPlan()
		switch {
		case errors.Is(err, layout.ErrForgetting):
			return nil, err
		case filelimit.SystemFault(err) != "":
			return nil, err
		case err != nil:
			x.bad["plan.json"] = true
			r.find("plan.json", Damaged, "run", "%v", err)
		default:
			r.Study = plan.Study
		}
	}
	names := slices.Collect(maps.Keys(ledger.Files))
	for _, name := range expected {
		if _, ok := ledger.Files[name]; ok || !planned {
			continue
		}
		if _, err := os.Lstat(x.path(name)); err == nil {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		if d := slices.Index(makers, makerOf(a)) - slices.Index(makers, makerOf(b)); d != 0 {
			return d
		}
		return strings.Compare(order(a), order(b))
	})
	for _, name := range names {
		if x.bad[name] {
			continue
		}
		if err := x.file(name); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// order puts files that others of the same command are made of before these.
func order(name string) string {
	if name == "results.json" || name == "groups.json" {
		return " " + name
	}
	return name
}

type examination struct {
	*Report
	folder layout.Folder
	files  map[string]layout.Record
	sums   map[string]string // of files as they are now
	bad    map[string]bool   // files about which something was found
	ended  map[string]string // runs, once asked for
	alone  string            // the sum of those of one domain, once asked for
}

func (x *examination) path(name string) string {
	return filepath.Join(string(x.folder), filepath.FromSlash(name))
}

// sum is what a file of the folder is now, empty where it is not there.
func (x *examination) sum(name string) (string, error) {
	if s, ok := x.sums[name]; ok {
		return s, nil
	}
	s, err := layout.HashFile(x.path(name))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	x.sums[name] = s
	return s, nil
}

// file finds what is the matter with one file.
func (x *examination) file(name string) error {
	record, known := x.files[name]
	command := makerOf(name)
	if !known {
		x.bad[name] = true
		x.find(name, Unrecorded, command, "nothing says what it was made of: it is of an earlier version, of somebody else, or its command was interrupted")
		return nil
	}
	sum, err := x.sum(name)
	if filelimit.SystemFault(err) != "" {
		return fmt.Errorf("examine: %w", err)
	}
	if err != nil {
		x.bad[name] = true
		x.find(name, Damaged, command, "%v", err)
		return nil //nolint:nilerr // that it cannot be read is what was found
	}
	switch {
	case sum == "":
		x.bad[name] = true
		x.find(name, Missing, command, "it was written by 'sharewise %s', and is gone", command)
		return nil
	case sum != record.SHA256:
		x.bad[name] = true
		x.find(name, Damaged, command, "it has changed since 'sharewise %s' wrote it", command)
		return nil
	}
	x.Verified++
	why, err := x.outdated(record.From)
	if err != nil {
		return err
	}
	if why != "" {
		x.bad[name] = true
		x.find(name, Stale, command, "%s", why)
		for _, of := range slices.Sorted(maps.Keys(record.From)) {
			if x.bad[of] && of != "plan.json" {
				x.Findings[len(x.Findings)-1].Cause = of
			}
		}
	}
	return nil
}

// outdated says why what was made of this is out of date; empty where it is not.
func (x *examination) outdated(from map[string]string) (string, error) {
	if why, err := x.furtherSince(from); why != "" || err != nil {
		return why, err
	}
	for _, of := range slices.Sorted(maps.Keys(from)) {
		if further(of) {
			continue
		}
		switch {
		case of == layout.AllRuns || layout.IsRun(of):
		case of == layout.IndependentRuns:
			if x.alone == "" {
				now, err := x.folder.Ended(true)
				if err != nil {
					return x.unreadable(err)
				}
				x.alone = layout.SumOf(now)
			}
			if x.alone != from[of] {
				return "independent runs have ended or changed since", nil
			}
		case x.bad[of] && of != "plan.json":
			return "made of " + of + ", which is not as it should be", nil
		default:
			now, err := x.sum(of)
			if err != nil {
				return x.unreadable(err)
			}
			switch {
			case now == from[of]:
			case now == "" && outside(of):
				// A folder that was moved by itself is as it was.
			case from[of] == "":
				return "made before there was " + of, nil
			case now == "":
				return "made of " + of + ", which is gone", nil
			case of == "plan.json":
				if why, err := x.runsSince(from); why != "" || err != nil {
					return why, err
				}
				return "made by another plan of runs: the study has changed since", nil
			default:
				return "made of another " + path.Base(of), nil
			}
		}
	}
	return x.runsSince(from)
}

// outside reports whether a file lies in another folder: other studies are named by where
// they are relative to this one.
func outside(name string) bool { return strings.HasPrefix(name, "../") }

// unreadable says why what something was made of cannot be compared: an error of the
// system says nothing of it.
func (x *examination) unreadable(err error) (string, error) {
	if filelimit.SystemFault(err) != "" {
		return "", fmt.Errorf("examine: %w", err)
	}
	return "what it was made of cannot be read: " + err.Error(), nil
}

// runsSince says how the runs that something was made of differ from those that are
// there now.
func (x *examination) runsSince(from map[string]string) (string, error) {
	if _, ok := from[layout.AllRuns]; !ok {
		return "", nil
	}
	if x.ended == nil {
		var err error
		if x.ended, err = x.folder.Ended(false); err != nil {
			return x.unreadable(err)
		}
	}
	added, changed, gone := 0, 0, 0
	for name, now := range x.ended {
		switch was := from[name]; {
		case was == "":
			added++
		case was != now:
			changed++
		}
	}
	for name := range from {
		if _, there := x.ended[name]; layout.IsRun(name) && !there {
			gone++
		}
	}
	var parts []string
	if added > 0 {
		parts = append(parts, "older than "+wording.Plural(added, "new run"))
	}
	if changed > 0 {
		parts = append(parts, "older than "+wording.Plural(changed, "run")+" trained again")
	}
	if gone > 0 {
		parts = append(parts, "made of "+wording.Plural(gone, "run")+" that the plan or the folder no longer has")
	}
	return strings.Join(parts, ", "), nil
}
