package effect

// meanLossJackknife is the jackknife of the mean losses alone, of the independent runs
// and of the arm's.
//
// A mean without run k is (K ā - a_k)/(K-1) for every sample, so that the sums with a
// run left out follow from the runs' sums, and a sample's own delete-one-run
// deviations are (ā - a_k)/(K-1).
func (c *Comparison) meanLossJackknife() *jackknife {
	_, strata, fixed := c.arrangement.deletions(2)
	j := newJackknife(2, strata)
	j.fixed = fixed
	j.watch(combDelta)
	a, b := c.arranged()
	units := unitsOf(c.a.Group, c.a.Samples)
	parts := inParts(units.len(), func(from, to int) *lossSums {
		s := newLossSums(len(a), len(b), len(c.shared), j.watched[0])
		s.add(a, b, units, from, to)
		return s
	})
	sums := parts[0]
	for _, p := range parts[1:] {
		sums.join(p)
	}
	sums.fill(j)
	j.most = c.largestLoss()
	return j
}

// sampleUnits are samples, or groups of samples, that count as one observation.
type sampleUnits struct {
	n      int
	rows   []int // by group; nil: samples stand alone
	starts []int // of groups among rows, and the end
}

func unitsOf(group []int32, n int) sampleUnits {
	u := sampleUnits{n: n}
	if group == nil {
		return u
	}
	u.rows = (&Runs{Samples: n, Group: group}).rowsByGroup()
	for at, i := range u.rows {
		if at == 0 || group[u.rows[at-1]] != group[i] {
			u.starts = append(u.starts, at)
		}
	}
	u.starts = append(u.starts, n)
	return u
}

func (u sampleUnits) len() int {
	if u.rows == nil {
		return u.n
	}
	return len(u.starts) - 1
}

// unit is the samples of one observation.
type unit struct {
	n     int
	rows  []int // nil: row first alone
	first int
}

func (u sampleUnits) of(at int) unit {
	if u.rows == nil {
		return unit{n: 1, first: at}
	}
	rows := u.rows[u.starts[at]:u.starts[at+1]]
	return unit{n: len(rows), rows: rows}
}

// at is the row of sample i of the unit.
func (u unit) at(i int) int {
	if u.rows == nil {
		return u.first
	}
	return u.rows[i]
}

// lossSums are the sums that the jackknife of mean losses needs, over units of
// samples.
type lossSums struct {
	shared                     int
	clusters, samples, squares float64
	sum, sized                 [2]float64 // of both arms' means
	cross                      [2][2]float64
	runs                       [2][]float64 // sums by run, of both arms
	// Sums of squares of deviations from the mean over runs: of runs without a
	// partner in each arm; of the runs of shared seeds, with their products.
	alone   [2]float64
	paired  [2][2]float64
	watched watched
}

func newLossSums(ka, kb, shared int, w watched) *lossSums {
	return &lossSums{shared: shared, runs: [2][]float64{make([]float64, ka), make([]float64, kb)}, watched: w}
}

// unitBlock is how many units are summed up side by side, run after run, so that
// losses are read in the order in which they lie in memory.
const unitBlock = 256

// add takes in some units.
func (s *lossSums) add(a, b [][]float32, units sampleUnits, from, to int) {
	var block lossBlock
	for ; from < to; from += unitBlock {
		n := min(unitBlock, to-from)
		block.load([2][][]float32{a, b}, units, from, n)
		s.take(&block, n)
	}
}

// lossBlock is the losses of a few units, by arm, run and unit.
type lossBlock struct {
	loss  [2][][unitBlock]float64
	sizes [unitBlock]float64
}

func (x *lossBlock) load(arms [2][][]float32, units sampleUnits, from, n int) {
	for arm, runs := range arms {
		if x.loss[arm] == nil {
			x.loss[arm] = make([][unitBlock]float64, len(runs))
		}
		for k, run := range runs {
			to := &x.loss[arm][k]
			if units.rows == nil {
				for i, l := range run[from : from+n] {
					to[i] = float64(l)
				}
				continue
			}
			for i := range n {
				to[i] = 0
				for _, row := range units.rows[units.starts[from+i]:units.starts[from+i+1]] {
					to[i] += float64(run[row])
				}
			}
		}
	}
	for i := range n {
		x.sizes[i] = 1
		if units.rows != nil {
			x.sizes[i] = float64(units.starts[from+i+1] - units.starts[from+i])
		}
	}
}

