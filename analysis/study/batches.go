package study

import "math"

// Allocation says how the domains share a minibatch. It is the same in every
// arm: an arm takes the rows of its own domains and as many steps as any
// other, so that arms compare at equal passes over each domain's data.
type Allocation struct {
	// Rows is the number of rows of each domain in a minibatch.
	Rows []int
	// Steps is the number of minibatches of one epoch.
	Steps int
	// Passes is how often an epoch goes through each domain's training data.
	Passes []float64
}

// Allocate shares minibatches among domains with the given numbers of training
// samples. With n_d samples, shares are
//
//	p_d ∝ n_d^(1/τ)   b_d = max(1, round(batch·D·p_d))   S = ceil(Σ n_d / Σ b_d)
//
// where τ is 1 for proportional, ∞ for balanced, and the study's temperature
// otherwise; b_d are the rows, S the steps of an epoch, D the number of
// domains.
func Allocate(t Training, train []int) Allocation {
	inverse := 1.0
	switch t.Sampling {
	case Balanced:
		inverse = 0
	case Temperature:
		inverse = 1 / t.Temperature
	}
	shares := make([]float64, len(train))
	sum, samples := 0.0, 0
	for i, n := range train {
		shares[i] = math.Pow(float64(n), inverse)
		sum += shares[i]
		samples += n
	}
	a := Allocation{Rows: make([]int, len(train)), Passes: make([]float64, len(train))}
	total := float64(t.Batch * len(train))
	rows := 0
	for i, p := range shares {
		a.Rows[i] = max(1, int(math.Round(total*p/sum)))
		rows += a.Rows[i]
	}
	a.Steps = (samples + rows - 1) / max(1, rows)
	for i, n := range train {
		a.Passes[i] = float64(a.Rows[i]*a.Steps) / float64(n)
	}
	return a
}
