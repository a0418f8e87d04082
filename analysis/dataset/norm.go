package dataset

import (
	"fmt"
	"math"
	"runtime"
	"slices"

	"github.com/sharewise/sharewise/analysis/imagefile"
	"github.com/sharewise/sharewise/analysis/study"
)

// normalize fits the normalisation of inputs on the training rows and returns
// it with the function that writes a row's normalised inputs. fill stands in for
// missing numbers.
func (a *assembly) normalize(st *store, train []int, fill []float32) (Norm, func(int, []float32), error) {
	if a.study.Input.Normalization() == "unit" && st.depth == imagefile.Float32 {
		return Norm{}, nil, &Error{Reason: "images are numbers (float32), which have no white; input.normalize unit is for images of 8 and 16 bits"}
	}
	if len(st.shape) > 1 && a.study.Input.TransformsRows() {
		return Norm{}, nil, &Error{Reason: fmt.Sprintf("samples have shape %v; input.normalize %s is for rows of one dimension", st.shape, a.study.Input.Normalize)}
	}
	var given *Norm
	if in := a.study.Input; in.Scaled() {
		n := st.shape[0]
		if len(st.shape) == 1 {
			n -= st.indicators + len(st.categories)
		}
		mean, std, err := in.Scaling(n)
		if err != nil {
			return Norm{}, nil, fmt.Errorf("input: %w", err)
		}
		for range st.indicators + len(st.categories) { // these stay as they are
			mean, std = append(mean, 0), append(std, 1)
		}
		if in.Scale == 255 && st.depth == imagefile.Uint16 {
			a.notef("input.scale is 255, and images of 16 bits count to 65535")
		}
		given = &Norm{Mean: mean, Std: std}
	}
	norm, inputs := a.normalizeBy(given, st, train, fill)
	return norm, inputs, nil
}

// normalizeBy takes the given normalisation, or without one fits it.
func (a *assembly) normalizeBy(given *Norm, st *store, train []int, fill []float32) (Norm, func(int, []float32)) {
	switch {
	case st.pixels != nil:
		return a.normalizeImages(given, st, train)
	case len(st.shape) > 1:
		return a.normalizeChannels(given, st, train)
	}
	return a.normalizeTable(given, st, train, fill)
}

// normalizeImages normalises per channel. Bytes are counted, not summed, so
// that mean and deviation are exact and do not depend on the order of rows.
func (a *assembly) normalizeImages(given *Norm, st *store, train []int) (Norm, func(int, []float32)) {
	channels, area := st.shape[0], st.shape[1]*st.shape[2]
	n := Norm{Mean: make([]float32, channels), Std: make([]float32, channels)}
	table := make([][256]float32, channels)
	for c := range channels {
		switch normalize := a.study.Input.Normalize; {
		case given != nil:
			n.Mean[c], n.Std[c] = given.Mean[c], given.Std[c]
		case normalize == "unit":
			n.Mean[c], n.Std[c] = 0, 255
		case normalize == "none":
			n.Mean[c], n.Std[c] = 0, 1
		default:
			var count [256]int64
			for _, row := range train {
				for _, b := range st.pixels.bytes(row)[c*area : (c+1)*area] {
					count[b]++
				}
			}
			n.Mean[c], n.Std[c] = byteMoments(count)
			if n.Std[c] == 0 {
				n.Std[c] = zeroing
				a.notef("channel %d is %s in every training image: models are given 0 for it", c+1, a.showing(fmt.Sprintf("%g", n.Mean[c])))
			}
		}
		for b := range table[c] {
			table[c][b] = (float32(b) - n.Mean[c]) / n.Std[c]
		}
	}
	return n, func(row int, x []float32) {
		bytes := st.pixels.bytes(row)
		for c := range channels {
			t := &table[c]
			for i := c * area; i < (c+1)*area; i++ {
				x[i] = t[bytes[i]]
			}
		}
		runtime.KeepAlive(st) // and what is mapped
	}
}

// byteMoments returns mean and standard deviation of bytes counted by value.
func byteMoments(count [256]int64) (mean, std float32) {
	var n, sum, square int64
	for b, k := range count {
		n += k
		sum += k * int64(b)
		square += k * int64(b) * int64(b)
	}
	if n == 0 {
		return 0, 0
	}
	m := float64(sum) / float64(n)
	v := float64(square)/float64(n) - m*m
	if v < 1e-9 {
		return float32(m), 0
	}
	return float32(m), float32(math.Sqrt(v))
}

