package kernels

import (
	"fmt"
	"slices"
	"strings"
)

// Pass is one way in which training and evaluation graphs are made faster.
type Pass string

// The passes. All but Fold and Blocks need the kernel library.
const (
	// Fold multiplies the scale of a batch normalisation that uses stored
	// statistics into the weights of the convolution before it.
	Fold Pass = "fold"
	// Layout computes convolutions by kernels, channels last.
	Layout Pass = "layout"
	// Tiles computes convolutions with windows of 3×3 among those of Layout by
	// Winograd's algorithm, which takes fewer multiplications and rounds about twice
	// as much.
	Tiles Pass = "winograd"
	// Norm normalises batches by kernels.
	Norm Pass = "norm"
	// Pool takes the largest of windows by kernels.
	Pool Pass = "pool"
	// Fuse lets kernels do the addition and the Relu that follow them.
	Fuse Pass = "fuse"
	// Mask computes the gradient of Relu by a kernel.
	Mask Pass = "mask"
	// Matrix multiplies matrices by kernels, which also sum up the gradient of a
	// bias and apply a Relu.
	Matrix Pass = "matrix"
	// Rows computes LayerNormalization, its gradient and that of Softmax by kernels.
	Rows Pass = "rows"
	// Heads computes attention, softmax(scale·Q·Kᵀ)·V by heads, and its gradient by
	// kernels.
	Heads Pass = "attention"
	// Smooth computes GELU and its gradient by kernels.
	Smooth Pass = "gelu"
	// Update lets one kernel step all parameters.
	Update Pass = "update"
	// Steps lets one kernel take whole steps of training, several in one run, where the trunk
	// is a chain of dense layers.
	Steps Pass = "steps"
)

// passes lists all, in the order in which they are listed to people, with the
// kernels that they need in training.
var passes = []struct {
	pass     Pass
	needs    []string
	forwards []string // what evaluation needs of them
}{
	{Fold, nil, nil},
	{Layout, []string{Conv, ConvGradInput, ConvGradWeight}, []string{Conv}},
	{Tiles, []string{Conv, ConvGradInput, ConvGradWeight}, []string{Conv}},
	{Norm, []string{BatchNorm, BatchNormGrad}, nil},
	{Pool, []string{MaxPool, MaxPoolGrad, ReluGrad}, []string{MaxPool}},
	{Fuse, []string{ReluGrad}, nil},
	{Mask, []string{ReluGrad}, nil},
	{Matrix, []string{Gemm}, []string{Gemm}},
	{Rows, []string{LayerNorm, LayerNormGrad, SoftmaxGrad}, []string{LayerNorm}},
	{Heads, []string{Attention, AttentionGrad}, []string{Attention}},
	{Smooth, []string{Gelu, GeluGrad}, []string{Gelu}},
	{Update, []string{SumSquares}, nil}, // and the optimizer's, which is not known here
	{Steps, []string{DenseSteps}, nil},
}

// Form is a choice of passes and the kernels that they may use. The zero value
// leaves graphs as they are: standard operators.
type Form struct {
	Kernels Set
	Passes  []Pass
	// Everywhere uses kernels where they do not pay, too.
	Everywhere bool
}

// Passes lists all passes.
func Passes() []Pass {
	all := make([]Pass, len(passes))
	for i, p := range passes {
		all[i] = p.pass
	}
	return all
}

// Best is the form with all passes for the kernels that there are.
func Best(set Set) Form { return Form{Kernels: set, Passes: Passes()} }

// Uses reports whether a pass is chosen and the kernels that it needs in
// training are there.
func (f Form) Uses(p Pass) bool {
	i := slices.Index(Passes(), p)
	return i >= 0 && slices.Contains(f.Passes, p) && f.Kernels.Has(passes[i].needs...)
}

// forward is Uses for graphs of which no gradient is taken.
func (f Form) forward(p Pass) bool {
	i := slices.Index(Passes(), p)
	return i >= 0 && slices.Contains(f.Passes, p) && f.Kernels.Has(passes[i].forwards...)
}

// Without is the form less some passes.
func (f Form) Without(out ...Pass) Form {
	f.Passes = slices.DeleteFunc(slices.Clone(f.Passes), func(p Pass) bool { return slices.Contains(out, p) })
	return f
}

// Recorded is the form whose [Form.String] was recorded, of kernels that a backend offers.
// It reports false for what it does not know, and where kernels of it are not offered.
func Recorded(s string, offered Set) (Form, bool) {
	if s == (Form{}).String() {
		return Form{}, true
	}
	names, of, some := strings.Cut(s, " of ")
	f := Form{Kernels: All()}
	switch {
	case of == "standard operators":
		f.Kernels = nil
	case some:
		f.Kernels = Of(strings.Split(of, ",")...)
	}
	for name := range strings.SplitSeq(names, ",") {
		f.Passes = append(f.Passes, Pass(name))
	}
	return f, f.String() == s && offered.Has(f.Kernels.Names()...)
}

// ParsePasses reads a choice of passes: "all", which nothing stands for too,
// "none", the names of some, joined by commas, or names with "-" before each for
// all but those.
func ParsePasses(s string) ([]Pass, error) {
	switch s {
	case "", "all":
		return Passes(), nil
	case "none":
		return nil, nil
	}
	var with, without []Pass
	for _, name := range strings.Split(s, ",") {
		name, minus := strings.CutPrefix(strings.TrimSpace(name), "-")
		p := Pass(name)
		switch {
		case !slices.Contains(Passes(), p):
			return nil, fmt.Errorf("unknown pass %q; there are %s, and all and none", name, join(Passes()))
		case minus:
			without = append(without, p)
		default:
			with = append(with, p)
		}
	}
	if with != nil && without != nil {
		return nil, fmt.Errorf("passes %q: name those to use, or those to leave out with - before each, not both", s)
	}
	if with == nil {
		with = Form{Passes: Passes()}.Without(without...).Passes
	}
	return with, nil
}

func join(passes []Pass) string {
	names := make([]string, len(passes))
	for i, p := range passes {
		names[i] = string(p)
	}
	return strings.Join(names, ", ")
}

// String says what is in a form, for records: "standard" for the zero value,
// else passes and kernels.
func (f Form) String() string {
	var used []Pass
	for _, p := range Passes() {
		if f.Uses(p) {
			used = append(used, p)
		}
	}
	if len(used) == 0 {
		return "standard"
	}
	s := strings.ReplaceAll(join(used), " ", "")
	if names := f.Kernels.Names(); len(names) < len(All()) && len(names) > 0 {
		s += " of " + strings.Join(names, ",")
	} else if len(names) == 0 {
		s += " of standard operators"
	}
	return s
}
