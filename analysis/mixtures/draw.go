package mixtures

import (
	"math"
	"math/rand/v2"

	"github.com/sharewise/sharewise/analysis/laws"
)

// Mixture is a share for each domain.
type Mixture struct {
	Shares []float64 `json:"shares"` // by domain, with a sum of 1
	// Held says that it was kept from the fits.
	Held bool `json:"held"`
}

const (
	// favour is by how much one domain is ahead in the mixtures that favour it, spread the
	// deviation of the logarithms of random shares.
	favour = 4
	spread = 0.8
	// heldBack is how many of the mixtures are kept from the fits, where a number is not
	// given.
	heldBack = 2
)

// DefaultMixtures is how many mixtures of n domains are trained unless a number is given:
// two more than the fewest that can be fitted, and those kept back.
func DefaultMixtures(n int) int { return laws.LeastBlends(n) + 2 + heldBack }

// Draw chooses count mixtures of n domains, the last held of which are kept back.
func Draw(n, count, held int, seed uint64) []Mixture {
	r := rand.New(rand.NewPCG(seed, 0x6d69787475726573)) // "mixtures"
	var out []Mixture
	for k := range count {
		shares, sum := make([]float64, n), 0.0
		random := k > n || k >= count-held
		for d := range shares {
			shares[d] = 1
			if random {
				shares[d] = math.Exp(spread * r.NormFloat64())
			} else if d == k-1 {
				shares[d] = favour
			}
			sum += shares[d]
		}
		for d := range shares {
			shares[d] = math.Round(1e4*shares[d]/sum) / 1e4
		}
		rest := 1.0
		for _, s := range shares[1:] {
			rest -= s
		}
		shares[0] = rest // the sum is 1 whatever was rounded
		out = append(out, Mixture{Shares: shares, Held: k >= count-held})
	}
	return out
}
