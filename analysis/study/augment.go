package study

import (
	"fmt"

	"github.com/sharewise/sharewise/analysis/augment"
)

// Augmentation is what training does to the samples of a domain: the domain's
// own settings, or else those of the training.
func (s *Study) Augmentation(domain string) augment.Settings {
	if d := s.Domain(domain); d != nil && d.Augment != nil {
		return *d.Augment
	}
	return s.Training.Augment
}

// sampleShape is the shape of a sample as far as the study says, with 0 for
// what it leaves open.
func (in Input) sampleShape() []int {
	switch in.Kind {
	case Table, TextInput:
		return []int{0}
	case SeriesInput:
		return []int{0, 0}
	}
	if len(in.Size) == 2 {
		return []int{in.Channels, in.Size[0], in.Size[1]}
	}
	return []int{in.Channels, 0, 0}
}

// augmentation checks the settings of training and of domains with their own.
func (c *checker) augmentation() {
	check := func(path string, s augment.Settings) {
		if s.Used() && c.study.layout() == tokens {
			c.errorf(path+".augment", "samples are numbers of words, which augmentation would turn into other words; leave it out")
		}
		for _, p := range s.Check(c.study.Input.sampleShape()) {
			c.errorf(path+".augment."+p.Key, "%s", p.Message)
		}
		if s.Edge != "" && s.Shift == 0 {
			c.warnf("%s.augment.edge is given, and there is no shift that it could matter to", path)
		}
	}
	check("training", c.study.Training.Augment)
	for i, d := range c.study.Domains {
		if d.Augment != nil {
			check(fmt.Sprintf("domains[%d]", i), *d.Augment)
		}
	}
}

var augmentFields = []field{
	{key: "flip", doc: "Images: mirror left and right every second time.", typ: flag(), def: "false",
		at: at(func(s *augment.Settings) *bool { return &s.Flip })},
	{key: "crop", doc: "Images: move by up to so many pixels each way; the mean fills what comes in.", typ: integer(0, 4096), def: "0",
		at: at(func(s *augment.Settings) *int { return &s.Crop })},
	{key: "shift", doc: "Series: move windows by up to this part of their length each way.", typ: number(0, 0.5), def: "0",
		at: at(func(s *augment.Settings) *float64 { return &s.Shift })},
	{key: "edge", doc: "What a shift lets in: wrap, what leaves at the other edge; zero, the mean.", typ: choice(augment.Wrap, augment.Zero), note: "wrap",
		at: at(func(s *augment.Settings) *string { return &s.Edge })},
	{key: "contrast", doc: "Images: scale differences from the mean by 1-contrast to 1+contrast.", typ: number(0, 1), def: "0",
		at: at(func(s *augment.Settings) *float64 { return &s.Contrast })},
	{key: "brightness", doc: "Images: add a number from -brightness to brightness, in deviations of the normalised pixels.", typ: number(0, unbounded), def: "0",
		at: at(func(s *augment.Settings) *float64 { return &s.Brightness })},
	{key: "scaling", doc: "Series and tables: multiply a sample by a gain whose logarithm has this standard deviation.", typ: number(0, 10), def: "0",
		at: at(func(s *augment.Settings) *float64 { return &s.Scaling })},
	{key: "noise", doc: "Add normal noise of this standard deviation to every element, in deviations of the normalised samples.", typ: number(0, unbounded), def: "0",
		at: at(func(s *augment.Settings) *float64 { return &s.Noise })},
}
