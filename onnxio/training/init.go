package training

// Init is an initialisation rule. Its text form, as found in a model's
// metadata under "sharewise.init/<parameter>", is for instance
// "he_uniform fan_in=784", "uniform bound=0.05", "zeros", "ones".
type Init struct {
	Rule  string // he_normal, he_uniform, xavier_uniform, uniform, normal, zeros, ones, value
	FanIn int64
	// FanOut is used by xavier_uniform.
	FanOut int64
	// Scale is the bound of uniform or the standard deviation of normal.
	Scale float64
}
