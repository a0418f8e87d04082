package layout

import (
	"fmt"

	"github.com/sharewise/sharewise/analysis/augment"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/study"
)

// Spec is the exact input of a run, as spec.json records it.
type Spec struct {
	Run       study.Run         `json:"run"`
	Data      map[string]string `json:"data"`  // SHA-256 by domain
	Model     string            `json:"model"` // SHA-256 of the trunk's definition
	Batches   map[string]int    `json:"batches"`
	Steps     int               `json:"steps"`
	Training  study.Training    `json:"training"`
	BatchNorm string            `json:"batch_norm,omitempty"`
	Freeze    []string          `json:"freeze,omitempty"`
	// DomainAdapters says that domains have adapters of their own.
	DomainAdapters bool `json:"domain_adapters,omitempty"`
	// Augment has the domains whose training samples are augmented.
	Augment map[string]augment.Settings `json:"augment,omitempty"`
	Backend string                      `json:"backend"`
	// Form names the passes and kernels that made the graphs faster; see
	// kernels.Form.
	Form string `json:"form"`
	// Trainer is the program that trained in place of sharewise.
	Trainer   *Trainer `json:"trainer,omitempty"`
	Sharewise string   `json:"sharewise"`
}

// Trainer is a program that trains in place of sharewise, as a run records it.
type Trainer struct {
	Command []string `json:"command"`
	// Files are the SHA-256 of the program's files.
	Files    map[string]string `json:"files"`
	Samples  string            `json:"samples"`
	Inputs   string            `json:"inputs"`
	Settings map[string]string `json:"settings,omitempty"`
}

// ReadSpec reads spec.json of a run.
func (r RunFolder) ReadSpec() (*Spec, error) {
	data, err := filelimit.ReadFile(r.Spec(), filelimit.State)
	if err != nil {
		return nil, err
	}
	s := new(Spec)
	if err := filelimit.DecodeJSON(data, s); err != nil {
		return nil, fmt.Errorf("%s: %w", r.Spec(), err)
	}
	return s, nil
}
