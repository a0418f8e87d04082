package study

import (
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/sharewise/sharewise/analysis/wording"
)

// Independent and Joint name the arms that every study may have; the others
// are called by [PoolName].
const (
	Independent = "independent"
	Joint       = "joint"
)

// PoolName is the name of the arm that pools some domains.
func PoolName(domains []string) string { return "pool{" + strings.Join(domains, ",") + "}" }

// Run is one training. Its ID is derived from everything that decides its
// result.
type Run struct {
	ID        string    `json:"id"`
	Hash      string    `json:"hash"`    // SHA-256 of the run's exact inputs
	Arm       string    `json:"arm"`     // independent, joint, pool{A,B}
	Domains   []string  `json:"domains"` // in the study's order; one for independent
	Rung      Rung      `json:"rung"`
	Weighting Weighting `json:"weighting"` // zero for independent: one loss needs none
	Seed      int       `json:"seed"`      // from 1
	// Fold is the part of the data that the run is tested on, from 1; 0 where all
	// runs are tested on the same samples.
	Fold      int    `json:"fold,omitempty"`
	StudySeed uint64 `json:"study_seed"` // base of every random stream
	// Randomness is the study's: Paired or Separate.
	Randomness string `json:"randomness"`
}

// How the random streams of a run follow from its seed.
const (
	// Paired streams depend on what they are for and never on the arm: runs of
	// one seed start from the same trunk, and from the same head of a domain, and
	// see the rows of a domain in the same order. What is left of the difference
	// between two such runs owes far less to chance.
	Paired = "paired"
	// Separate streams differ between any two runs.
	Separate = "separate"
)

// Stream is the seed of one random stream of the run: what it is for, and the
// layer or domain that it belongs to. It follows from these, the study's seed,
// the rung and the number of the run, so that rungs have nothing in common; where
// streams are separate, also from the arm with its domains and the weighting.
func (r Run) Stream(purpose, of string) uint64 {
	parts := []string{"sharewise stream 2", strconv.FormatUint(r.StudySeed, 10), r.Rung.Name, strconv.Itoa(r.Seed), purpose, of}
	if r.Randomness == Separate {
		parts = append(parts, r.Arm, r.Weighting.Name)
		parts = append(parts, r.Domains...)
	}
	return hash64(parts)
}

// Seed64 is the seed of one random stream of the data: which samples are drawn
// and how they are split does not depend on runs.
func (s *Study) Seed64(domain, purpose string) uint64 {
	return hash64([]string{"sharewise data 1", strconv.FormatUint(s.Seed, 10), domain, purpose})
}

// hash64 hashes texts with their lengths, so that no two lists run together.
func hash64(parts []string) uint64 {
	h := sha256.New()
	for _, p := range parts {
		var n [8]byte
		binary.LittleEndian.PutUint64(n[:], uint64(len(p)))
		h.Write(n[:])
		h.Write([]byte(p))
	}
	return binary.LittleEndian.Uint64(h.Sum(nil))
}

// slug is the readable part of a run's ID.
func (r Run) slug() string {
	arm := r.Arm
	switch {
	case arm == Independent:
		arm = "independent-" + r.Domains[0]
	case arm != Joint:
		arm = "pool-" + strings.Join(r.Domains, "+")
	}
	parts := []string{arm, r.Rung.Name}
	if len(r.Domains) > 1 {
		parts = append(parts, r.Weighting.Name)
	}
	s := strings.Join(append(parts, "s"+strconv.Itoa(r.Seed)), "_")
	const most = 100 // file systems stop at 255 bytes, and paths add up
	if len(s) > most {
		s = wording.Cut(s, most-8) + "~" + "s" + strconv.Itoa(r.Seed)
	}
	return notInSlug.ReplaceAllString(s, "-")
}

// inOrder returns the given names in the order of all names, without
// repetition; unknown ones are left out.
func inOrder(all, names []string) []string {
	var out []string
	for _, n := range all {
		if slices.Contains(names, n) {
			out = append(out, n)
		}
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string {
	return slices.Sorted(maps.Keys(m))
}
