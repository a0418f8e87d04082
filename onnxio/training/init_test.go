package training_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/onnxio/training"
)

func TestInitText(t *testing.T) {
	tests := []struct {
		text string
		init training.Init
	}{
		{"he_normal fan_in=9", training.Init{Rule: "he_normal", FanIn: 9}},
		{"he_uniform fan_in=784", training.Init{Rule: "he_uniform", FanIn: 784}},
		{"xavier_uniform fan_in=3 fan_out=4", training.Init{Rule: "xavier_uniform", FanIn: 3, FanOut: 4}},
		{"uniform bound=0.05", training.Init{Rule: "uniform", Scale: 0.05}},
		{"uniform bound=1e-30", training.Init{Rule: "uniform", Scale: 1e-30}},
		{"normal std=0.02", training.Init{Rule: "normal", Scale: 0.02}},
		{"orthogonal gain=2", training.Init{Rule: "orthogonal", Scale: 2}},
		{"zeros", training.Init{Rule: "zeros"}},
		{"ones", training.Init{Rule: "ones"}},
		{"value", training.Init{Rule: "value"}},
	}
	for _, test := range tests {
		got, err := training.ParseInit(test.text)
		if err != nil || got != test.init {
			t.Errorf("ParseInit(%q) = %+v, %v", test.text, got, err)
		}
		if got := test.init.String(); got != test.text {
			t.Errorf("%+v.String() = %q, want %q", test.init, got, test.text)
		}
	}
}

func TestParseInitErrors(t *testing.T) {
	for _, s := range []string{
		"", "  ", "he", "he_normal", "he_normal fan_in=", "he_normal fan_in=0", "he_normal fan_in=-3",
		"he_normal fan_in=2.5", "he_normal fan_out=3", "he_normal fan_in=3 fan_out=3", "zeros 1",
		"uniform bound=-1", "uniform bound=NaN", "uniform bound=Inf", "normal bound=1",
		"xavier_uniform fan_out=4 fan_in=3", "he_normal fan_in=99999999999999999999",
	} {
		if i, err := training.ParseInit(s); !errors.Is(err, training.ErrInit) {
			t.Errorf("ParseInit(%q) = %+v, %v", s, i, err)
		}
	}
}

func FuzzParseInit(f *testing.F) {
	for _, s := range []string{"he_normal fan_in=9", "xavier_uniform fan_in=3 fan_out=4", "uniform bound=0x1p-3", "value", "normal std=1e999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		i, err := training.ParseInit(s)
		if err != nil {
			return
		}
		if err := i.Validate(); err != nil {
			t.Errorf("%q was read, but is not valid: %v", s, err)
		}
		if again, err := training.ParseInit(i.String()); err != nil || again != i {
			t.Errorf("%q was read as %+v, then as %+v, %v", s, i, again, err)
		}
	})
}

// TestInitialize compares the moments of many draws with those of the
// distribution that each rule stands for.
func TestInitialize(t *testing.T) {
	const n = 200_000
	uniform := func(bound float64) float64 { return bound / math.Sqrt(3) }
	tests := []struct {
		rule  string
		mean  float64
		std   float64
		bound float64
	}{
		{"he_normal fan_in=50", 0, 0.2, math.Inf(1)},
		{"he_uniform fan_in=600", 0, uniform(0.1), 0.1},
		{"xavier_uniform fan_in=50 fan_out=100", 0, uniform(0.2), 0.2},
		{"uniform bound=0.3", 0, uniform(0.3), 0.3},
		{"normal std=2", 0, 2, math.Inf(1)},
		// The variance of a normal distribution cut at ±a standard deviations is
		// 1 − 2aφ(a)/(2Φ(a)−1); for a = 2 its root is 0.87963.
		{"truncated_normal std=2", 0, 2 * 0.87963, 4},
		{"zeros", 0, 0, 0},
		{"ones", 1, 0, 1},
	}
	for _, test := range tests {
		init, err := training.ParseInit(test.rule)
		if err != nil {
			t.Fatal(err)
		}
		p := training.Param{Name: "p", Shape: []int64{n / 100, 100}, Init: init}
		v := training.Initialize(p, rand.New(rand.NewPCG(1, 2)))
		sum, squares, largest := 0.0, 0.0, 0.0
		for _, x := range v {
			d := float64(x) - test.mean
			sum += d
			squares += d * d
			largest = max(largest, math.Abs(float64(x)))
		}
		// Five standard errors of mean and variance.
		tolerance := 5 * test.std / math.Sqrt(n)
		if len(v) != n || math.Abs(sum/n) > tolerance || math.Abs(math.Sqrt(squares/n)-test.std) > 2*tolerance {
			t.Errorf("%s: %d elements, mean off by %g, standard deviation %g, want %g", test.rule, len(v), sum/n, math.Sqrt(squares/n), test.std)
		}
		if largest > test.bound*(1+1e-6) {
			t.Errorf("%s: largest element %g exceeds %g", test.rule, largest, test.bound)
		}
		if again := training.Initialize(p, rand.New(rand.NewPCG(1, 2))); !slices.Equal(v, again) {
			t.Errorf("%s: the same stream gave other elements", test.rule)
		}
	}
}

