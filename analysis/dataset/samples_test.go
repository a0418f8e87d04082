package dataset

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/study"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
)

// heldStudy is a study of two domains, a and b, whose samples a program holds.
func heldStudy(t *testing.T, edit func(s *study.Study)) *study.Study {
	t.Helper()
	s := study.New("held")
	for _, name := range []string{"a", "b"} {
		d := study.NewDomain(name)
		d.Format = study.InMemory
		s.Domains = append(s.Domains, d)
	}
	if edit != nil {
		edit(s)
	}
	if err := s.Validate(); err != nil {
		t.Fatal(err)
	}
	return s
}

// twenty is 20 samples of 2 numbers in two classes.
func twenty() *Samples {
	s := new(Samples)
	for i := range 20 {
		s.X = append(s.X, []float32{float32(i), float32(100 * (i % 7))})
		s.Labels = append(s.Labels, []string{"no", "yes"}[i%2])
	}
	return s
}

func openHeld(t *testing.T, s *study.Study, samples map[string]*Samples) ([]*Domain, error) {
	t.Helper()
	return OpenAll(t.Context(), s, FromMemory(samples))
}

// TestSamplesAreArrays opens the same samples from memory and from files to the
// same domains: splits, normalisation, identities.
func TestSamplesAreArrays(t *testing.T) {
	a := twenty()
	var values, targets []float32
	var labels, groups []byte
	for i, row := range a.X {
		values = append(values, row...)
		labels = append(labels, []byte("no\x00yes")[3*(i%2):3*(i%2)+3]...)
		groups = append(groups, byte('a'+i/4))
		targets = append(targets, row[0]+row[1])
	}
	dir := t.TempDir()
	filetest.Write(t, dir, "x.npy", filetest.Floats([]int{20, 2}, values...))
	filetest.Write(t, dir, "y.npy", filetest.NPY("|S3", labels, 20))
	filetest.Write(t, dir, "g.npy", filetest.NPY("|S1", groups, 20))
	filetest.Write(t, dir, "target.npy", filetest.Floats([]int{20}, targets...))
	for _, c := range []struct {
		name, keys, settings string
		edit                 func(d *study.Domain, s *Samples)
	}{
		{"classes", "labels: y.npy", "", func(*study.Domain, *Samples) {}},
		{"limits", "labels: y.npy", ", limit: 6, split: {by: content, test: 0.4}", func(d *study.Domain, _ *Samples) {
			d.Limit.Train, d.Split.By, d.Split.Test = 6, study.ByContent, 0.4
		}},
		{"groups", "labels: y.npy, groups: g.npy", "", func(_ *study.Domain, s *Samples) {
			for i := range s.X {
				s.Groups = append(s.Groups, string(rune('a'+i/4)))
			}
		}},
		{"numbers to predict", "targets: target.npy", "", func(d *study.Domain, s *Samples) {
			d.Task.Kind, s.Labels = study.Regression, nil
			for _, v := range targets {
				s.Targets = append(s.Targets, []float64{float64(v)})
			}
		}},
	} {
		want := mustOpen(t, dir, arrayStudy("", "path: x.npy, "+c.keys, c.settings))
		held := twenty()
		s := heldStudy(t, func(s *study.Study) { c.edit(&s.Domains[0], held) })
		got, err := openHeld(t, s, map[string]*Samples{"a": held, "b": twenty()})
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if got[0].SHA256 != want.SHA256 {
			t.Errorf("%s: another identity than from files:\n%+v\n%+v", c.name, got[0], want)
		}
		if got[0].Train.Len() == 0 || got[0].Train.Len() != want.Train.Len() || !slices.Equal(ids(got[0].Test), ids(want.Test)) || got[0].Test.Group(0) != want.Test.Group(0) {
			t.Errorf("%s: other splits than from files", c.name)
		}
	}
}

