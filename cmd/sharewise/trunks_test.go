package main

import (
	"slices"
	"testing"

	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio/finetune"
	"github.com/sharewise/sharewise/onnxio/training"
	"github.com/sharewise/sharewise/onnxio/zoo"
)

// TestTrunkNames verifies that a study can name every trunk that is built, and
// no other.
func TestTrunkNames(t *testing.T) {
	if got, want := study.TrunkNames(), zoo.Names(); !slices.Equal(got, want) {
		t.Errorf("a study knows the trunks %v, package zoo builds %v", got, want)
	}
}

// TestInits verifies the same of ways to start weights.
func TestInits(t *testing.T) {
	if got, want := study.Inits(), finetune.Methods(); !slices.Equal(got, want) {
		t.Errorf("a study knows the ways %v, package finetune has %v", got, want)
	}
}

// TestOptimizers verifies the same of update rules.
func TestOptimizers(t *testing.T) {
	if got, want := slices.Sorted(slices.Values(study.Optimizers())), words(training.Optimizers()...); !slices.Equal(got, want) {
		t.Errorf("a study knows the optimizers %v, package training has %v", got, want)
	}
}
