package study

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// What networks are held against.
const (
	NoBaseline     = "none"
	LinearBaseline = "linear"
)

// baselineIdentity is everything that decides a domain's baseline.
type baselineIdentity struct {
	Format    string     `json:"format"`
	Data      string     `json:"data"`
	Task      string     `json:"task"`
	Outputs   int        `json:"outputs"`
	Ordered   bool       `json:"ordered"`
	Objective *objective `json:"objective,omitempty"`
}

// baseline is the identity of a domain's baseline, empty where the study wants
// none.
func (s *Study) baseline(d DomainSize) string {
	if s.Baseline != LinearBaseline {
		return ""
	}
	data, err := json.Marshal(baselineIdentity{
		Format: "sharewise baseline 1", Data: d.SHA256, Task: d.Task, Outputs: d.Outputs,
		Ordered: s.Domain(d.Name).Ordered(), Objective: s.Domain(d.Name).Task.objective(),
	})
	if err != nil {
		panic(fmt.Sprintf("study: identity of a baseline: %v", err)) // numbers are finite: the parser saw to that
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Ordered reports whether the domain's samples follow each other in time.
func (d *Domain) Ordered() bool { return d.Split.By == ByTime }
