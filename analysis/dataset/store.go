package dataset

import (
	"github.com/sharewise/sharewise/analysis/datafile"
	"github.com/sharewise/sharewise/analysis/imagefile"
	"github.com/sharewise/sharewise/analysis/textcode"
)

// store holds samples by row, in their stored form: images as bytes, tables as
// numbers.
type store struct {
	shape    []int      // of one sample
	pixels   byteRows   // images of 8 bits: [channels, height, width]; nil for others
	values   numberRows // tables: [features]; series: [channels, window]; images of more than 8 bits; else nil
	depth    Depth      // of images
	features []string
	// Tables with columns of words: their numbering while the domain is read,
	// and the final one. Codes are the last numbers of a row.
	indicators  int // of the features, the last: they say where numbers are missing
	codebooks   []*codebook
	categories  []Category
	class       []string  // classification: name of each row's class
	label       []int32   // classification: index of the class, filled in later
	targetNames []string  // arrays: what the targets are called; nil for others
	target      []float64 // regression: [rows, targets], in their own units
	offset      []float64 // what numbers are stored less, by element or by channel; nil: 0
	group       []string  // nil without groups
	time        []float64 // tables: what rows are ordered by; nil: their order in the file
	member      []string  // nil without names
	origin      *origins  // tables: where each row comes from; nil for others
	part        []part    // which split the source says; undecided where it does not
	id          []int64
	span        []span   // series: what each window sees; nil for others
	rate        float64  // recordings: samples per second; 0 where nothing says it
	looks       *looks   // what files say of their images; nil for others
	texts       textRows // texts as they are; nil for others
	encoding    *textcode.Encoding
	table       *tableFacts // what tables show beside their rows; nil for others
	// confidential says that samples are shown nowhere.
	confidential bool
}

// part is a split's name.
type part = datafile.Part

const (
	undecided = datafile.Undecided
	inTrain   = datafile.Training
	inVal     = datafile.Validation
	inTest    = datafile.Testing
)

// nowhere is the part of rows that no split uses, by a limit for example.
const nowhere = inTest + 1

func (s *store) rows() int { return len(s.id) }

// size is the number of elements of one sample.
func (s *store) size() int {
	n := 1
	for _, d := range s.shape {
		n *= d
	}
	return n
}

// append adds the rows of t, saying which split they are for where t itself
// does not.
func (s *store) append(t *store, p part) {
	for i := range t.part {
		if t.part[i] == undecided {
			t.part[i] = p
		}
	}
	s.shape, s.features, s.targetNames, s.codebooks, s.offset = t.shape, t.features, t.targetNames, t.codebooks, t.offset
	s.rate, s.looks, s.encoding = t.rate, t.looks, t.encoding
	s.texts = after(s.texts, t.texts)
	if t.table != nil {
		s.table = t.table
	}
	switch {
	case s.rows() == 0:
		s.pixels, s.values, s.depth = t.pixels, t.values, t.depth
	case t.rows() == 0:
	case s.depth != t.depth: // bytes and 16 bits
		s.values, s.pixels, s.depth = numberChain{widened(s), widened(t)}, nil, imagefile.Uint16
	case t.pixels != nil:
		s.pixels = byteChain{s.pixels, t.pixels}
	default:
		s.values = numberChain{s.values, t.values}
	}
	s.class = after(s.class, t.class)
	s.target = after(s.target, t.target)
	s.group = after(s.group, t.group)
	s.time = after(s.time, t.time)
	s.member = after(s.member, t.member)
	s.origin = s.origin.join(t.origin)
	s.part = after(s.part, t.part)
	s.id = after(s.id, t.id)
	s.span = after(s.span, t.span)
}

// after is one list after another, which is not copied where it is the only one.
func after[T any](list, more []T) []T {
	if len(list) == 0 {
		return more
	}
	return append(list, more...)
}