// normalizeTable normalises numbers per feature. An input that is the same in
// all training rows becomes 0.
func (a *assembly) normalizeTable(given *Norm, st *store, train []int, fill []float32) (Norm, func(int, []float32)) {
	f := st.size()
	n := Norm{Offset: st.offset, Mean: make([]float32, f), Std: slices.Repeat([]float32{1}, f)}
	switch normalize := a.study.Input.Normalize; {
	case given != nil:
		n = given.less(st.offset)
	case normalize == "unit":
		n.Std = slices.Repeat([]float32{255}, f)
		n = n.less(st.offset)
	case a.study.Input.TransformsRows():
		return a.normalizeRows(st, train, fill)
	case normalize == "standard":
		n.Mean, n.Std = moments(st.values, f, train)
		for j := f - st.indicators - len(st.categories); j < f; j++ { // these stay as they are
			n.Mean[j], n.Std[j] = 0, 1
		}
		a.leaveOutSteady(st, st.values, &n)
	default:
		n = n.less(st.offset)
	}
	n.Fill = n.orMean(fill)
	return n, func(row int, x []float32) {
		st.values.read(row, x)
		for j, v := range x {
			if v != v {
				v = n.Fill[j]
			}
			x[j] = (v - n.Mean[j]) / n.Std[j]
		}
	}
}

// normalizeRows transforms rows, and then normalises columns one by one where a
// table's logarithms are wanted, else all by one number, so that zeros stay
// zeros: of thousands of words most are in few rows, and by deviations of their
// own the rarest would count most.
func (a *assembly) normalizeRows(st *store, train []int, fill []float32) (Norm, func(int, []float32)) {
	rows := a.transformRows(st, train, fill)
	f, numbers := st.size(), rows.transform.Numbers
	n := Norm{Rows: rows.transform, Mean: make([]float32, f), Std: slices.Repeat([]float32{1}, f)}
	if rows.transform.Log && a.d.Format != study.SvmlightFormat && !a.texts() {
		mean, std := moments(rows, f, train)
		copy(n.Mean, mean[:numbers])
		copy(n.Std, std[:numbers])
		a.leaveOutSteady(st, rows, &n)
	} else {
		one := oneScale(rows, f, numbers, train)
		for j := range numbers {
			n.Std[j] = one
		}
	}
	for j, v := range rows.fill {
		if st.offset != nil {
			v = float32(float64(v) + st.offset[j])
		}
		n.Fill = append(n.Fill, v)
	}
	return n, func(row int, x []float32) {
		rows.read(row, x)
		for j, v := range x {
			x[j] = (v - n.Mean[j]) / n.Std[j]
		}
	}
}

// orMean returns fill with the mean in place of NaN: the mean becomes 0.
func (n Norm) orMean(fill []float32) []float32 {
	for j, v := range fill {
		if v != v {
			fill[j] = n.Mean[j]
		}
	}
	return fill
}

// less turns a normalisation of raw numbers into that of the numbers as they are
// stored, from which an offset is subtracted.
func (n Norm) less(offset []float64) Norm {
	if offset == nil {
		return n
	}
	out := Norm{Offset: offset, Mean: slices.Clone(n.Mean), Std: n.Std}
	for j := range out.Mean {
		out.Mean[j] = float32(float64(n.Mean[j]) - offset[j])
	}
	return out
}

// leaveOutSteady makes 0 of the features of a table that do not vary in
// training.
func (a *assembly) leaveOutSteady(st *store, rows numberRows, n *Norm) {
	var found []steady
	var at []int
	for j := range n.Std {
		if n.Std[j] != 0 {
			continue
		}
		n.Std[j] = zeroing
		if n.Mean[j] != n.Mean[j] { // noteMissing tells of it
			n.Mean[j] = 0
		} else {
			at = append(at, j)
			found = append(found, steady{name: st.inputName(j), value: n.raw(j)})
		}
	}
	if len(at) == 0 {
		return
	}
	x := make([]float32, st.size())
	test := rowsIn(st, inTest)
	for _, row := range test {
		rows.read(row, x)
		for k, j := range at {
			if x[j] != n.Mean[j] && x[j] == x[j] {
				found[k].moved++
			}
		}
	}
	a.noteSteady(found, len(test), "row")
}

