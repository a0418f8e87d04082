package zoo

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/sharewise/sharewise/onnxio"
)

// Config says what a trunk is built for.
type Config struct {
	// Input is the shape of one sample, without the batch.
	Input []int
	// Width multiplies the channels and units of every layer; 0 means 1.
	Width float64
	// Vocabulary is the number of tokens where samples [length] are token
	// numbers, which bag and transformer take: whole numbers from 0 to below
	// Vocabulary. 0 says that samples are no tokens.
	Vocabulary int
	// Padding is the token that counts for nothing.
	Padding int
	// Categories are columns of words at the end of a sample [columns], which
	// the mlp embeds. A sample has the number of each word as a float.
	Categories []Category
}

// trunk is one row of the table of trunks.
type trunk struct {
	name  string
	about string
	build func(*layers) error
}

var trunks = []trunk{
	{"bag", "mean of the vectors of tokens and one fully connected layer", bag},
	{"cnn", "two convolutions and one fully connected layer", cnn},
	{"mlp", "two fully connected layers", mlp},
	{"resnet20", "residual network of 20 layers with batch normalisation", resnet20},
	{"tcn", "dilated convolutions over time", tcn},
	{"transformer", "attention between patches of a window, or tokens", transformer},
}

// Names returns the names that Build knows, sorted.
func Names() []string {
	names := make([]string, len(trunks))
	for i, t := range trunks {
		names[i] = t.name
	}
	return names
}

// About describes a trunk in a few words, for listings.
func About(name string) string {
	for _, t := range trunks {
		if t.name == name {
			return t.about
		}
	}
	return ""
}

// Build returns the trunk of that name.
func Build(name string, cfg Config) (*onnxio.Model, error) {
	i := slices.IndexFunc(trunks, func(t trunk) bool { return t.name == name })
	if i < 0 {
		return nil, fmt.Errorf("zoo: unknown trunk %q; there are %s", name, strings.Join(Names(), ", "))
	}
	if cfg.Width == 0 {
		cfg.Width = 1
	}
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("zoo: %s: %w", name, err)
	}
	if len(cfg.Categories) > 0 && name != "mlp" {
		return nil, fmt.Errorf("zoo: %s: there are columns of words, which the trunk mlp takes", name)
	}
	if cfg.Vocabulary > 0 && name != "transformer" && name != "bag" {
		return nil, fmt.Errorf("zoo: %s takes no tokens; bag and transformer do", name)
	}
	l := newLayers(cfg)
	if err := trunks[i].build(l); err != nil {
		return nil, fmt.Errorf("zoo: %s: %w", name, err)
	}
	return l.finish(name), nil
}

// Limits of Config: far beyond what one machine trains, and small enough that
// no size overflows.
const (
	maxWidth    = 64
	maxElements = 1 << 24
)

// Validate reports what is wrong with cfg.
func (cfg Config) Validate() error {
	if !(cfg.Width >= 0 && cfg.Width <= maxWidth) {
		return fmt.Errorf("width %v is not between 0 and %d", cfg.Width, maxWidth)
	}
	if cfg.Vocabulary < 0 || cfg.Vocabulary > maxElements {
		return fmt.Errorf("a vocabulary of %d tokens is not between 0 and %d", cfg.Vocabulary, maxElements)
	}
	if cfg.Padding < 0 || cfg.Padding > 0 && cfg.Padding >= cfg.Vocabulary {
		return fmt.Errorf("the token %d for padding is not among %d", cfg.Padding, cfg.Vocabulary)
	}
	if len(cfg.Input) == 0 {
		return fmt.Errorf("the shape of a sample is missing, for instance 1x28x28")
	}
	n := 1
	for _, d := range cfg.Input {
		if d < 1 || d > maxElements/n {
			return fmt.Errorf("sample shape %s is out of range", FormatShape(cfg.Input))
		}
		n *= d
	}
	return cfg.checkCategories()
}

// scaled returns base times the width, rounded to a multiple of 4.
func (cfg Config) scaled(base int) int {
	return max(4, 4*int(math.Round(float64(base)*cfg.Width/4)))
}

// FormatShape writes the shape of a sample as ParseShape reads it: 1x28x28.
func FormatShape(shape []int) string {
	parts := make([]string, len(shape))
	for i, d := range shape {
		parts[i] = strconv.Itoa(d)
	}
	return strings.Join(parts, "x")
}

// ParseShape reads the shape of a sample, sizes joined by x: 1x28x28, or 12.
func ParseShape(s string) ([]int, error) {
	var shape []int
	for _, part := range strings.Split(s, "x") {
		d, err := strconv.Atoi(part)
		if err != nil || d < 1 {
			return nil, fmt.Errorf("shape %q: %q is no size; write for instance 1x28x28", s, part)
		}
		shape = append(shape, d)
	}
	return shape, nil
}
