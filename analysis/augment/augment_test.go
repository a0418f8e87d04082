package augment

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func mustNew(t testing.TB, s Settings, seed uint64, shape ...int) *Augmenter {
	t.Helper()
	a, err := New(s, shape, 0, seed)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// ramp is n numbers of which no two are equal and none is 0.
func ramp(n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(i + 1)
	}
	return x
}

// each applies the settings to many copies of one sample.
func each(t *testing.T, s Settings, sample []float32, shape []int, visit func(x []float32)) {
	t.Helper()
	a := mustNew(t, s, 5, shape...)
	const rows = 100
	for step := range 100 {
		x := slices.Repeat(sample, rows)
		a.Apply(step, x)
		for row := range rows {
			visit(x[row*len(sample) : (row+1)*len(sample)])
		}
	}
}

// all are settings that use every method for a shape.
func all(rank int) Settings {
	switch rank {
	case 1:
		return Settings{Scaling: 0.2, Noise: 0.1}
	case 2:
		return Settings{Shift: 0.25, Scaling: 0.2, Noise: 0.1}
	}
	return Settings{Flip: true, Crop: 2, Contrast: 0.3, Brightness: 0.2, Noise: 0.1}
}

var shapes = [][]int{{7}, {2, 12}, {3, 6, 5}}

// TestSeeded checks that a row depends on seed, step and place and on nothing
// that came before, and that each of the three matters.
func TestSeeded(t *testing.T) {
	for _, shape := range shapes {
		s := all(len(shape))
		apply := func(seed uint64, step int, before ...int) []float32 {
			a := mustNew(t, s, seed, shape...)
			for _, b := range before {
				a.Apply(b, ramp(4*a.size))
			}
			x := slices.Repeat(ramp(a.size), 4)
			a.Apply(step, x)
			return x
		}
		want := apply(1, 7)
		if got := apply(1, 7, 3, 9, 7); !slices.Equal(got, want) {
			t.Errorf("%v: the same step gives other samples after other steps", shape)
		}
		if slices.Equal(apply(2, 7), want) || slices.Equal(apply(1, 8), want) {
			t.Errorf("%v: seed or step has no influence", shape)
		}
		size := len(want) / 4
		if slices.Equal(want[:size], want[size:2*size]) {
			t.Errorf("%v: two rows get the same", shape)
		}
	}
}

// TestIndependentMethods checks that what one method draws does not depend on
// which others are used.
func TestIndependentMethods(t *testing.T) {
	shape := []int{1, 6, 5}
	flip, both := ramp(30), ramp(30)
	for step := range 20 {
		mustNew(t, Settings{Flip: true}, 3, shape...).Apply(step, flip)
		mustNew(t, Settings{Flip: true, Brightness: 0.01}, 3, shape...).Apply(step, both)
		if (flip[0] > flip[1]) != (both[0] > both[1]) {
			t.Fatalf("step %d: brightness changes what flip does", step)
		}
	}
}

func TestNothingToDo(t *testing.T) {
	for _, shape := range shapes {
		a := mustNew(t, Settings{Edge: Zero}, 1, shape...)
		x := ramp(3 * a.size)
		a.Apply(4, x)
		if !slices.Equal(x, ramp(3*a.size)) {
			t.Errorf("%v: samples change without a method", shape)
		}
	}
	if (Settings{Edge: Wrap}).Used() || !(Settings{Noise: 0.1}).Used() {
		t.Error("Used is wrong")
	}
}

func TestFlip(t *testing.T) {
	mirrored, n := 0, 0
	each(t, Settings{Flip: true}, ramp(8), []int{1, 2, 4}, func(x []float32) {
		n++
		switch {
		case slices.Equal(x, []float32{4, 3, 2, 1, 8, 7, 6, 5}):
			mirrored++
		case !slices.Equal(x, ramp(8)):
			t.Fatalf("got %v", x)
		}
	})
	within(t, "share of mirrored images", float64(mirrored)/float64(n), 0.5, 0.5/math.Sqrt(float64(n)))
}