func (s *lossSums) take(x *lossBlock, n int) {
	var mean [2][unitBlock]float64
	for arm, runs := range x.loss {
		for k := range runs {
			total := 0.0
			for i, l := range runs[k][:n] {
				mean[arm][i] += l
				total += l
			}
			s.runs[arm][k] += total
		}
		for i := range n {
			mean[arm][i] /= float64(len(runs))
		}
	}
	for i := range n {
		u, v, size := mean[0][i], mean[1][i], x.sizes[i]
		s.clusters++
		s.samples += size
		s.squares += size * size
		s.sum[0] += u
		s.sum[1] += v
		s.sized[0] += size * u
		s.sized[1] += size * v
		s.cross[0][0] += u * u
		s.cross[0][1] += u * v
		s.cross[1][1] += v * v
		s.watched.add(1, u-v)
	}
	for arm, runs := range x.loss {
		for k := s.shared; k < len(runs); k++ {
			total := 0.0
			for i, l := range runs[k][:n] {
				d := mean[arm][i] - l
				total += d * d
			}
			s.alone[arm] += total
		}
	}
	for k := range s.shared {
		var aa, ab, bb float64
		a, b := &x.loss[0][k], &x.loss[1][k]
		for i := range n {
			da, db := mean[0][i]-a[i], mean[1][i]-b[i]
			aa += da * da
			ab += da * db
			bb += db * db
		}
		s.paired[0][0] += aa
		s.paired[0][1] += ab
		s.paired[1][1] += bb
	}
}

// join adds the sums over other units.
func (s *lossSums) join(o *lossSums) {
	s.clusters += o.clusters
	s.samples += o.samples
	s.squares += o.squares
	for x := range 2 {
		s.sum[x] += o.sum[x]
		s.sized[x] += o.sized[x]
		s.alone[x] += o.alone[x]
		for y := range 2 {
			s.cross[x][y] += o.cross[x][y]
			s.paired[x][y] += o.paired[x][y]
		}
		for k, v := range o.runs[x] {
			s.runs[x][k] += v
		}
	}
	s.watched.join(o.watched)
}

// join adds what another has seen of the same combination.
func (w *watched) join(o watched) {
	w.up += o.up
	w.down += o.down
	w.squareUp += o.squareUp
	w.squareDown += o.squareDown
	w.count += o.count
}

// fill fills in the jackknife, whose deletions are the runs without a partner of the
// first arm, those of the second, and shared seeds.
func (s *lossSums) fill(j *jackknife) {
	j.clusters, j.samples, j.square, j.watched[0] = s.clusters, s.samples, s.squares, s.watched
	copy(j.sum, s.sum[:])
	copy(j.sized, s.sized[:])
	j.cross[0][0], j.cross[0][1], j.cross[1][0], j.cross[1][1] = s.cross[0][0], s.cross[0][1], s.cross[0][1], s.cross[1][1]
	if len(j.strata) == 0 {
		return
	}
	var others [2]float64 // K-1
	var without [2][]float64
	for x, runs := range s.runs {
		others[x] = float64(len(runs) - 1)
		total := sum(runs)
		for _, r := range runs {
			without[x] = append(without[x], (total-r)/others[x])
		}
	}
	k, g := 0, 0
	for x := range 2 {
		if len(s.runs[x]) == s.shared {
			continue
		}
		j.own[g][x][x] = j.strata[g].weight * s.alone[x] / (others[x] * others[x])
		for _, v := range without[x][s.shared:] {
			j.deleted[k][x], j.deleted[k][1-x] = v, s.sum[1-x]
			k++
		}
		g++
	}
	if s.shared == 0 {
		return
	}
	for x := range 2 {
		for y := range 2 {
			j.own[g][x][y] = j.strata[g].weight * s.paired[min(x, y)][max(x, y)] / (others[x] * others[y])
		}
	}
	for seed := range s.shared {
		j.deleted[k][0], j.deleted[k][1] = without[0][seed], without[1][seed]
		k++
	}
}
