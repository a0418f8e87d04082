package kernels

// Amounts are those that the cost model knows of a convolution with channels in the
// second dimension, given as its input has them before and its output behind it.
func Amounts(in, out, group, taps, before, after int64, strided, winograd bool) []float64 {
	return convolution{in, out, group, taps, before, after, strided, winograd}.amounts().list()
}

// AmountNames and AmountCosts are what they are called and what they save.
var (
	AmountNames = []string{"columns", "winograd", "direct", "grouped", "elements", "strided", "idle"}
	AmountCosts = convSaves.list()
)

// The costs of transpositions.
const (
	TransposingNear = transposingNear
	TransposingFar  = transposingFar
	Near            = near
)
