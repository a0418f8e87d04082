package dataset

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"slices"

	"github.com/sharewise/sharewise/analysis/imagefile"
	"github.com/sharewise/sharewise/analysis/study"
)

// Samples are data that a program holds, instead of files. [FromMemory] hands
// them to [OpenAll] for domains of format [study.InMemory]. From there they go the
// way of arrays in files, and equal contents have equal identities.
//
// Inputs are not copied, and must not change as long as the domain is used.
type Samples struct {
	// Shape is that of one sample: [features], [channels, window] or [channels,
	// height, width]. Nil: as many features as the first row of X has.
	Shape []int
	// X are the inputs, a row for each sample: the numbers of Shape, the last
	// dimension fastest. NaN and infinity make a bad sample.
	X [][]float32
	// Pixels, where given, stand in for X: pictures of bytes, of Shape [1 or 3,
	// height, width].
	Pixels [][]byte
	// Labels are the classes, for tasks of kind classification and binary.
	Labels []string
	// Targets are the numbers to predict, a row for each sample, for regression;
	// or labels that are each 0 or 1, for multilabel.
	Targets [][]float64
	// TargetNames call the targets. Nil: target, or target1, target2 and so on.
	TargetNames []string
	// Groups must not be torn apart between training and test: where they are
	// given, and split.by does not say otherwise, samples are split by group.
	Groups []string
	// Names are what samples are called beside their numbers; may be nil.
	Names []string
	// Features are names of the inputs of samples of one dimension; may be nil.
	Features []string
}

// FromMemory hands over samples by their names: for each domain of format
// [study.InMemory] those that its data, and its validation and test data where
// these are given, name as path. Without a path they are called as the domain
// is, and DOMAIN validation and DOMAIN test.
func FromMemory(samples map[string]*Samples) Option {
	return func(o *options) { o.samples = samples }
}

// len is the number of samples.
func (s *Samples) len() int { return max(len(s.X), len(s.Pixels)) }

// heldRows are inputs of samples in memory.
type heldRows struct {
	row [][]float32
}

func (h *heldRows) count() int                  { return len(h.row) }
func (h *heldRows) read(row int, dst []float32) { copy(dst, h.row[row]) }

// heldPixels are pictures in memory.
type heldPixels struct {
	row [][]byte
}

func (h *heldPixels) count() int           { return len(h.row) }
func (h *heldPixels) bytes(row int) []byte { return h.row[row] }

// samplesReader takes samples that the program holds.
type samplesReader struct{ *source }

// read takes samples that the program holds.
func (r *samplesReader) read(f study.Files) (*store, error) {
	s, err := r.held(f.Path)
	if err != nil {
		return nil, err
	}
	c := &sampleChecker{samplesReader: r, Samples: s, name: f.Path, shape: s.Shape}
	if err := c.check(); err != nil {
		return nil, err
	}
	if !r.first {
		first, err := r.held(r.d.Files.Path)
		if err != nil {
			return nil, err
		}
		if err := c.like(first); err != nil {
			return nil, err
		}
	}
	if s.Groups != nil && r.d.Split.By == "" {
		r.d.Split.By = study.ByGroup
	}
	st := &store{shape: c.shape, features: s.Features, targetNames: c.targetNames()}
	rows, pixels := new(heldRows), new(heldPixels)
	for i := range s.len() {
		if i%1024 == 0 && r.ctx.Err() != nil {
			return nil, r.ctx.Err()
		}
		if e := c.fault(i); e != nil {
			r.bin.add(e)
			continue
		}
		st.id = append(st.id, int64(i))
		if s.Pixels != nil {
			pixels.row = append(pixels.row, s.Pixels[i])
		} else {
			rows.row = append(rows.row, s.X[i])
		}
		if s.Labels != nil {
			st.class = append(st.class, r.intern(s.Labels[i]))
		} else {
			st.target = append(st.target, s.Targets[i]...)
		}
		if s.Groups != nil {
			st.group = append(st.group, r.intern(s.Groups[i]))
		}
		if s.Names != nil {
			st.member = append(st.member, s.Names[i])
		}
	}
	if s.Pixels != nil {
		st.pixels, st.depth = pixels, imagefile.Uint8
	} else {
		st.values = rows
	}
	st.part = make([]part, st.rows())
	r.sources = append(r.sources, Source{Path: f.Path, SHA256: s.digest(c.shape)})
	return st, nil
}

// held finds samples by their name.
func (r *samplesReader) held(name string) (*Samples, error) {
	if s := r.samples[name]; s != nil {
		return s, nil
	}
	if len(r.samples) == 0 {
		return nil, &Error{File: name, Reason: "the program handed over no samples; dataset.FromMemory and project.Options take them"}
	}
	names := make([]string, 0, len(r.samples))
	for n := range r.samples {
		names = append(names, n)
	}
	slices.Sort(names)
	return nil, &Error{File: name, Reason: "the program handed over no samples of this name" + study.DidYouMean(name, names)}
}

// digest is the SHA-256 of all that samples hold.
func (s *Samples) digest(shape []int) string {
	h := sha256.New()
	fmt.Fprintf(h, "sharewise samples 1 %v %d %q %q %q %q %q\n", shape, s.len(), s.Features, s.TargetNames, s.Labels, s.Groups, s.Names)
	var buf []byte
	for _, row := range s.X {
		h.Write(appendFloats(buf[:0], row))
	}
	for _, row := range s.Pixels {
		h.Write(row)
	}
	for _, row := range s.Targets {
		for _, v := range row {
			buf = binary.LittleEndian.AppendUint64(buf[:0], math.Float64bits(v))
			h.Write(buf)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}
