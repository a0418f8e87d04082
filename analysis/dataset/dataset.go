package dataset

import (
	"fmt"
	"image"
	"math"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/datafile"
	"github.com/sharewise/sharewise/analysis/textcode"
)

// Domain is one domain's samples, split and ready to be gathered.
type Domain struct {
	Name string
	Task Task
	// Shape is the shape of one sample after the stated transforms, without
	// the batch: [channels, height, width] for images, [features] for tables,
	// [channels, window] for series.
	Shape []int
	// Depth is what the pixels of images are; "" for others. Raw inputs of images
	// count from 0 to Depth.White().
	Depth            Depth
	Train, Val, Test *Split
	// Norm is the normalisation that Gather applies, fitted on Train only. It
	// maps raw inputs: 0..255 of images of 8 bits, 0..65535 of those of 16,
	// numbers of others as they are.
	Norm Norm
	// TargetNorm is the normalisation that Targets applies, fitted on Train
	// only; empty for other tasks.
	TargetNorm Norm
	// Masked says that some targets are unknown, which Targets gives as NaN.
	Masked bool
	// Objective is how training judges predictions.
	Objective Objective
	// Dropped counts the samples left out by SkipBad, and those without a
	// label, by reason.
	Dropped []Drop
	// Notes are what a reader of the results should know about the data, such
	// as columns that were left out.
	Notes []string
	// Sources are the files that were read.
	Sources []Source

	// Text says how texts became the numbers of samples; nil for other input.
	Text *textcode.Encoding

	inputs *inputs
	// SHA256 identifies what training and testing see: the samples of the
	// splits after the transforms, their labels and numbers, and how they are
	// normalised. Moving or recompressing files does not change it.
	SHA256 string
	// Features names the columns of a table, or the channels of series that
	// come from tables; nil for others.
	Features []string
	// Known are inputs that the study says are known before the answer is.
	Known []string
	// Units are those that numbers of the table's columns are written with, by column; nil
	// for columns and data without any.
	Units map[string]string
	// Missing are the columns of a table with missing numbers. Indicators is how
	// many of Features, the last, say where numbers are missing: see
	// IndicatorName.
	Missing    []Missing
	Indicators int
	// Valueless are columns that were left out because no domain has a value in
	// them.
	Valueless []string
	// Dated are those of Features that are made of dates.
	Dated []string
	// Categories are the columns of words of a table. Their codes stand in
	// samples after the Features. All domains of a study have the same.
	Categories []Category

	// Confidential says that samples are shown nowhere: they have no previews and no
	// names, and groups are numbers.
	Confidential bool

	rate float64 // of series, in samples per second; 0 where nothing says it
}

// Source is one file, or one folder of images, with the SHA-256 of its bytes
// (of the names and bytes of a folder's images).
type Source struct {
	Path   string `json:"path"` // as the study has it
	SHA256 string `json:"sha256"`
}

// Numbers are the names of a table's columns of numbers: Features without the
// indicators.
func (d *Domain) Numbers() []string { return d.Features[:len(d.Features)-d.Indicators] }

// Indicated are the columns that have an indicator, in their order.
func (d *Domain) Indicated() []string {
	var out []string
	for _, f := range d.Features[len(d.Features)-d.Indicators:] {
		out = append(out, strings.TrimSuffix(f, IndicatorName("")))
	}
	return out
}

// Fills are what stands in for missing numbers, in the units of the table; nil
// where no domain of the study lacks any.
func (d *Domain) Fills() []float64 {
	if d.Norm.Fill == nil {
		return nil
	}
	out := make([]float64, len(d.Numbers()))
	for j := range out {
		out[j] = float64(d.Norm.Fill[j]) + d.Norm.offset(j)
	}
	return out
}

// Task says what is to be predicted.
type Task struct {
	Kind TaskKind
	// Classes are the names of the classes; a label is an index into it.
	Classes []string
	// Targets are the names of the regression targets, or of the labels of a
	// multilabel task.
	Targets []string
}

// Objective is what training reduces. Loss is one of package study's; Delta is
// Huber's, in standard units. ClassWeights, where not nil, are the weights of
// the classes' samples (cross entropy), or of the samples that have a label
// against those that do not (binary cross entropy).
type Objective struct {
	Loss         string
	Delta        float64
	ClassWeights []float32
	Smoothing    float64
}

