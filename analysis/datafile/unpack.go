package datafile

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"github.com/sharewise/sharewise/analysis/filelimit"
)

// unpack is the [array.Unpack] of a file.
func (f *ArrayFile) unpack(r io.Reader, size int64) ([]byte, error) {
	c, err := f.room.unpack(r, size)
	if err != nil {
		return nil, err
	}
	f.Content.unpacked = append(f.Content.unpacked, c)
	return c.Data, nil
}

// unpack reads size bytes into memory, or into a temporary file that is then mapped.
func (r Room) unpack(from io.Reader, size int64) (*Content, error) {
	if size == 0 {
		return &Content{}, nil
	}
	if r.take(size) {
		data := make([]byte, size)
		_, err := io.ReadFull(from, data)
		return &Content{Data: data}, err
	}
	c, n, err := mapCopy(io.LimitReader(from, size))
	if err == nil && n < size {
		err = io.ErrUnexpectedEOF
	}
	return c, err
}

// unpackAll reads a packed file to its end.
func (r Room) unpackAll(f *File) (*Content, error) {
	// How long it becomes is not known before; what is short stays in memory.
	const short = 1 << 20
	head, err := io.ReadAll(io.LimitReader(f, short))
	if err != nil {
		return nil, f.Broken(err)
	}
	if len(head) < short {
		return &Content{Data: head}, nil
	}
	most := r.Limits.Of(filelimit.Unpacked)
	c, size, err := mapCopy(io.MultiReader(bytes.NewReader(head), io.LimitReader(f, most)))
	if err != nil {
		return nil, f.Broken(err)
	}
	if err := r.Limits.Check(filelimit.Unpacked, size, fmt.Sprintf("the file becomes %d bytes or more when it is unpacked", size)); err != nil {
		return nil, &Error{File: f.Path, Reason: err.Error()}
	}
	return c, nil
}

// mapCopy copies what is read to a temporary file and maps that.
func mapCopy(from io.Reader) (*Content, int64, error) {
	f, err := Temporary(os.TempDir())
	if err != nil {
		return nil, 0, fmt.Errorf("a temporary file: %w", err)
	}
	defer f.Close() // a mapping outlives it
	n, err := io.Copy(f, from)
	if err != nil {
		return nil, n, err
	}
	c, err := Mapped(f, n)
	return c, n, err
}