// normalizeChannels normalises numbers per channel, the first dimension. The
// moments are exact: they do not depend on the order of samples.
func (a *assembly) normalizeChannels(given *Norm, st *store, train []int) (Norm, func(int, []float32)) {
	channels := st.shape[0]
	size := st.size() / channels
	n := Norm{Offset: st.offset, Mean: make([]float32, channels), Std: slices.Repeat([]float32{1}, channels)}
	switch normalize := a.study.Input.Normalize; {
	case given != nil:
		n = given.less(st.offset)
	case normalize == "unit":
		white := float32(255) // of arrays of bytes
		if st.depth != "" {
			white = st.depth.White()
		}
		n.Std = slices.Repeat([]float32{white}, channels)
		n = n.less(st.offset)
	case normalize == "standard":
		sums := make([]exactMoments, channels)
		x := make([]float32, st.size())
		for _, row := range train {
			st.values.read(row, x)
			for c := range sums {
				sums[c].add(x[c*size : (c+1)*size])
			}
		}
		for c := range sums {
			n.Mean[c], n.Std[c] = sums[c].moments()
		}
		a.leaveOutSteadyChannels(st, &n)
	default:
		n = n.less(st.offset)
	}
	return n, func(row int, x []float32) {
		st.values.read(row, x)
		for c := range channels {
			mean, std := n.Mean[c], n.Std[c]
			if mean == 0 && std == 1 {
				continue
			}
			for i, v := range x[c*size : (c+1)*size] {
				x[c*size+i] = (v - mean) / std
			}
		}
	}
}

// leaveOutSteadyChannels makes 0 of channels that do not vary in training.
func (a *assembly) leaveOutSteadyChannels(st *store, n *Norm) {
	var found []steady
	var at []int
	for c := range n.Std {
		if n.Std[c] == 0 {
			n.Std[c] = zeroing
			at = append(at, c)
			found = append(found, steady{name: fmt.Sprintf("channel %d", c+1), value: n.Value(0, c)})
		}
	}
	if len(at) == 0 {
		return
	}
	x := make([]float32, st.size())
	size := len(x) / len(n.Std)
	test := rowsIn(st, inTest)
	for _, row := range test {
		st.values.read(row, x)
		for k, c := range at {
			if slices.ContainsFunc(x[c*size:(c+1)*size], func(v float32) bool { return v != n.Mean[c] }) {
				found[k].moved++
			}
		}
	}
	a.noteSteady(found, len(test), "sample")
}

// fitTargets fits the normalisation of targets on the training rows.
func (a *assembly) fitTargets(st *store, train []int, names []string) (Norm, error) {
	t := len(names)
	n := Norm{Mean: make([]float32, t), Std: make([]float32, t)}
	seen := make([]spread, t)
	for _, row := range train {
		for j := range t {
			seen[j].add(st.target[row*t+j])
		}
	}
	n.Offset = offsetsOf(seen)
	for j, name := range names {
		column := &matrix{size: 1}
		var known []int
		for _, row := range train {
			if v := st.target[row*t+j]; v == v { // not NaN
				known = append(known, len(known))
				column.data = append(column.data, float32(v-n.offset(j)))
			}
		}
		if len(known) == 0 {
			return Norm{}, &Error{Column: name, Reason: "no training row has this target; there is nothing to learn"}
		}
		if n.offset(j) != 0 {
			a.notef("target %q is recorded less %s: 32 bits would round away what tells its values apart", name, trimmed(n.offset(j)))
		}
		mean, std := moments(column, 1, known)
		n.Mean[j], n.Std[j] = mean[0], std[0]
		if n.Std[j] == 0 {
			return Norm{}, &Error{Column: name, Value: trimmed(n.Value(0, j)), Reason: "the target is the same in all training rows; there is nothing to learn"}
		}
	}
	return n, nil
}

// moments returns mean and standard deviation of each of the numbers of a row
// over some rows, by two passes. Missing numbers, NaN, do not count; where there
// are no others the mean is NaN. The deviation is 0 only where all are the same.
func moments(data numberRows, size int, rows []int) (mean, std []float32) {
	row := make([]float32, size)
	m, first := make([]float64, size), make([]float32, size)
	count := make([]int, size)
	same := slices.Repeat([]bool{true}, size)
	for _, r := range rows {
		data.read(r, row)
		for j, v := range row {
			if v != v {
				continue
			}
			if count[j] == 0 {
				first[j] = v
			}
			count[j]++
			m[j] += float64(v)
			same[j] = same[j] && v == first[j]
		}
	}
	for j := range m {
		m[j] /= float64(max(1, count[j]))
	}
	square := make([]float64, size)
	for _, r := range rows {
		data.read(r, row)
		for j, v := range row {
			if v == v {
				d := float64(v) - m[j]
				square[j] += d * d
			}
		}
	}
	mean, std = make([]float32, size), make([]float32, size)
	for j := range size {
		switch {
		case count[j] == 0:
			mean[j] = nan32
		case same[j]:
			mean[j] = first[j]
		default:
			mean[j], std[j] = float32(m[j]), float32(math.Sqrt(square[j]/float64(count[j])))
		}
	}
	return mean, std
}
