package study

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/sharewise/sharewise/analysis/augment"
)

// identity is everything that decides the result of a run and nothing else.
// Its JSON, with keys in the order of the fields, is what a run's hash is taken
// of. A title, another domain or a setting of the analysis is not in it, so
// that editing these leaves runs valid; so is no version of a library, which
// spec.json records.
//
// A change of meaning of anything here must change Format.
type identity struct {
	Format        string           `json:"format"`
	StudySeed     uint64           `json:"study_seed"`
	Randomness    string           `json:"randomness"`
	Arm           string           `json:"arm"`
	Domains       []identityDomain `json:"domains"`
	Rung          string           `json:"rung"`
	Model         string           `json:"model"`
	Weighting     Weighting        `json:"weighting"`
	Seed          int              `json:"seed"`
	Epochs        int              `json:"epochs"`
	StepsPerEpoch int              `json:"steps_per_epoch"`
	Optimizer     Optimizer        `json:"optimizer"`
	Rate          float64          `json:"rate"`
	Schedule      Schedule         `json:"schedule"`
	Clip          float64          `json:"clip"`
	Select        string           `json:"select"`
	Conflict      bool             `json:"conflict"`
	Threads       int              `json:"threads"`
	BatchNorm     string           `json:"batch_norm,omitempty"`
	Freeze        []string         `json:"freeze,omitempty"`
	// DomainAdapters says that domains have adapters of their own.
	DomainAdapters bool `json:"domain_adapters,omitempty"`
	// Whole says that the model has no head put on it.
	Whole bool `json:"whole,omitempty"`
}

type identityDomain struct {
	Name    string `json:"name"`
	Data    string `json:"data"`
	Task    string `json:"task"`
	Outputs int    `json:"outputs"`
	Rows    int    `json:"rows"`
	// Augment is nil where nothing is done to samples.
	Augment *augment.Settings `json:"augment,omitempty"`
	// Confidential data leave other names in the run's files.
	Confidential bool `json:"confidential,omitempty"`
	// Objective is left out where it is what the task does by default.
	Objective *objective `json:"objective,omitempty"`
}

func (s *Study) identity(r PlannedRun, p *Plan, m ModelSize) identity {
	t := s.Training
	id := identity{
		Format: "sharewise run 3", StudySeed: r.StudySeed, Randomness: r.Randomness,
		Arm: r.Arm, Rung: r.Rung.Name, Model: m.at(r.Seed), Weighting: r.Weighting, Seed: r.Seed,
		Epochs: t.Epochs, StepsPerEpoch: p.StepsPerEpoch,
		Optimizer: t.Optimizer.Used(), Rate: t.Rate, Schedule: t.Schedule, Clip: t.Clip,
		Select: t.Select, Conflict: t.Conflict && len(r.Domains) > 1, Threads: t.Threads,
		BatchNorm: r.BatchNorm, Freeze: s.Model.Freeze, DomainAdapters: r.DomainAdapters, Whole: m.Whole,
	}
	for i, name := range r.Domains {
		d := p.domain(name)
		domain := identityDomain{Name: name, Data: d.At(r.Seed).SHA256, Task: d.Task, Outputs: d.Outputs, Rows: r.Rows[i], Confidential: s.Confidential(name), Objective: s.Domain(name).Task.objective()}
		if a := s.Augmentation(name); a.Used() {
			domain.Augment = &a
		}
		id.Domains = append(id.Domains, domain)
	}
	return id
}

func (id identity) hash() string {
	data, err := json.Marshal(id)
	if err != nil {
		panic(fmt.Sprintf("study: identity of a run: %v", err)) // numbers are finite: the parser saw to that
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
