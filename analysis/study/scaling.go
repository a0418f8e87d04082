package study

import "fmt"

// What input.normalize may be besides standard, unit and none: one number for all
// columns, without and with something done to rows before.
const (
	NormalizeScale  = "scale"
	NormalizeLog    = "log"
	NormalizeLength = "length"
	NormalizeTFIDF  = "tfidf"
)

// TransformsRows reports whether rows are scaled as a whole, and not each column
// by itself.
func (in Input) TransformsRows() bool {
	switch in.Normalize {
	case NormalizeScale, NormalizeLog, NormalizeLength, NormalizeTFIDF:
		return !in.Scaled()
	}
	return false
}

// Scaled reports whether the study gives the scaling of inputs, instead of
// taking it from the training data.
func (in Input) Scaled() bool { return in.Scale != 0 || in.Mean != nil || in.Std != nil }

// Scaling returns what is given, for n channels or features: inputs are
// (x − mean) / std of raw x. One number stands for all; with Scale, Mean and Std
// are those of x / Scale.
func (in Input) Scaling(n int) (mean, std []float32, err error) {
	scale := in.Scale
	if scale == 0 {
		scale = 1
	}
	mean, std = make([]float32, n), make([]float32, n)
	for _, part := range []struct {
		key   string
		given []float64
		def   float64
		to    []float32
	}{{"mean", in.Mean, 0, mean}, {"std", in.Std, 1, std}} {
		if len(part.given) > 1 && len(part.given) != n {
			return nil, nil, fmt.Errorf("%d numbers for %s, and samples have %d channels or features; give one for each, or one for all", len(part.given), part.key, n)
		}
		for i := range part.to {
			v := part.def
			switch len(part.given) {
			case 0:
			case 1:
				v = part.given[0]
			default:
				v = part.given[i]
			}
			part.to[i] = float32(v * scale)
		}
	}
	return mean, std, nil
}

// Normalization says how inputs are normalised, for identities.
func (in Input) Normalization() string {
	if !in.Scaled() {
		return in.Normalize
	}
	return fmt.Sprintf("given %g %v %v", in.Scale, in.Mean, in.Std)
}
