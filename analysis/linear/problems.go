package linear

// ByOutput are the problems of rows with several outputs of their own, one for each:
// targets are row after row, NaN where they are not known, which weighs nothing.
// positive, which may be nil, is what rows with the label weigh in the problem of an
// output whose loss is Logistic; all others weigh 1.
func ByOutput(rows *Rows, loss Loss, targets []float32, outputs int, positive []float32) []*Problem {
	n := len(targets) / outputs
	var out []*Problem
	for o := range outputs {
		p := &Problem{Rows: rows, Loss: loss, Outputs: 1, Target: make([]float64, n), Weight: make([]float64, n)}
		for i := range n {
			y := targets[i*outputs+o]
			if y != y {
				continue
			}
			p.Target[i], p.Weight[i] = float64(y), 1
			if loss == Logistic && positive != nil && y > 0.5 {
				p.Weight[i] = float64(positive[o])
			}
		}
		out = append(out, p)
	}
	return out
}