// TestOrthogonal verifies WᵀW = gain²·I, or WWᵀ for matrices that are wide, and
// that no direction is preferred: elements have mean 0 and the variance that a
// unit vector's have.
func TestOrthogonal(t *testing.T) {
	for _, shape := range [][]int64{{40, 40}, {60, 20}, {20, 60}, {16, 3, 3, 3}, {1, 5}, {5, 1}, {7}, {0, 3}} {
		p := training.Param{Name: "p", Shape: shape, Init: training.Init{Rule: "orthogonal", Scale: 1.5}}
		v := training.Initialize(p, rand.New(rand.NewPCG(1, 2)))
		rows := int(shape[0])
		cols := len(v) / max(1, rows)
		at := func(i, k int) float64 { return float64(v[i*cols+k]) } // vector i, element k
		vectors, length := rows, cols
		if rows > cols {
			vectors, length = cols, rows
			at = func(i, k int) float64 { return float64(v[k*cols+i]) }
		}
		for i := range vectors {
			for j := range i + 1 {
				dot, want := 0.0, 0.0
				for k := range length {
					dot += at(i, k) * at(j, k)
				}
				if i == j {
					want = 1.5 * 1.5
				}
				if math.Abs(dot-want) > 1e-5 {
					t.Fatalf("%v: vectors %d and %d have the product %g, want %g", shape, i, j, dot, want)
				}
			}
		}
		if again := training.Initialize(p, rand.New(rand.NewPCG(1, 2))); !slices.Equal(v, again) {
			t.Errorf("%v: the same stream gave other elements", shape)
		}
	}
	// The first element of a random orthogonal 3×3 matrix is uniform in ±1
	// (Archimedes): mean 0, variance 1/3, either sign as often. Without the
	// correction of signs it would be negative always.
	const n = 20_000
	sum, squares := 0.0, 0.0
	rng := rand.New(rand.NewPCG(8, 9))
	for range n {
		x := float64(training.Initialize(training.Param{Shape: []int64{3, 3}, Init: training.Init{Rule: "orthogonal", Scale: 1}}, rng)[0])
		sum += x
		squares += x * x
	}
	if math.Abs(sum/n) > 5*math.Sqrt(1./3/n) || math.Abs(squares/n-1./3) > 5*math.Sqrt(4./45/n) {
		t.Errorf("mean %g and variance %g, want 0 and 1/3", sum/n, squares/n)
	}
}

func TestInitializeValue(t *testing.T) {
	p := training.Param{Shape: []int64{2}, Init: training.Init{Rule: "value"}, Value: []float32{3, 4}}
	v := training.Initialize(p, nil)
	if !slices.Equal(v, p.Value) {
		t.Errorf("got %v", v)
	}
	v[0] = 9
	if p.Value[0] != 3 {
		t.Error("the elements are those of the parameter, not a copy")
	}
}

func ExampleInitialize() {
	init, err := training.ParseInit("he_uniform fan_in=6")
	if err != nil {
		fmt.Println(err)
		return
	}
	p := training.Param{Name: "fc/weight", Shape: []int64{2, 6}, Init: init}
	v := training.Initialize(p, rand.New(rand.NewPCG(1, 0)))
	fmt.Println(init, "gives", len(v), "elements within ±1")
	// Output: he_uniform fan_in=6 gives 12 elements within ±1
}
