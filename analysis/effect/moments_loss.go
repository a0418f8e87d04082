package effect

// arranged returns the losses of both arms, run by run, in the order of the
// layout.
func (c *Comparison) arranged() (a, b [][]float32) {
	a, b = make([][]float32, c.a.K()), make([][]float32, c.b.K())
	for k, to := range c.placeA {
		a[to] = c.a.Loss[k]
	}
	for k, to := range c.placeB {
		b[to] = c.b.Loss[k]
	}
	return a, b
}

// lossMoments are the moments of the losses. Samples pass one by one; what is
// kept does not grow with them.
func (c *Comparison) lossMoments() moments {
	m, deletions := newMoments(c.arrangement)
	a, b := c.arranged()
	units := unitsOf(c.a.Group, c.a.Samples)
	type part struct {
		*valueSums
		squared float64
	}
	parts := inParts(units.len(), func(from, to int) part {
		part := part{valueSums: newValueSums(m.jackknife)}
		p := newLossPoint(c.arrangement, deletions)
		deleted := make([]values, len(deletions))
		for at := from; at < to; at++ {
			var full values
			clear(deleted)
			rows := units.of(at)
			for i := range rows.n {
				p.load(a, b, rows.at(i))
				for k, d := range p.deletions {
					v := p.at(d)
					for x := range v {
						deleted[k][x] += v[x]
					}
				}
				v := p.at(deletion{-1, -1})
				for x := range v {
					full[x] += v[x]
				}
				part.squared += p.squaredCross
			}
			part.add(rows.n, &full, deleted)
		}
		return part
	})
	squared := 0.0
	for _, p := range parts {
		p.into(m.jackknife)
		squared += p.squared
	}
	m.most = c.largestLoss()
	// The grid of the upper bounds is counted in a length of the differences
	// between runs that is 1 where losses are 0 or 1.
	mean := m.mean()
	m.unit = 0
	if absolute := mean[vRawT] + mean[vRawI]; absolute > 0 {
		m.unit = squared / m.samples / absolute
	}
	return m
}

func addTo(sum []float64, v values) {
	for x := range sum {
		sum[x] += v[x]
	}
}

func sumAt(loss [][]float32, i int) float64 {
	sum := 0.0
	for _, l := range loss {
		sum += float64(l[i])
	}
	return sum
}

// leaveOut is the mean without run k, or of all runs where k is -1.
func leaveOut(sum float64, loss [][]float32, k, i int) float64 {
	if k < 0 {
		return sum / float64(len(loss))
	}
	return (sum - float64(loss[k][i])) / float64(len(loss)-1)
}

// stream hands every sample to add, which adds the sample's values to full and,
// for every deletion, to deleted, and tells the jackknife where a sample, or a
// group of samples, ends.
func (r *Runs) stream(j *jackknife, add func(i int, full []float64, deleted [][]float64)) {
	u := unitsOf(r.Group, r.Samples)
	u.stream(j, 0, u.len(), add)
}

// stream does so for some units.
func (u sampleUnits) stream(j *jackknife, from, to int, add func(i int, full []float64, deleted [][]float64)) {
	full, deleted := make([]float64, j.dim), make([][]float64, len(j.deleted))
	for k := range deleted {
		deleted[k] = make([]float64, j.dim)
	}
	for at := from; at < to; at++ {
		size := 1
		if u.rows == nil {
			add(at, full, deleted)
		} else {
			rows := u.rows[u.starts[at]:u.starts[at+1]]
			size = len(rows)
			for _, i := range rows {
				add(i, full, deleted)
			}
		}
		j.add(1, size, full, deleted)
		clear(full)
		for _, d := range deleted {
			clear(d)
		}
	}
}
