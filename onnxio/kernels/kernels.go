package kernels

import (
	"maps"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// Domain and Version of the operators.
const (
	Domain  = onnxio.KernelDomain
	Version = 1
)

// The operators.
const (
	Conv           = "Conv"
	ConvGradInput  = "ConvGradInput"
	ConvGradWeight = "ConvGradWeight"
	BatchNorm      = "BatchNorm"
	BatchNormGrad  = "BatchNormGrad"
	MaxPool        = "MaxPool"
	MaxPoolGrad    = "MaxPoolGrad"
	ReluGrad       = "ReluGrad"
	SGD            = "SGD"
	AdamW          = "AdamW"
	Adagrad        = "Adagrad"
	SumSquares     = "SumSquares"
	Gemm           = "Gemm"
	DenseSteps     = "DenseSteps"
	Gelu           = "Gelu"
	GeluGrad       = "GeluGrad"
	LayerNorm      = "LayerNorm"
	LayerNormGrad  = "LayerNormGrad"
	SoftmaxGrad    = "SoftmaxGrad"
	Attention      = "Attention"
	AttentionGrad  = "AttentionGrad"
)

// Set says which operators there are: those of the library that were proven
// right on this machine. A nil set is empty.
type Set map[string]bool

// Of returns the set of the operators named.
func Of(names ...string) Set {
	s := Set{}
	for _, name := range names {
		s[name] = true
	}
	return s
}

// All returns the set of all operators.
func All() Set {
	return Of(Conv, ConvGradInput, ConvGradWeight, BatchNorm, BatchNormGrad, MaxPool, MaxPoolGrad, ReluGrad, SGD, AdamW, Adagrad, SumSquares,
		Gemm, DenseSteps, Gelu, GeluGrad, LayerNorm, LayerNormGrad, SoftmaxGrad, Attention, AttentionGrad)
}

// Has reports whether all the operators named are in the set.
func (s Set) Has(names ...string) bool {
	return !slices.ContainsFunc(names, func(name string) bool { return !s[name] })
}

// Names lists the operators in the set, sorted.
func (s Set) Names() []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(s)) {
		if s[name] {
			names = append(names, name)
		}
	}
	return names
}

// Provider is a backend that has kernels.
type Provider interface {
	// Kernels are the operators that models may use that it opens.
	Kernels() Set
}

// Offered returns the kernels of a backend, none if it is no Provider.
func Offered(backend any) Set {
	if p, ok := backend.(Provider); ok {
		return p.Kernels()
	}
	return nil
}
