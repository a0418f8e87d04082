package datafile

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

	"github.com/sharewise/sharewise/analysis/delimited"
	"github.com/sharewise/sharewise/analysis/filekind"
	"github.com/sharewise/sharewise/analysis/filelimit"
)

// File is an opened source, unpacked where it is gzip, hashed as it is read.
type File struct {
	io.Reader
	Path   string // how messages call it
	os     *os.File
	raw    io.Reader
	hash   hash.Hash
	packed bool
	head   []byte // of the content, unpacked: filekind.HeadBytes of it or all
}

// Open opens a file; name is how messages call it. Gzip is told by the first
// bytes, not by the name.
func Open(name, path string) (*File, error) {
	f, err := filelimit.Open(path)
	if err != nil {
		return nil, MissingFile(name, err)
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		f.Close()
		return nil, &Error{File: name, Reason: "a folder, where a file must stand"}
	}
	out := &File{Path: name, os: f, hash: sha256.New()}
	in := bufio.NewReaderSize(io.TeeReader(f, out.hash), 1<<16)
	out.raw, out.Reader = in, in
	head, err := in.Peek(filekind.HeadBytes)
	if err != nil && !errors.Is(err, io.EOF) {
		f.Close()
		return nil, out.Broken(err)
	}
	out.head = bytes.Clone(head)
	if bytes.HasPrefix(out.head, []byte("\x1f\x8b")) {
		z, err := gzip.NewReader(in)
		if err != nil {
			f.Close()
			return nil, &Error{File: name, Reason: "damaged gzip file: " + err.Error()}
		}
		unpacked := bufio.NewReaderSize(z, 1<<16)
		out.packed, out.Reader = true, unpacked
		head, _ := unpacked.Peek(filekind.HeadBytes) // what is wrong with it shows when it is read
		out.head = bytes.Clone(head)
	}
	if filekind.IsLFS(out.head) {
		f.Close()
		return nil, out.foreign()
	}
	return out, nil
}

// foreign is [Foreign] for a file that is open.
func (f *File) foreign() error { return Foreign(f.Path, f.head) }

// Foreign is the error about a file of another kind than is read, told by how it
// begins; nil where its kind is not known.
func Foreign(path string, head []byte) error {
	if what := filekind.Of(head); what != "" {
		return &Error{File: path, Reason: "is " + what}
	}
	return nil
}

// Text is the error about a file that is no text.
func (f *File) Text() error {
	if err := f.foreign(); err != nil {
		return err
	}
	if !filekind.IsText(f.head) {
		return &Error{File: f.Path, Reason: "is not text: it holds bytes that no text has"}
	}
	return nil
}

// MissingFile says what to do about a file that cannot be opened.
func MissingFile(path string, err error) error {
	of := new(fs.PathError)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &Error{File: path, Reason: "no such file; relative paths start in the folder of the study file"}
	case errors.Is(err, filelimit.ErrKind) && errors.As(err, &of):
		return &Error{File: path, Reason: of.Err.Error()}
	}
	return fmt.Errorf("dataset: %w", err)
}

// Broken explains an error of reading.
func (f *File) Broken(err error) error {
	var (
		unknown *delimited.UnknownEncodingError
		long    *delimited.TooLongError
	)
	switch {
	case filelimit.SystemFault(err) != "": // of whatever it was found as
	case errors.As(err, &unknown):
		return &Error{File: f.Path, Reason: unknown.Error()}
	case errors.As(err, &long):
		// No Line, since that is how errors about one row are told.
		return &Error{File: f.Path, Member: fmt.Sprintf("line %d", long.Line), Reason: long.Err.Error()}
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF):
		return &Error{File: f.Path, Reason: "the file ends too early; it is truncated"}
	case errors.Is(err, gzip.ErrChecksum) || errors.Is(err, gzip.ErrHeader):
		return &Error{File: f.Path, Reason: "damaged gzip file: " + err.Error()}
	case f.packed:
		return &Error{File: f.Path, Reason: "damaged gzip file: " + err.Error()}
	}
	return fmt.Errorf("dataset: read %s: %w", f.Path, err)
}

// Finish reads to the end, which checks the checksum of gzip, closes the file and
// returns its SHA-256 in hexadecimal.
func (f *File) Finish() (sum string, err error) {
	defer f.os.Close()
	if _, err := io.Copy(io.Discard, f.Reader); err != nil {
		return "", f.Broken(err)
	}
	if _, err := io.Copy(io.Discard, f.raw); err != nil {
		return "", f.Broken(err)
	}
	return hex.EncodeToString(f.hash.Sum(nil)), nil
}

// Size is the length of the content, where it is not packed.
func (f *File) Size() (bytes int64, known bool) {
	info, err := f.os.Stat()
	if err != nil || f.packed {
		return 0, false
	}
	return info.Size(), true
}

// Close closes the file.
func (f *File) Close() error { return f.os.Close() }

// Stat says what the file is on disk.
func (f *File) Stat() (fs.FileInfo, error) { return f.os.Stat() }
