package effect

// figure is something that is estimated by a mean of per-sample values: a fixed
// combination of them, one that is counted in the jackknife's unit, or the
// relative gain, whose linear form depends on the errors of both arms.
type figure struct {
	fixed  combination
	scaled combination // times 1/unit
	gain   bool
}

// figureOf is the figure of a fixed combination.
func figureOf(c combination) figure { return figure{fixed: c} }

// relativeGain is the gain 1 - e_B/e_A, or (e_A - e_B)/floor below the floor.
var relativeGain = figure{gain: true}

// in returns the combination, or the linear form, of the jackknife's values.
func (f figure) in(j *jackknife) []float64 {
	c := f.fixed
	if f.gain {
		mean := j.mean()
		ea, eb := mean[vA], mean[vB]
		c[vA], c[vB] = eb/ea/ea, -1/ea
		if ea < j.floor {
			c[vA], c[vB] = 1/j.floor, -1/j.floor
		}
	}
	for x, v := range f.scaled {
		if v != 0 {
			c[x] += v / j.unit
		}
	}
	return c[:j.dim]
}

// mirrored is the figure with the sign that its first value is positive with:
// the dispersion of both is the same.
func (f figure) mirrored() figure {
	for _, v := range append(f.fixed[:], f.scaled[:]...) {
		if v > 0 {
			return f
		}
		if v < 0 {
			return figure{fixed: f.fixed.times(-1), scaled: f.scaled.times(-1), gain: f.gain}
		}
	}
	return f
}
