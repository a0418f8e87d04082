package merging

import "math/rand/v2"

// pairsByChance lists all pairs of domains in an order by chance. Members stand in
// the order of the domains.
func pairsByChance(domains []string, seed uint64) [][]string {
	var out [][]string
	for i, a := range domains {
		for _, b := range domains[i+1:] {
			out = append(out, []string{a, b})
		}
	}
	random := rand.New(rand.NewPCG(seed, 1))
	random.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}
