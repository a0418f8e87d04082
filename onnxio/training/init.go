package training

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// InitProperty is what the metadata keys of initialisation rules start with;
// the parameter's name follows.
const InitProperty = "sharewise.init/"

// Init is an initialisation rule. Its text form, as found in a model's
// metadata under "sharewise.init/<parameter>", is for instance
// "he_uniform fan_in=784", "uniform bound=0.05", "zeros", "ones".
//
//	he_normal fan_in=     normal, standard deviation √(2/fan_in)
//	he_uniform fan_in=    uniform within ±√(6/fan_in)
//	xavier_uniform fan_in= fan_out=
//	                      uniform within ±√(6/(fan_in+fan_out))
//	uniform bound=        uniform within ±bound
//	normal std=           normal, standard deviation std
//	truncated_normal std= the same, without what lies beyond 2·std
//	orthogonal gain=      a matrix of orthonormal rows, or columns where there
//	                      are fewer of these, times gain
//	zeros, ones           constant
//	value                 Param.Value, such as the weights of an exported model
//
// The he rules keep the variance of activations through layers of ReLU (He,
// Zhang, Ren, Sun: Delving Deep into Rectifiers, ICCV 2015, eq. 10); xavier
// does so, in both directions, where activations are about linear (Glorot,
// Bengio: Understanding the difficulty of training deep feedforward neural
// networks, AISTATS 2010, eq. 16). fan_in is the number of inputs that one
// output adds up, fan_out the number of outputs that one input reaches.
// orthogonal, which looks at a tensor as a matrix with its first dimension as
// rows, keeps lengths exactly (Saxe, McClelland, Ganguli: Exact solutions to
// the nonlinear dynamics of learning in deep linear neural networks, ICLR 2014).
type Init struct {
	Rule  string // he_normal, he_uniform, xavier_uniform, uniform, normal, truncated_normal, orthogonal, zeros, ones, value
	FanIn int64
	// FanOut is used by xavier_uniform.
	FanOut int64
	// Scale is the bound of uniform, the standard deviation of normal and of
	// truncated_normal before it is truncated, or the gain of orthogonal.
	Scale float64
}

// initRule is one line of the table of rules.
type initRule struct {
	name   string
	fields []string // of the text form, in order
	// scale returns the bound or the standard deviation.
	scale func(Init) float64
	draw  func(rng *rand.Rand, scale float64) float64
	// matrix draws all elements of a tensor at once, where they depend on each
	// other.
	matrix func(rng *rand.Rand, shape []int64, scale float64) []float32
}

var initRules = []initRule{
	{name: "he_normal", fields: []string{"fan_in"}, scale: func(i Init) float64 { return math.Sqrt(2 / float64(i.FanIn)) }, draw: drawNormal},
	{name: "he_uniform", fields: []string{"fan_in"}, scale: func(i Init) float64 { return math.Sqrt(6 / float64(i.FanIn)) }, draw: drawUniform},
	{name: "xavier_uniform", fields: []string{"fan_in", "fan_out"}, scale: func(i Init) float64 { return math.Sqrt(6 / float64(i.FanIn+i.FanOut)) }, draw: drawUniform},
	{name: "uniform", fields: []string{"bound"}, scale: func(i Init) float64 { return i.Scale }, draw: drawUniform},
	{name: "normal", fields: []string{"std"}, scale: func(i Init) float64 { return i.Scale }, draw: drawNormal},
	{name: "truncated_normal", fields: []string{"std"}, scale: func(i Init) float64 { return i.Scale }, draw: drawTruncated},
	{name: "orthogonal", fields: []string{"gain"}, scale: func(i Init) float64 { return i.Scale }, matrix: drawOrthogonal},
	{name: "zeros", scale: func(Init) float64 { return 0 }, draw: drawConstant},
	{name: "ones", scale: func(Init) float64 { return 1 }, draw: drawConstant},
	{name: "value"},
}

func drawNormal(rng *rand.Rand, std float64) float64 { return rng.NormFloat64() * std }

// drawTruncated draws again whatever lies more than two standard deviations
// from 0, one number of 22.
func drawTruncated(rng *rand.Rand, std float64) float64 {
	for {
		if v := rng.NormFloat64(); math.Abs(v) <= 2 {
			return v * std
		}
	}
}

func drawUniform(rng *rand.Rand, bound float64) float64 { return (2*rng.Float64() - 1) * bound }
func drawConstant(_ *rand.Rand, v float64) float64      { return v }

