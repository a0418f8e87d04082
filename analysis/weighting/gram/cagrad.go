package gram

import "math"

// CAGrad are the weights of conflict-averse gradient descent: the direction within a
// ball around the mean gradient g_0, of radius c·‖g_0‖, that improves the worst
// domain most. In weights,
//
//	x = argmin xᵀG1/n + c·‖g_0‖·√(xᵀGx) over x ≥ 0, Σx = 1
//	w = 1/n + c·‖g_0‖·x / √(xᵀGx)
//
// c = 0 is the mean gradient. Liu et al.: Conflict-Averse Gradient Descent for
// Multi-task Learning, NeurIPS 2021, eq. 4 and 5.
func (m *Matrix) CAGrad(c float64) []float64 {
	n := m.Len()
	b := times(m.G, ones(n))
	square := 0.0
	for i := range b {
		b[i] /= float64(n)
		square += b[i] / float64(n)
	}
	w := ones(n)
	for i := range w {
		w[i] /= float64(n)
	}
	radius := c * math.Sqrt(max(0, square))
	if radius == 0 {
		return w
	}
	x, length := m.worst(b, radius)
	if length == 0 {
		return w
	}
	for i := range w {
		w[i] += radius * x[i] / length
	}
	return w
}

// worst minimises bᵀx + r·√(xᵀGx) over the simplex: again and again it moves weight
// between the two domains between which the objective falls most, as far as it falls.
func (m *Matrix) worst(b []float64, r float64) (x []float64, length float64) {
	n := len(b)
	x = make([]float64, n)
	for i := range x {
		x[i] = 1 / float64(n)
	}
	gx := times(m.G, x)
	dot := func() float64 {
		sum := 0.0
		for i := range x {
			sum += x[i] * gx[i]
		}
		return math.Sqrt(max(0, sum))
	}
	const rounds = 5000
	for range rounds {
		length = dot()
		if length == 0 {
			break
		}
		low, high := -1, -1
		slope := func(i int) float64 { return b[i] + r*gx[i]/length }
		for i := range n {
			if low < 0 || slope(i) < slope(low) {
				low = i
			}
			if x[i] > 0 && (high < 0 || slope(i) > slope(high)) {
				high = i
			}
		}
		gap := slope(high) - slope(low)
		if gap <= 1e-12*(math.Abs(slope(high))+math.Abs(slope(low))) {
			break
		}
		// Along d = e_low − e_high the square of the length is
		// q0 + 2·q1·t + q2·t², with its least value at t = −q1/q2.
		q1 := gx[low] - gx[high]
		q2 := m.G.At(low, low) + m.G.At(high, high) - 2*m.G.At(low, high)
		t := along(b[low]-b[high], r, length*length, q1, q2)
		t = min(t, x[high])
		if t <= 0 {
			break
		}
		x[low] += t
		x[high] = max(0, x[high]-t)
		for i := range n {
			gx[i] += t * (m.G.At(i, low) - m.G.At(i, high))
		}
	}
	gx = times(m.G, x)
	return x, dot()
}

// along is the t at which β·t + r·√(q0 + 2·q1·t + q2·t²) is least; +Inf where it
// falls for ever. With t = u − q1/q2 the root is √(q2·u² + D), D = q0 − q1²/q2, and
// the slope is zero at u = −β·√D / (√q2·√(r²·q2 − β²)).
func along(beta, r, q0, q1, q2 float64) float64 {
	if q2 <= 0 {
		if beta < 0 {
			return math.Inf(1)
		}
		return 0
	}
	d := max(0, q0-q1*q1/q2)
	left := r*r*q2 - beta*beta
	if left <= 0 {
		if beta < 0 {
			return math.Inf(1)
		}
		return 0
	}
	return -beta*math.Sqrt(d)/(math.Sqrt(q2)*math.Sqrt(left)) - q1/q2
}
