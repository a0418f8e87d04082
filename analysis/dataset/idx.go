package dataset

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/imagefile"
	"github.com/sharewise/sharewise/analysis/study"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// idxReader reads IDX files.
type idxReader struct{ *source }

// read reads a file of images and one of labels. The format is that of
// MNIST: two zero bytes, a byte for the type of the elements, a byte for the
// rank, a big-endian uint32 for each dimension, the elements.
func (r *idxReader) read(f study.Files) (*store, error) {
	labels, err := r.idxLabels(f.Labels)
	if err != nil {
		return nil, err
	}
	st, err := r.idxImages(f.Images, len(labels), f.Labels)
	if err != nil {
		return nil, err
	}
	st.class = labels
	return st, nil
}

// idxLabels reads class numbers as the names of classes.
func (r *idxReader) idxLabels(path string) ([]string, error) {
	f, err := r.openFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	kind, dims, err := datafile.IDXHeader(f)
	if err != nil {
		return nil, err
	}
	width, ok := datafile.IDXSizes[kind]
	switch {
	case len(dims) == 3 || len(dims) == 4:
		return nil, &Error{File: path, Reason: fmt.Sprintf("holds images of shape %v, not labels; are images and labels swapped?", dims[1:])}
	case !ok || len(dims) != 1:
		return nil, &Error{File: path, Reason: fmt.Sprintf("labels have type 0x%02x and %d dimensions; whole numbers in one dimension are read", kind, len(dims))}
	}
	if err := r.idxFits(f, "labels", dims, width); err != nil {
		return nil, err
	}
	names := map[int32]string{}
	out := make([]string, 0, stated(f, dims[0]))
	buf := make([]byte, width)
	for i := range dims[0] {
		if _, err := io.ReadFull(f, buf); err != nil {
			return nil, truncated(f, i, dims[0], "labels", err)
		}
		var v int32
		switch kind {
		case 0x08:
			v = int32(buf[0])
		case 0x09:
			v = int32(int8(buf[0]))
		case 0x0B:
			v = int32(int16(binary.BigEndian.Uint16(buf)))
		default:
			v = int32(binary.BigEndian.Uint32(buf))
		}
		name, ok := names[v]
		if !ok {
			name = strconv.Itoa(int(v))
			names[v] = name
		}
		out = append(out, name)
	}
	return out, r.idxEnd(f, dims[0], "labels")
}

// idxImages reads images and brings them to the study's shape. There must be
// as many as labels.
func (r *idxReader) idxImages(path string, labels int, labelPath string) (*store, error) {
	f, err := r.openFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	kind, dims, err := datafile.IDXHeader(f)
	if err != nil {
		return nil, err
	}
	if len(dims) < 3 {
		return nil, &Error{File: path, Reason: fmt.Sprintf("%d dimensions, images have 3 or 4; are images and labels swapped?", len(dims))}
	}
	if kind != 0x08 {
		return nil, &Error{File: path, Reason: fmt.Sprintf("elements have type 0x%02x; images of bytes (0x08) are read", kind)}
	}
	if dims[0] != labels {
		return nil, &Error{File: path, Reason: fmt.Sprintf("%d images, and %s has %d labels", dims[0], labelPath, labels)}
	}
	frame, err := datafile.FrameOf(dims)
	if err != nil {
		return nil, &Error{File: path, Reason: err.Error()}
	}
	if err := r.idxFits(f, "images", dims, 1); err != nil {
		return nil, err
	}
	sh, err := r.newShaper()
	if err != nil {
		return nil, err
	}
	st := &store{shape: sh.shape()}
	st.id = make([]int64, 0, stated(f, dims[0]))
	pixels := newSpool[byte](st.size(), r.budget)
	var image []byte
	buf := make([]byte, frame.Height*frame.Width*frame.Channels)
	for i := range dims[0] {
		if _, err := io.ReadFull(f, buf); err != nil {
			return nil, truncated(f, i, dims[0], "images", err)
		}
		if image, _, err = sh.appendImage(image[:0], frame.Image(buf), asStored); err != nil {
			// All images of the file have this size: no use in counting them.
			return nil, &Error{File: path, Reason: err.Error()}
		}
		if err := pixels.add(image); err != nil {
			return nil, err
		}
		st.id = append(st.id, int64(i))
		if i%1024 == 0 && r.ctx.Err() != nil {
			return nil, r.ctx.Err()
		}
	}
	st.part = make([]part, st.rows())
	kept, err := pixels.finish()
	if err != nil {
		return nil, err
	}
	st.pixels, st.depth = byteImages{kept}, imagefile.Uint8
	return st, r.idxEnd(f, dims[0], "images")
}

// stated is how many items to make room for at once: those that the header states where
// the length of the file bears that out, and none for a packed file, whose length nothing
// says before it is read.
func stated(f *datafile.File, items int) int {
	if _, known := f.Size(); known {
		return items
	}
	return 0
}

// idxFits compares what a header states with the length of the file, where that is
// not packed, and with the limits.
func (r *idxReader) idxFits(f *datafile.File, what string, dims []int, width int) error {
	if err := r.study.Limits.Check(filelimit.Rows, int64(dims[0]), fmt.Sprintf("the header states %d %s", dims[0], what)); err != nil {
		return &Error{File: f.Path, Reason: err.Error()}
	}
	item := float64(width) // bytes
	for _, d := range dims[1:] {
		item *= float64(d)
	}
	head := int64(4 + 4*len(dims))
	if size, known := f.Size(); known && float64(size-head) < item*float64(dims[0]) {
		return truncated(f, int(float64(size-head)/item), dims[0], what, io.ErrUnexpectedEOF)
	}
	return nil
}

func truncated(f *datafile.File, got, want int, what string, err error) error {
	e := f.Broken(err)
	if x := new(Error); errors.As(e, &x) {
		x.Reason += fmt.Sprintf(" (after %d of %d %s)", got, want, what)
	}
	return e
}

// idxEnd makes sure that nothing follows.
func (r *idxReader) idxEnd(f *datafile.File, n int, what string) error {
	var one [1]byte
	switch _, err := io.ReadFull(f, one[:]); {
	case errors.Is(err, io.EOF):
		return r.finish(f)
	case err == nil:
		return &Error{File: f.Path, Reason: fmt.Sprintf("more bytes follow than the %d %s that its header states", n, what)}
	default:
		return f.Broken(err)
	}
}