func findInitRule(name string) (initRule, bool) {
	i := slices.IndexFunc(initRules, func(r initRule) bool { return r.name == name })
	if i < 0 {
		return initRule{}, false
	}
	return initRules[i], true
}

// String returns the text form, which ParseInit reads.
func (i Init) String() string {
	r, _ := findInitRule(i.Rule)
	s := i.Rule
	for _, f := range r.fields {
		switch f {
		case "fan_in":
			s += fmt.Sprintf(" fan_in=%d", i.FanIn)
		case "fan_out":
			s += fmt.Sprintf(" fan_out=%d", i.FanOut)
		default:
			s += " " + f + "=" + strconv.FormatFloat(i.Scale, 'g', -1, 64)
		}
	}
	return s
}

// ParseInit reads the text form of a rule. Its errors match ErrInit.
func ParseInit(s string) (Init, error) {
	words := strings.Fields(s)
	if len(words) == 0 {
		return Init{}, fmt.Errorf("training: %w: it is empty", ErrInit)
	}
	i := Init{Rule: words[0]}
	rule, ok := findInitRule(i.Rule)
	if !ok {
		return Init{}, fmt.Errorf("training: %w: %q: there is no rule %q (choose one of %s)", ErrInit, s, i.Rule, initRuleNames())
	}
	if len(words)-1 != len(rule.fields) {
		return Init{}, fmt.Errorf("training: %w: %q: %s takes %d settings %v", ErrInit, s, i.Rule, len(rule.fields), rule.fields)
	}
	for k, f := range rule.fields {
		text, ok := strings.CutPrefix(words[k+1], f+"=")
		if !ok {
			return Init{}, fmt.Errorf("training: %w: %q: %q stands where %s= belongs", ErrInit, s, words[k+1], f)
		}
		var err error
		switch f {
		case "fan_in":
			i.FanIn, err = strconv.ParseInt(text, 10, 64)
		case "fan_out":
			i.FanOut, err = strconv.ParseInt(text, 10, 64)
		default:
			i.Scale, err = strconv.ParseFloat(text, 64)
		}
		if err != nil {
			return Init{}, fmt.Errorf("training: %w: %q: %w", ErrInit, s, err)
		}
	}
	if err := i.Validate(); err != nil {
		return Init{}, err
	}
	return i, nil
}

func initRuleNames() string {
	var names []string
	for _, r := range initRules {
		names = append(names, r.name)
	}
	return strings.Join(names, ", ")
}

// Validate reports whether the rule exists and has the settings that it needs.
// Its errors match ErrInit.
func (i Init) Validate() error {
	rule, ok := findInitRule(i.Rule)
	if !ok {
		return fmt.Errorf("training: %w: there is no rule %q (choose one of %s)", ErrInit, i.Rule, initRuleNames())
	}
	for _, f := range rule.fields {
		switch {
		case f == "fan_in" && i.FanIn < 1, f == "fan_out" && i.FanOut < 1:
			return fmt.Errorf("training: %w: %q: %s must be at least 1", ErrInit, i, f)
		case (f == "bound" || f == "std" || f == "gain") && !(i.Scale >= 0 && i.Scale <= math.MaxFloat32):
			return fmt.Errorf("training: %w: %q: %s must be a number from 0 up", ErrInit, i, f)
		}
	}
	return nil
}

// Initialize returns the first elements of a parameter. The same rule, shape
// and state of rng give the same elements everywhere. It panics if the rule is
// not valid or its value has not as many elements as the shape, which no Param
// of a Program does.
func Initialize(p Param, rng *rand.Rand) []float32 {
	rule, ok := findInitRule(p.Init.Rule)
	n := size(p.Shape)
	switch {
	case !ok:
		panic(fmt.Sprintf("training: parameter %q has no rule %q", p.Name, p.Init.Rule))
	case rule.matrix != nil:
		return rule.matrix(rng, p.Shape, rule.scale(p.Init))
	case rule.draw != nil:
		v := make([]float32, n)
		scale := rule.scale(p.Init)
		for i := range v {
			v[i] = float32(rule.draw(rng, scale))
		}
		return v
	case int64(len(p.Value)) != n:
		panic(fmt.Sprintf("training: parameter %q of shape %v has %d values", p.Name, p.Shape, len(p.Value)))
	}
	return slices.Clone(p.Value)
}

// size is the number of elements of a shape.
func size(shape []int64) int64 {
	n := int64(1)
	for _, d := range shape {
		n *= d
	}
	return n
}
