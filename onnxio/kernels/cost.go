package kernels

// lanes is the number of channels that kernels compute at once, of 32 bits in 512.
const lanes = 16

// convolution is what the time of a convolution of a sample depends on.
type convolution struct {
	in, out, group, taps int64 // channels, and places of the window
	before, after        int64 // pixels of the input and of the output
	strided, winograd    bool  // winograd: the window is one of the fast algorithm's
}

// convSaves are the nanoseconds that a kernel saves, forwards and backwards, for each
// of what amounts counts.
var convSaves = amounts{
	columns:  0.82,
	winograd: 0.037,
	direct:   0.010,
	grouped:  0.36,
	elements: 0.75,
	strided:  2.6,
	idle:     -0.70,
}

// amounts are what a convolution of a sample consists of.
type amounts struct {
	columns  float64 // elements of the windows of all pixels, which the standard form lays out one after another
	winograd float64 // multiply-adds of convolutions that kernels compute by Winograd's algorithm
	direct   float64 // those of other windows of more than one place
	grouped  float64 // those of convolutions in groups
	elements float64 // of input and output
	strided  float64 // elements of inputs of which not every place begins a window
	idle     float64 // channels by which input and output fall short of whole vectors, at every pixel
}

// list is the amounts in the order in which they stand.
func (a amounts) list() []float64 {
	return []float64{a.columns, a.winograd, a.direct, a.grouped, a.elements, a.strided, a.idle}
}

func (c convolution) amounts() amounts {
	work := float64(c.after * c.out * c.in / c.group * c.taps)
	a := amounts{elements: float64(c.in*c.before + c.out*c.after)}
	if c.taps > 1 {
		a.columns = float64(c.in * c.taps * c.after)
	}
	switch {
	case c.group > 1:
		a.grouped = work
	case c.winograd && c.in%lanes == 0 && c.out%lanes == 0:
		a.winograd = work
	case c.taps > 1:
		a.direct = work
	}
	if c.strided {
		a.strided = float64(c.in * c.before)
	}
	if c.group == 1 {
		a.idle = float64((lanes-1-(c.in-1)%lanes)*c.before + (lanes-1-(c.out-1)%lanes)*c.after)
	}
	return a
}

// saving is what a kernel saves of the time that a convolution takes, forwards and
// backwards, in nanoseconds a sample. It is negative where the standard form is the
// faster one.
func (c convolution) saving() (ns float64) {
	saves := convSaves.list()
	for i, amount := range c.amounts().list() {
		ns += saves[i] * amount
	}
	return ns
}

// A transposition costs so many nanoseconds an element, where all samples of the
// value fit into the cache of a core and where they do not.
const (
	transposingNear = 0.16
	transposingFar  = 0.56
	near            = 150_000 // elements
	usualBatch      = 64      // where the number of samples is not known
)

// transposing is what the transposition of a value costs a sample.
func transposing(samples, elements int64) float64 {
	if samples < 1 {
		samples = usualBatch
	}
	if samples*elements > near {
		return transposingFar * float64(elements)
	}
	return transposingNear * float64(elements)
}
