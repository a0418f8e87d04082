package reference

// maxSize is the largest number of elements that a value may have. It is far
// beyond what can be computed here, and keeps a malformed model
// from asking for all memory.
const maxSize = 1 << 28

// size is the number of elements of a shape; 1 for a scalar.
func size(shape []int) int {
	n := 1
	for _, d := range shape {
		if d < 0 || d > 0 && n > maxSize/d {
			failf("a value of shape %v", shape)
		}
		n *= d
	}
	return n
}

// strides are the distances, in elements, between neighbours along each
// dimension of a row-major tensor.
func strides(shape []int) []int {
	s := make([]int, len(shape))
	step := 1
	for i := len(shape) - 1; i >= 0; i-- {
		s[i] = step
		step *= shape[i]
	}
	return s
}

// strided lists, for every index of the given shape in row-major order, the
// position offset + index·stride. Transposing permutes strides, broadcasting
// sets them to zero, slicing scales them: one function moves all data.
func strided(shape, stride []int, offset int) []int {
	at := make([]int, 0, size(shape))
	if cap(at) == 0 {
		return at // whose other dimensions may be of any size
	}
	var walk func(dim, pos int)
	walk = func(dim, pos int) {
		if dim == len(shape) {
			at = append(at, pos)
			return
		}
		for k := range shape[dim] {
			walk(dim+1, pos+k*stride[dim])
		}
	}
	walk(0, offset)
	return at
}

// broadcast is the shape that shapes broadcast to together.
func broadcast(shapes ...[]int) []int {
	rank := 0
	for _, s := range shapes {
		rank = max(rank, len(s))
	}
	out := make([]int, rank)
	for i := range out {
		out[i] = 1
	}
	for _, s := range shapes {
		for i, d := range s {
			o := &out[rank-len(s)+i]
			switch {
			case *o == 1:
				*o = d
			case d != 1 && d != *o:
				failf("shapes %v do not broadcast", shapes)
			}
		}
	}
	return out
}

// spread lists, for every element of a tensor of shape out, the position of
// the element of a tensor of shape in that broadcasts to it.
func spread(out, in []int) []int {
	if len(in) > len(out) {
		failf("shape %v does not broadcast to %v", in, out)
	}
	stride := make([]int, len(out))
	lead := len(out) - len(in)
	for i, s := range strides(in) {
		switch in[i] {
		case out[lead+i]:
			stride[lead+i] = s
		case 1:
		default:
			failf("shape %v does not broadcast to %v", in, out)
		}
	}
	return strided(out, stride, 0)
}

// axis resolves an axis that may count from the end.
func axis(a, rank int) int {
	if a < -rank || a >= rank {
		failf("axis %d of a value of rank %d", a, rank)
	}
	if a < 0 {
		a += rank
	}
	return a
}

// axisSet resolves axes to one flag per dimension.
func axisSet(axes []int, rank int) []bool {
	set := make([]bool, rank)
	for _, a := range axes {
		a = axis(a, rank)
		if set[a] {
			failf("axis %d is named twice", a)
		}
		set[a] = true
	}
	return set
}

// split separates the dimensions of a shape, and their strides, into those
// outside and those inside of a set.
func split(shape []int, in []bool) (outer, outerStride, inner, innerStride []int) {
	for i, s := range strides(shape) {
		if in[i] {
			inner, innerStride = append(inner, shape[i]), append(innerStride, s)
		} else {
			outer, outerStride = append(outer, shape[i]), append(outerStride, s)
		}
	}
	return outer, outerStride, inner, innerStride
}

// lanes gives the groups of positions that differ only along the set
// dimensions, in row-major order of the others. All lanes have the same
// length.
func lanes(shape []int, in []bool) [][]int {
	outer, outerStride, inner, innerStride := split(shape, in)
	starts := strided(outer, outerStride, 0)
	steps := strided(inner, innerStride, 0)
	groups := make([][]int, len(starts))
	all := make([]int, len(starts)*len(steps))
	for i, s := range starts {
		groups[i] = all[i*len(steps) : (i+1)*len(steps) : (i+1)*len(steps)]
		for j, t := range steps {
			groups[i][j] = s + t
		}
	}
	return groups
}

// lanesAlong are the lanes of one axis.
func lanesAlong(shape []int, axis int) [][]int {
	in := make([]bool, len(shape))
	in[axis] = true
	return lanes(shape, in)
}