// TestCrop compares every result with the image moved element by element and
// counts how often each way occurs.
func TestCrop(t *testing.T) {
	const h, w, n = 4, 5, 2
	image := ramp(2 * h * w)
	count := map[[2]int]float64{}
	total := 0.0
	each(t, Settings{Crop: n}, image, []int{2, h, w}, func(x []float32) {
		for down := -n; down <= n; down++ {
			for right := -n; right <= n; right++ {
				want := make([]float32, len(image))
				for c := range 2 {
					for i := range h {
						for j := range w {
							if y, z := i-down, j-right; y >= 0 && y < h && z >= 0 && z < w {
								want[(c*h+i)*w+j] = image[(c*h+y)*w+z]
							}
						}
					}
				}
				if slices.Equal(x, want) {
					count[[2]int{down, right}]++
					total++
				}
			}
		}
	})
	if total != 10000 || len(count) != 25 {
		t.Fatalf("%g results are moved images, in %d ways", total, len(count))
	}
	for way, k := range count {
		within(t, "share of a way", k/total, 1.0/25, 0.2/math.Sqrt(total))
		if t.Failed() {
			t.Fatalf("way %v", way)
		}
	}
}

func TestShift(t *testing.T) {
	const length, most = 8, 2
	window := ramp(2 * length)
	for _, edge := range []string{Wrap, Zero} {
		count := map[int]int{}
		each(t, Settings{Shift: 0.25, Edge: edge}, window, []int{2, length}, func(x []float32) {
			for by := -most; by <= most; by++ {
				want := make([]float32, len(window))
				for c := range 2 {
					for i := range length {
						from := i - by
						if edge == Wrap {
							from = (from + length) % length
						}
						if from >= 0 && from < length {
							want[c*length+i] = window[c*length+from]
						}
					}
				}
				if slices.Equal(x, want) {
					count[by]++
				}
			}
		})
		total := 0
		for by := -most; by <= most; by++ {
			total += count[by]
			within(t, edge, float64(count[by])/10000, 0.2, 0.4/100)
		}
		if total != 10000 {
			t.Errorf("%s: %d results are shifted windows", edge, total)
		}
	}
}

// TestMoments compares mean and deviation of what is drawn with those that the
// documentation promises.
func TestMoments(t *testing.T) {
	sample := []float32{2, 4, 6, 8}
	image, series := []int{1, 2, 2}, []int{1, 4}
	// Undone, every method shows the number that it drew.
	tests := []struct {
		name      string
		s         Settings
		shape     []int
		drawn     func(x []float32) float64
		mean, std float64
		bound     float64
	}{
		{"contrast", Settings{Contrast: 0.3}, image, func(x []float32) float64 { return float64(x[3]-x[0]) / 6 }, 1, 0.3 / math.Sqrt(3), 0.3},
		{"contrast keeps the mean", Settings{Contrast: 0.3}, image, func(x []float32) float64 { return float64(x[0]+x[1]+x[2]+x[3]) / 4 }, 5, 0, 1e-5},
		{"brightness", Settings{Brightness: 0.6}, image, func(x []float32) float64 { return float64(x[2] - 6) }, 0, 0.6 / math.Sqrt(3), 0.6},
		{"scaling", Settings{Scaling: 0.2}, series, func(x []float32) float64 { return math.Log(float64(x[1] / 4)) }, 0, 0.2, 2},
		{"scaling is one gain", Settings{Scaling: 0.2}, series, func(x []float32) float64 { return float64(x[3] / x[0]) }, 4, 0, 1e-5},
		{"noise", Settings{Noise: 0.5}, []int{4}, func(x []float32) float64 { return float64(x[0] - 2) }, 0, 0.5, 5},
		{"noise of elements", Settings{Noise: 0.5}, []int{4}, func(x []float32) float64 { return float64(x[0] - x[1] + 2) }, 0, 0.5 * math.Sqrt2, 5},
	}
	for _, test := range tests {
		var v []float64
		each(t, test.s, sample, test.shape, func(x []float32) { v = append(v, test.drawn(x)) })
		sum, square, n := 0.0, 0.0, float64(len(v))
		for _, d := range v {
			sum += d
			square += (d - test.mean) * (d - test.mean)
			if math.Abs(d-test.mean) > test.bound+1e-5 {
				t.Fatalf("%s: drew %g", test.name, d)
			}
		}
		within(t, test.name+": mean", sum/n, test.mean, test.std/math.Sqrt(n)+1e-6)
		within(t, test.name+": deviation", math.Sqrt(square/n), test.std, test.std/math.Sqrt(n)+1e-6)
	}
}

