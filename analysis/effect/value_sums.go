package effect

// valueSums adds up the values of samples, or of groups of samples, as a jackknife
// does, in arrays of fixed size: the sums over millions of samples are most of what
// measuring losses costs. What it saw is handed to a jackknife in the end.
type valueSums struct {
	strata                     []stratum
	fixed                      bool
	clusters, samples, squares float64
	sum, sized                 values
	cross                      [numValues]values // of which y ≥ x count
	own                        [][numValues]values
	deleted                    []values
	watched                    []watched
	deviations                 [numValues][]float64 // scratch: of a stratum's deletions
}

func newValueSums(j *jackknife) *valueSums {
	e := j.empty()
	s := &valueSums{strata: e.strata, fixed: e.fixed, watched: e.watched, own: make([][numValues]values, len(e.strata)), deleted: make([]values, len(e.deleted))}
	most := 0
	for _, g := range s.strata {
		most = max(most, g.runs)
	}
	for x := range s.deviations {
		s.deviations[x] = make([]float64, most)
	}
	return s
}

// add takes a sample, or a group of size samples: the sums of its samples' values with
// all runs and with each run left out.
func (s *valueSums) add(size int, full *values, deleted []values) {
	n := float64(size)
	s.clusters++
	s.samples += n
	s.squares += n * n
	for x, v := range full {
		s.sum[x] += v
		s.sized[x] += n * v
		row := &s.cross[x]
		for y := x; y < numValues; y++ {
			row[y] += v * full[y]
		}
	}
	for k := range deleted {
		to, d := &s.deleted[k], &deleted[k]
		for x := range to {
			to[x] += d[x]
		}
	}
	for g, stratum := range s.strata {
		s.spread(full, deleted[:stratum.runs], &s.own[g])
		deleted = deleted[stratum.runs:]
	}
	for i := range s.watched {
		w, value := &s.watched[i], 0.0
		for x, c := range (*values)(w.combination) {
			value += c * full[x]
		}
		w.add(1, value)
	}
}

// spread adds the products of the deviations of deletions, see addSpread.
func (s *valueSums) spread(full *values, deleted []values, own *[numValues]values) {
	if len(deleted) == 0 {
		return
	}
	n := 1 / float64(len(deleted))
	for x := range numValues {
		by := s.deviations[x][:len(deleted)]
		centre := 0.0
		for k := range deleted {
			by[k] = deleted[k][x]
			centre += by[k]
		}
		centre *= n
		if s.fixed {
			centre = full[x]
		}
		for k := range by {
			by[k] -= centre
		}
	}
	for x := range numValues {
		row, dx := &own[x], s.deviations[x][:len(deleted)]
		for y := x; y < numValues; y++ {
			dy := s.deviations[y][:len(dx)]
			sum := 0.0
			for k, d := range dx {
				sum += d * dy[k]
			}
			row[y] += sum
		}
	}
}

// into adds what was seen to a jackknife.
func (s *valueSums) into(j *jackknife) {
	j.clusters += s.clusters
	j.samples += s.samples
	j.square += s.squares
	for x := range numValues {
		j.sum[x] += s.sum[x]
		j.sized[x] += s.sized[x]
		for y := range numValues {
			j.cross[x][y] += s.cross[min(x, y)][max(x, y)]
			for g := range s.own {
				j.own[g][x][y] += s.strata[g].weight * s.own[g][min(x, y)][max(x, y)]
			}
		}
	}
	for k := range s.deleted {
		addTo(j.deleted[k], s.deleted[k])
	}
	for i := range s.watched {
		j.watched[i].join(s.watched[i])
	}
}
