package study

import (
	"fmt"
	"slices"
	"strings"
)

// namedTrunk is a trunk that sharewise brings along, as the study sees it:
// package zoo builds it.
type namedTrunk struct {
	name string
	// kinds of input that the trunk is for; none takes any but numbers of words.
	kinds []string
}

// takes reports whether the trunk is for a kind of input.
func (t namedTrunk) takes(kind string) bool {
	if t.kinds == nil {
		return kind != tokens
	}
	return slices.Contains(t.kinds, kind)
}

var namedTrunks = []namedTrunk{
	{"bag", []string{tokens}},
	{"cnn", []string{Image}},
	{"mlp", nil},
	{"resnet20", []string{Image}},
	{"tcn", []string{SeriesInput}},
	{"transformer", []string{SeriesInput, tokens}},
}

// TrunkNames lists the trunks that a study can name.
func TrunkNames() []string {
	var names []string
	for _, t := range namedTrunks {
		names = append(names, t.name)
	}
	return names
}

// Keep is the way to start weights that leaves them as the model has them.
const Keep = "keep"

// inits are the ways to start weights: package finetune does it.
var inits = []string{Keep, "he", "xavier", "orthogonal", "truncated_normal"}

// Inits lists the ways to start weights that a study can name.
func Inits() []string { return slices.Clone(inits) }

// findTrunk returns the trunk of a name.
func findTrunk(name string) (namedTrunk, bool) {
	i := slices.IndexFunc(namedTrunks, func(t namedTrunk) bool { return t.name == name })
	if i < 0 {
		return namedTrunk{}, false
	}
	return namedTrunks[i], true
}

// defaultTrunk is the trunk for a kind of input where the study names none.
func defaultTrunk(kind string) string {
	for _, t := range namedTrunks {
		if slices.Contains(t.kinds, kind) {
			return t.name
		}
	}
	return "mlp"
}

// samplesOf names the samples of a kind of input.
func samplesOf(kind string) string {
	switch kind {
	case Image:
		return "images"
	case Table:
		return "tables"
	}
	return kind
}

// samples names what the trunk takes.
func (t namedTrunk) samples() string {
	if t.kinds == nil {
		return "rows, images and series"
	}
	var out []string
	for _, kind := range t.kinds {
		out = append(out, samplesOf(kind))
	}
	return strings.Join(out, " and ")
}

// trunk checks that the named trunk suits the input.
func (c *checker) trunk(name string) {
	kind := c.study.layout()
	switch t, named := findTrunk(name); {
	case name == "":
	case !named && !strings.HasSuffix(name, ".onnx"):
		c.errorf("model.trunk", "%q is not %s or the path of an .onnx file%s", name, strings.Join(TrunkNames(), ", "), hint(name, TrunkNames()))
	case named && kind != "" && !t.takes(kind):
		c.errorf("model.trunk", "%s takes %s; use %s for %s", name, t.samples(), defaultTrunk(kind), samplesOf(kind))
	}
}

// trunkDefaults describes the defaults for the reference.
func trunkDefaults() string {
	var parts []string
	for _, t := range namedTrunks {
		for _, kind := range t.kinds {
			if defaultTrunk(kind) == t.name {
				parts = append(parts, fmt.Sprintf("%s for %s", t.name, samplesOf(kind)))
			}
		}
	}
	return strings.Join(append(parts, "mlp for tables and n-grams of texts"), ", ")
}
