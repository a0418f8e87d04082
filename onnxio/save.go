package onnxio

import (
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"

	"google.golang.org/protobuf/proto"

	"github.com/sharewise/sharewise/analysis/atomicfile"
)

// Save writes m to one file that stands for itself: external data that Load
// read are written inside.
func Save(path string, m *Model) error { return SaveOptions{}.Save(path, m) }

// SaveOptions are the ways to write a model. The zero value writes one file.
type SaveOptions struct {
	// ExternalData is the name of a second file, in the same folder, for the
	// elements of large tensors. Models beyond 2 GiB need it.
	ExternalData string
	// Threshold is the size in bytes from which on a tensor goes to
	// ExternalData; 0 means 1024.
	Threshold int
}

const defaultThreshold = 1024

// externalAlign is the alignment of tensors in external data: a page, so that
// a reader may map them.
const externalAlign = 4096

// Save writes m. Files are written under temporary names and renamed, the
// model last: whoever finds it finds its data too.
func (o SaveOptions) Save(path string, m *Model) error {
	if err := o.save(path, m); err != nil {
		return fmt.Errorf("save %s: %w", path, err)
	}
	return nil
}

func (o SaveOptions) save(path string, m *Model) error {
	for t, where := range m.tensors() {
		if t.IsExternal() {
			return &ValueError{where, t.Name, fmt.Errorf("%w were not read; open the model with Load", ErrExternalData)}
		}
	}
	if o.ExternalData == "" {
		data, err := m.Marshal()
		if errors.Is(err, ErrTooLarge) {
			return fmt.Errorf("%w; set SaveOptions.ExternalData", err)
		}
		if err != nil {
			return err
		}
		return atomicfile.OutputBytes(path, data)
	}
	if filepath.Base(o.ExternalData) != o.ExternalData || checkLocation(o.ExternalData) != nil || o.ExternalData == filepath.Base(path) {
		return fmt.Errorf("%w: %q must be the name of another file in the same folder", ErrExternalData, o.ExternalData)
	}
	slim, large, err := o.split(m)
	if err != nil {
		return err
	}
	data, err := slim.Marshal()
	if err != nil {
		return err
	}
	external := filepath.Join(filepath.Dir(path), o.ExternalData)
	if err := atomicfile.Output(external, func(w io.Writer) error { return writeAligned(w, large) }); err != nil {
		return err
	}
	return atomicfile.OutputBytes(path, data)
}

// split returns a copy of m in which large initializers refer to external
// data, and those tensors in the order in which their data go there. Only
// initializers of the main graph go out: they are where the bytes are, and not
// every runtime looks elsewhere.
func (o SaveOptions) split(m *Model) (slim *Model, large []*Tensor, err error) {
	threshold := o.Threshold
	if threshold == 0 {
		threshold = defaultThreshold
	}
	slim = m.Clone()
	if slim.Graph == nil {
		return slim, nil, nil
	}
	offset := int64(0)
	for i, t := range m.Graph.Initializers {
		if t.Type == String || len(t.Data) < threshold {
			continue
		}
		offset = alignUp(offset)
		if err := slim.Graph.Initializers[i].SetExternal(o.ExternalData, offset, int64(len(t.Data))); err != nil {
			return nil, nil, err
		}
		large = append(large, t)
		offset += int64(len(t.Data))
	}
	return slim, large, nil
}

func alignUp(offset int64) int64 { return ceilDiv(offset, externalAlign) * externalAlign }

func writeAligned(w io.Writer, tensors []*Tensor) error {
	offset := int64(0)
	zeros := make([]byte, externalAlign)
	for _, t := range tensors {
		if _, err := w.Write(zeros[:alignUp(offset)-offset]); err != nil {
			return err
		}
		if _, err := w.Write(t.Data); err != nil {
			return err
		}
		offset = alignUp(offset) + int64(len(t.Data))
	}
	return nil
}

// Marshal encodes m. Equal models give equal bytes. Tensors with external data
// that were not read are written as the references they are.
func (m *Model) Marshal() ([]byte, error) {
	p := encodeModel(m)
	if size := proto.Size(p); size > math.MaxInt32 {
		return nil, fmt.Errorf("marshal: %w: it takes %d bytes", ErrTooLarge, size)
	}
	data, err := proto.MarshalOptions{Deterministic: true}.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("marshal: %w", err)
	}
	return data, nil
}
