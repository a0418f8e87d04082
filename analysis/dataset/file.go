package dataset

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"

	"github.com/sharewise/sharewise/analysis/filekind"
)

// file is an opened source, unpacked where it is gzip, hashed as it is read.
type file struct {
	io.Reader
	path   string // as the study has it
	os     *os.File
	raw    io.Reader
	hash   hash.Hash
	packed bool
	head   []byte // of the content, unpacked: filekind.HeadBytes of it or all
}

// openFile opens a source by the path that the study has. Gzip is told by the
// first bytes, not by the name.
func (o *opener) openFile(path string) (*file, error) {
	f, err := os.Open(o.study.Path(path))
	if err != nil {
		return nil, missingFile(path, err)
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		f.Close()
		return nil, &Error{File: path, Reason: "a folder, where a file must stand"}
	}
	out := &file{path: path, os: f, hash: sha256.New()}
	in := bufio.NewReaderSize(io.TeeReader(f, out.hash), 1<<16)
	out.raw, out.Reader = in, in
	out.head = out.peek(in)
	if bytes.HasPrefix(out.head, []byte("\x1f\x8b")) {
		z, err := gzip.NewReader(in)
		if err != nil {
			f.Close()
			return nil, &Error{File: path, Reason: "damaged gzip file: " + err.Error()}
		}
		unpacked := bufio.NewReaderSize(z, 1<<16)
		out.packed, out.Reader = true, unpacked
		out.head = out.peek(unpacked)
	}
	if filekind.IsLFS(out.head) {
		f.Close()
		return nil, out.foreign()
	}
	return out, nil
}

// peek returns the beginning of what a reader has. What is wrong with it shows
// when it is read.
func (f *file) peek(r *bufio.Reader) []byte {
	head, _ := r.Peek(filekind.HeadBytes)
	return bytes.Clone(head)
}

// foreign is the error about a file of another kind than is read, nil where its
// kind is not known.
func (f *file) foreign() error { return foreign(f.path, f.head) }

func foreign(path string, head []byte) error {
	if what := filekind.Of(head); what != "" {
		return &Error{File: path, Reason: "is " + what}
	}
	return nil
}

// text is the error about a file that is no text.
func (f *file) text() error {
	if err := f.foreign(); err != nil {
		return err
	}
	if !filekind.IsText(f.head) {
		return &Error{File: f.path, Reason: "is not text: it holds bytes that no text has"}
	}
	return nil
}

// missingFile says what to do about a file that cannot be opened.
func missingFile(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return &Error{File: path, Reason: "no such file; relative paths start in the folder of the study file"}
	}
	return fmt.Errorf("dataset: %w", err)
}

// broken explains an error of reading.
func (f *file) broken(err error) error {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF):
		return &Error{File: f.path, Reason: "the file ends too early; it is truncated"}
	case errors.Is(err, gzip.ErrChecksum) || errors.Is(err, gzip.ErrHeader):
		return &Error{File: f.path, Reason: "damaged gzip file: " + err.Error()}
	case f.packed:
		return &Error{File: f.path, Reason: "damaged gzip file: " + err.Error()}
	}
	return fmt.Errorf("dataset: read %s: %w", f.path, err)
}

// finish reads to the end, which checks the checksum of gzip, records the
// source and closes it.
func (o *opener) finish(f *file) error {
	defer f.os.Close()
	if _, err := io.Copy(io.Discard, f.Reader); err != nil {
		return f.broken(err)
	}
	if _, err := io.Copy(io.Discard, f.raw); err != nil {
		return f.broken(err)
	}
	o.sources = append(o.sources, Source{Path: f.path, SHA256: hex.EncodeToString(f.hash.Sum(nil))})
	return nil
}