// TaskKind is the kind of a task.
type TaskKind string

// The kinds of task.
const (
	Classification TaskKind = "classification"
	// Binary is classification of two classes by one output: Classes[0] is
	// negative, Classes[1] positive.
	Binary TaskKind = "binary"
	// Multilabel has several labels, each 0 or 1.
	Multilabel TaskKind = "multilabel"
	Regression TaskKind = "regression"
)

// Outputs is the number of outputs that a head for the task needs.
func (t Task) Outputs() int {
	switch t.Kind {
	case Regression, Multilabel:
		return len(t.Targets)
	case Binary:
		return 1
	}
	return len(t.Classes)
}

// Drop says how many samples one reason cost, with an example.
type Drop struct {
	Reason  string `json:"reason"`
	Count   int    `json:"count"`
	Example string `json:"example"` // file and line or member of the first
}

// NoLabel is the reason of rows that are left out, and no bad samples, since the study asks
// for that where labels are missing.
const NoLabel = "no label"

// Norm is an affine map per channel, feature or target: (x - Offset - Mean) / Std.
type Norm struct {
	// Offset is subtracted first, in 64 bits, where numbers differ by too little
	// for their size to be told apart in 32 bits; nil where it is 0 throughout.
	Offset    []float64
	Mean, Std []float32
	// Fill stands in for missing numbers, which are NaN, before the map; less
	// Offset. Nil where none is missing.
	Fill []float32
	// Rows, where not nil, is what is done to rows before; Mean and Std are then
	// those of what it makes of them, and there is no Offset.
	Rows *RowTransform
}

// raw is the number that the mean of element k stands for.
func (n Norm) raw(k int) float64 {
	v := float64(n.Mean[k])
	if n.Rows != nil && n.Rows.Log {
		return math.Copysign(math.Expm1(math.Abs(v)), v)
	}
	return v + n.offset(k)
}

// offset is that of element k.
func (n Norm) offset(k int) float64 {
	if n.Offset == nil {
		return 0
	}
	return n.Offset[k]
}

// Value undoes the map for element k.
func (n Norm) Value(z float64, k int) float64 {
	return z*float64(n.Std[k]) + float64(n.Mean[k]) + n.offset(k)
}

// Split is one part of a domain. Its samples are numbered from 0 to Len()-1;
// ID gives the number that a sample has in the source, stable under limits
// and resampling, which is what loss tables record. A Split does not change
// and may be used from several goroutines.
type Split struct {
	store  *store
	index  []int // rows of store
	inputs func(row int, x []float32)
	size   int // elements of one sample
	norm   Norm
}

// Len returns the number of samples.
func (s *Split) Len() int {
	if s == nil {
		return 0
	}
	return len(s.index)
}

// ID returns the number of sample i in its source: the position in an IDX
// file, in the sorted list of a folder's images, or among a table's rows,
// counting from 0 and counting what was left out.
func (s *Split) ID(i int) int64 { return s.store.id[s.index[i]] }

// Gather writes the normalised inputs of samples into x, one after another. x
// has room for them exactly.
func (s *Split) Gather(samples []int, x []float32) error {
	if len(x) != len(samples)*s.size {
		return fmt.Errorf("dataset: gather: room for %d numbers, %d samples have %d", len(x), len(samples), len(samples)*s.size)
	}
	return datafile.Guard(func() error {
		for k, i := range samples {
			if i < 0 || i >= len(s.index) {
				return fmt.Errorf("dataset: gather: no sample %d among %d", i, len(s.index))
			}
			s.inputs(s.index[i], x[k*s.size:(k+1)*s.size])
		}
		return nil
	})
}

// Raw writes the inputs of sample i before normalisation: 0 to 255, or 65535, of
// images, the numbers of other data, NaN where one is missing. x has room for
// one sample exactly.
func (s *Split) Raw(i int, x []float64) {
	row, st := s.index[i], s.store
	if st.pixels != nil {
		for k, b := range st.pixels.bytes(row) {
			x[k] = float64(b)
		}
		return
	}
	stored := make([]float32, len(x))
	st.values.read(row, stored)
	for k, v := range stored {
		x[k] = float64(v)
		if st.offset != nil {
			x[k] += st.offset[k*len(st.offset)/len(x)]
		}
	}
}