// within allows five standard errors.
func within(t *testing.T, what string, got, want, err float64) {
	t.Helper()
	if math.Abs(got-want) > 5*err {
		t.Errorf("%s is %g, want %g", what, got, want)
	}
}

func TestCheck(t *testing.T) {
	tests := []struct {
		s     Settings
		shape []int
		want  string
	}{
		{Settings{Flip: true}, []int{5}, "flip: it is for images, and these are tables"},
		{Settings{Crop: 2}, []int{1, 9}, "crop: it is for images, and these are series"},
		{Settings{Crop: 4}, []int{1, 4, 9}, "moving by up to 4 pixels can leave nothing of an image of 4 by 9"},
		{Settings{Crop: -1}, []int{1, 4, 9}, "crop: -1 is not from 0"},
		{Settings{Shift: 0.6}, []int{1, 9}, "shift: 0.6 is not from 0 to 0.5"},
		{Settings{Shift: 0.1, Edge: "mirror"}, []int{1, 9}, `edge: "mirror" is not wrap or zero`},
		{Settings{Scaling: 0.1}, []int{1, 4, 4}, "scaling: it is for tables and series, and these are images"},
		{Settings{Noise: math.NaN()}, []int{3}, "noise: NaN is not"},
		{Settings{Contrast: 1.5}, []int{1, 4, 4}, "contrast: 1.5 is not from 0 to 1"},
		{Settings{Noise: 0.1}, []int{1, 2, 3, 4}, "these are samples of 4 dimensions"},
	}
	for _, test := range tests {
		if _, err := New(test.s, test.shape, 0, 1); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v for %v gives %v, want %s", test.s, test.shape, err, test.want)
		}
	}
	if p := (Settings{Crop: 3, Flip: true}).Check([]int{1, 0, 0}); p != nil {
		t.Errorf("of an unknown size: %v", p)
	}
}

// BenchmarkApply augments a minibatch of 64 samples with every method that suits
// them.
func BenchmarkApply(b *testing.B) {
	for name, shape := range map[string][]int{"table40": {40}, "series1x1024": {1, 1024}, "image3x32x32": {3, 32, 32}} {
		b.Run(name, func(b *testing.B) {
			a := mustNew(b, all(len(shape)), 1, shape...)
			x := ramp(64 * a.size)
			step := 0
			for b.Loop() {
				a.Apply(step, x)
				step++
			}
		})
	}
}

// TestCodesStay leaves the numbers of words at the end of samples alone, and
// changes the others as without them.
func TestCodesStay(t *testing.T) {
	s := Settings{Noise: 0.5, Scaling: 0.3}
	a, err := New(s, []int{5}, 2, 9)
	if err != nil {
		t.Fatal(err)
	}
	with := []float32{1, 2, 3, 7, 8, 1, 2, 3, 7, 8}
	without := []float32{1, 2, 3, 1, 2, 3}
	a.Apply(4, with)
	mustNew(t, s, 9, 3).Apply(4, without)
	for row := range 2 {
		if !slices.Equal(with[5*row:5*row+3], without[3*row:3*row+3]) || !slices.Equal(with[5*row+3:5*row+5], []float32{7, 8}) || with[5*row] == 1 {
			t.Errorf("row %d became %v, without codes %v", row, with[5*row:5*row+5], without[3*row:3*row+3])
		}
	}
}
