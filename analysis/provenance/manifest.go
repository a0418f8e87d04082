package provenance

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/versioned"
)

// ErrNone is returned for a folder without a manifest.
var ErrNone = errors.New("there is no provenance.json")

const manifestVersion = 1

// Manifest is the content of provenance.json.
type Manifest struct {
	Version int    `json:"version"` // 1
	Study   string `json:"study"`
	// StudySHA256 is that of the study file, PolicySHA256 that of rules and labels;
	// empty where there is none.
	StudySHA256  string `json:"study_sha256,omitempty"`
	PolicySHA256 string `json:"policy_sha256,omitempty"`
	// StudySeeds are the bases of random streams that runs state.
	StudySeeds []uint64 `json:"study_seeds"`
	Programs   Programs `json:"programs"`
	Domains    []Domain `json:"domains"`
	// Models are definitions of the runs' trunks, by rung.
	Models []Model `json:"models"`
	// Named are the files of these models and of all else that runs depend on beside the data; none in
	// manifests of versions that did not write them down.
	Named []study.NamedFile `json:"named_files,omitempty"`
	Runs  []Run             `json:"runs"`
	// Files of the folder that the recommendation was made of and is in, by their
	// slashed paths.
	Files map[string]string `json:"files"`
}

// Programs are versions of what took part.
type Programs struct {
	// Sharewise are those that trained, as the runs state, and Recommending is the
	// one that chose the groups, with its revision where it was built from a checkout.
	Sharewise    []string `json:"sharewise"`
	Recommending string   `json:"recommending"`
	Revision     string   `json:"revision,omitempty"`
	// Runtimes are those that the runs were computed by, as these state.
	Runtimes []string `json:"runtimes"`
	Go       string   `json:"go"`
}

// Validate returns an error where the manifest names files or runs out of the folder.
func (m *Manifest) Validate() error {
	err := versioned.Inside("files", slices.Collect(maps.Keys(m.Files))...)
	for i := range m.Runs {
		r := &m.Runs[i]
		if !study.IsName(r.ID) {
			return fmt.Errorf("runs[%d]: %q is no name of a run", i, r.ID)
		}
		err = cmp.Or(err, versioned.Inside("files of "+r.ID, slices.Collect(maps.Keys(r.Files))...))
	}
	return err
}

// Domain is the data of a domain.
type Domain struct {
	Name string `json:"name"`
	// SHA256 identifies the samples as training and testing see them, for each fold
	// of a study that has some.
	SHA256 []string       `json:"sha256"`
	Files  []study.Source `json:"files,omitempty"`
}

// Model is the definition of the models of a rung: before training.
type Model struct {
	Rung   string   `json:"rung"`
	SHA256 []string `json:"sha256"`
}

// Run is a training that was used.
type Run struct {
	ID     string            `json:"id"`
	Hash   string            `json:"hash"` // SHA-256 of its exact inputs
	Seed   int               `json:"seed"`
	Status layout.Status     `json:"status"`
	Files  map[string]string `json:"files"`
}

// Gather lists what the folder's results rest on. version is that of sharewise.
func Gather(folder layout.Folder, plan *study.Plan, version string) (*Manifest, error) {
	m := &Manifest{
		Version: manifestVersion, Study: plan.Study, StudySHA256: plan.FileSHA256, PolicySHA256: plan.PolicySHA256, Named: plan.Files,
		StudySeeds: []uint64{}, Domains: []Domain{}, Models: []Model{}, Runs: []Run{}, Files: map[string]string{},
		Programs: Programs{Recommending: version, Revision: revision(), Go: runtime.Version(), Sharewise: []string{}, Runtimes: []string{}},
	}
	for i := range plan.Domains {
		d := &plan.Domains[i]
		entry := Domain{Name: d.Name, Files: d.Sources}
		for f := range max(1, len(d.Folds)) {
			entry.SHA256 = append(entry.SHA256, d.At(f+1).SHA256)
		}
		m.Domains = append(m.Domains, entry)
	}
	models := map[string][]string{}
	for _, r := range plan.Runs {
		done, err := folder.Run(r.ID).ReadDone(r.Hash)
		if err != nil {
			return nil, fmt.Errorf("provenance: %w", err)
		}
		if done == nil {
			continue
		}
		m.Runs = append(m.Runs, Run{r.ID, r.Hash, r.Seed, done.Status, done.Files})
		spec, err := folder.Run(r.ID).ReadSpec()
		if err != nil {
			return nil, fmt.Errorf("provenance: %w", err)
		}
		m.StudySeeds = with(m.StudySeeds, spec.Run.StudySeed)
		m.Programs.Sharewise = with(m.Programs.Sharewise, spec.Sharewise)
		m.Programs.Runtimes = with(m.Programs.Runtimes, spec.Backend)
		models[r.Rung.Name] = with(models[r.Rung.Name], spec.Model)
	}
	for _, rung := range plan.Rungs {
		if sums, ok := models[rung]; ok {
			m.Models = append(m.Models, Model{rung, sums})
		}
	}
	for _, path := range []string{folder.Plan(), folder.Results(), folder.Decisions(), folder.Groups()} {
		sum, err := layout.HashFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("provenance: %w", err)
		}
		m.Files[filepath.Base(path)] = sum
	}
	return m, nil
}

// with adds a value to a sorted list that lacks it.
func with[T cmp.Ordered](list []T, v T) []T {
	at, found := slices.BinarySearch(list, v)
	if found {
		return list
	}
	return slices.Insert(list, at, v)
}

// revision is that of the checkout that the program was built from; "" where the
// build does not say.
func revision() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	if settings["vcs.modified"] == "true" && settings["vcs.revision"] != "" {
		return settings["vcs.revision"] + " with changes"
	}
	return settings["vcs.revision"]
}

// Write puts the manifest into a folder.
func (m *Manifest) Write(folder layout.Folder) error {
	return layout.WriteJSON(folder.Provenance(), m)
}

// Read reads the manifest of a folder. It fails with ErrNone where there is none.
func Read(folder layout.Folder) (*Manifest, error) {
	var m Manifest
	err := versioned.Read(folder.Provenance(), manifestVersion, &m)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s: %w", folder, ErrNone)
	case err != nil:
		return nil, fmt.Errorf("provenance: %w", err)
	}
	return &m, nil
}