// RawTargets writes the targets of sample i of a regression in their own
// units. y has room for them exactly.
func (s *Split) RawTargets(i int, y []float64) {
	t := len(s.norm.Mean)
	copy(y, s.store.target[s.index[i]*t:(s.index[i]+1)*t])
}

// Labels writes the class numbers of samples of a classification, of two or
// more classes, into dst.
func (s *Split) Labels(samples []int, dst []int64) {
	for k, i := range samples {
		dst[k] = int64(s.store.label[s.index[i]])
	}
}

// Label returns the class number of sample i of a classification.
func (s *Split) Label(i int) int { return int(s.store.label[s.index[i]]) }

// Targets writes the targets of samples of a regression into dst, sample by
// sample, in standard units, as TargetNorm maps them.
// Squared losses of domains are comparable in these units: 1 is what the mean
// of the training targets scores. Labels, and the class numbers of a binary
// classification, are 0 and 1. An unknown target is NaN.
func (s *Split) Targets(samples []int, dst []float32) {
	if s.store.label != nil {
		for k, i := range samples {
			dst[k] = float32(s.store.label[s.index[i]])
		}
		return
	}
	t := len(s.norm.Mean)
	for k, i := range samples {
		row := s.store.target[s.index[i]*t:]
		for j := range t {
			dst[k*t+j] = (float32(row[j]-s.norm.offset(j)) - s.norm.Mean[j]) / s.norm.Std[j]
		}
	}
}

// Group returns the group of sample i, "" where the study names none.
func (s *Split) Group(i int) string {
	if s.store.group == nil {
		return ""
	}
	return s.store.group[s.index[i]]
}

// Member says where sample i comes from: the name of an image's file, or file
// and line of a table; "" for IDX files, whose samples have numbers only.
func (s *Split) Member(i int) string {
	if s.store.confidential {
		return ""
	}
	if o := s.store.origin; o != nil {
		return o.name(s.index[i])
	}
	if s.store.member == nil {
		return ""
	}
	return s.store.member[s.index[i]]
}

// Preview is a sample as people look at it, before normalisation.
type Preview struct {
	Image  image.Image // images, and arrays that can be one
	Names  []string    // tables: names of the features, without indicators, then of the categories; nil for arrays
	Values []float32   // tables, arrays of one dimension: their values, NaN where missing, without codes of words
	// Words are those of the categories of tables, "" where not known; of texts, the
	// beginning of the text.
	Words  []string
	Series [][]float32 // series, arrays of more dimensions: values of each channel
}

// Preview shows sample i as the model sees it, before normalisation; of a confidential
// domain it shows nothing.
func (s *Split) Preview(i int) Preview {
	if s.store.confidential {
		return Preview{}
	}
	row := s.index[i]
	if t := s.store.texts; t != nil {
		text := t.text(row, shownBytes+1)
		return Preview{Names: []string{"text"}, Words: []string{shownText(text[:min(len(text), shownBytes)], len(text) > shownBytes)}}
	}
	if st := s.store; st.pixels == nil {
		raw, values := make([]float64, s.size), make([]float32, s.size)
		s.Raw(i, raw)
		for k, v := range raw {
			values[k] = float32(v)
		}
		switch {
		case len(st.shape) == 3 && (st.shape[0] == 1 || st.shape[0] == 3):
			return Preview{Image: stretched(values).image(st.shape)}
		case len(st.shape) > 1:
			return Preview{Series: slices.Collect(slices.Chunk(values, s.size/st.shape[0]))}
		}
		names := slices.Clone(st.features[:len(st.features)-st.indicators])
		for _, c := range st.categories {
			names = append(names, c.Name)
		}
		return Preview{Names: names, Values: values[:len(values)-st.indicators-len(st.categories)], Words: st.words(values)}
	}
	// Pictures outlive the store.
	return Preview{Image: picture(slices.Clone(s.store.pixels.bytes(row))).image(s.store.shape)}
}
