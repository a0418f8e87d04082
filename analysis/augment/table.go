package augment

// method is one line of the table of methods.
type method struct {
	key    string
	ranks  []int   // of the samples that it is for
	most   float64 // largest amount
	amount func(Settings) float64
	// apply changes one sample.
	apply func(a *Augmenter, x []float32)
}

var methods = []method{
	{"flip", []int{3}, 1, func(s Settings) float64 { return truth(s.Flip) }, (*Augmenter).flip},
	{"crop", []int{3}, whole, func(s Settings) float64 { return float64(s.Crop) }, (*Augmenter).crop},
	{"shift", []int{2}, 0.5, func(s Settings) float64 { return s.Shift }, (*Augmenter).shift},
	{"contrast", []int{3}, 1, func(s Settings) float64 { return s.Contrast }, (*Augmenter).contrast},
	{"brightness", []int{3}, whole, func(s Settings) float64 { return s.Brightness }, (*Augmenter).brightness},
	{"scaling", []int{1, 2}, 10, func(s Settings) float64 { return s.Scaling }, (*Augmenter).scaling},
	{"noise", []int{1, 2, 3}, whole, func(s Settings) float64 { return s.Noise }, (*Augmenter).noise},
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