// TestSamplesGiven takes test data of their own, names, several labels and
// pictures.
func TestSamplesGiven(t *testing.T) {
	train, test := twenty(), twenty()
	for i := range 20 {
		train.Names, test.Names = append(train.Names, "part"), append(test.Names, "probe")
		for _, s := range []*Samples{train, test} {
			s.Targets = append(s.Targets, []float64{float64(i % 2), float64(i / 10)})
			s.Labels, s.TargetNames, s.Features = nil, []string{"odd", "late"}, []string{"speed", "load"}
		}
	}
	test.X[3][0] = float32(math.NaN())
	s := heldStudy(t, func(s *study.Study) {
		for i := range s.Domains {
			d := &s.Domains[i]
			d.Test, d.SkipBad, d.Task.Kind = new(study.Files), true, study.Multilabel
			d.Files.Path = "both"
		}
		s.Domains[1].Test.Path = "a test"
	})
	got, err := openHeld(t, s, map[string]*Samples{"both": train, "a test": test})
	if err != nil {
		t.Fatal(err)
	}
	a := got[0]
	if a.Train.Len() != 18 || a.Val.Len() != 2 || a.Test.Len() != 19 || a.Test.ID(3) != 4 || a.Test.Member(3) != "probe" {
		t.Errorf("%d, %d and %d samples, the fourth is %d, %q", a.Train.Len(), a.Val.Len(), a.Test.Len(), a.Test.ID(3), a.Test.Member(3))
	}
	if !slices.Equal(a.Task.Targets, []string{"odd", "late"}) || !slices.Equal(a.Features, []string{"speed", "load"}) || len(a.Sources) != 2 || a.Sources[0].SHA256 == a.Sources[1].SHA256 {
		t.Errorf("%q, %q, %v", a.Task.Targets, a.Features, a.Sources)
	}
	if len(a.Dropped) != 1 || a.Dropped[0].Example != "a test: sample 3, input 0" {
		t.Errorf("%+v", a.Dropped)
	}
	// Domains of the same samples divide them alike.
	if !slices.Equal(ids(a.Train), ids(got[1].Train)) {
		t.Error("the domains divide the same samples otherwise")
	}

	pictures := func() *Samples {
		s := &Samples{Shape: []int{1, 2, 2}}
		for i := range 20 {
			s.Pixels = append(s.Pixels, []byte{byte(i), 255, 0, byte(10 * i)})
			s.Labels = append(s.Labels, []string{"no", "yes"}[i%2])
		}
		return s
	}
	s = heldStudy(t, func(s *study.Study) { s.Input.Shape, s.Input.Normalize = []int{1, 2, 2}, "unit" })
	if got, err = openHeld(t, s, map[string]*Samples{"a": pictures(), "b": pictures()}); err != nil {
		t.Fatal(err)
	}
	x := make([]float32, 4)
	if err := got[0].Train.Gather([]int{0}, x); err != nil || x[1] != 1 || x[2] != 0 || s.Model.Trunk != "cnn" {
		t.Errorf("%v, %v, trunk %s", x, err, s.Model.Trunk)
	}
}

// TestSamplesRefused names the samples and what is wrong with them.
func TestSamplesRefused(t *testing.T) {
	for _, c := range []struct {
		edit func(s *Samples)
		want string
	}{
		{func(s *Samples) { *s = Samples{} }, "domain a: a: no samples"},
		{func(s *Samples) { s.Labels = nil }, "the task is classification, which takes Labels and no Targets"},
		{func(s *Samples) { s.Labels = s.Labels[1:] }, "a: 19 Labels, and there are 20 samples"},
		{func(s *Samples) { s.Groups = []string{"x"} }, "a: 1 Groups, and there are 20 samples"},
		{func(s *Samples) { s.X[4] = []float32{1} }, "a: sample 4: 1 numbers, and samples of shape [2] have 2"},
		{func(s *Samples) { s.Shape = []int{3} }, "a: sample 0: 2 numbers, and samples of shape [3] have 3"},
		{func(s *Samples) { s.Shape = []int{0} }, "shape [0]: a sample has at least one number"},
		{func(s *Samples) { s.Features = []string{"x"} }, "1 names of features, and samples have shape [2]"},
		{func(s *Samples) { s.X[4][1] = float32(math.Inf(1)) }, `a bad sample:
    a: sample 4, input 1: not finite ("+Inf")`},
		{func(s *Samples) { s.Labels[2] = "" }, "a: sample 2, label: missing value"},
		{func(s *Samples) { s.Pixels = [][]byte{{1}} }, "X and Pixels are both given"},
		{func(s *Samples) { s.Pixels, s.X = [][]byte{{1}}, nil }, "Pixels of shape []; pictures have [1 or 3, height, width]"},
	} {
		a := twenty()
		c.edit(a)
		_, err := openHeld(t, heldStudy(t, nil), map[string]*Samples{"a": a, "b": twenty()})
		if err == nil || !errors.Is(err, ErrData) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
	if _, err := openHeld(t, heldStudy(t, nil), map[string]*Samples{"aa": twenty(), "b": twenty()}); err == nil || !strings.Contains(err.Error(), "domain a: a: the program handed over no samples of this name; did you mean \"aa\"?") {
		t.Errorf("%v", err)
	}
	if _, err := OpenAll(t.Context(), heldStudy(t, nil)); err == nil || !strings.Contains(err.Error(), "the program handed over no samples") {
		t.Errorf("%v", err)
	}
	other := twenty()
	other.Groups = slices.Repeat([]string{"g"}, 20)
	s := heldStudy(t, func(s *study.Study) { s.Domains[0].Test = new(study.Files) })
	if _, err := openHeld(t, s, map[string]*Samples{"a": twenty(), "a test": other, "b": twenty()}); err == nil || !strings.Contains(err.Error(), `domain a: a test: Groups differ from those of "a"`) {
		t.Errorf("%v", err)
	}
}
