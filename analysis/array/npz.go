package array

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"strings"

	"github.com/sharewise/sharewise/analysis/filelimit"
)

// maxMembers bounds the arrays of a file.
const maxMembers = 1 << 16

// Unpack reads size bytes and keeps them where there is room.
type Unpack func(r io.Reader, size int64) ([]byte, error)

// inMemory is the Unpack that a caller has who states none.
func inMemory(r io.Reader, size int64) ([]byte, error) {
	out := make([]byte, size)
	_, err := io.ReadFull(r, out)
	return out, err
}

// NPZ reads the arrays of an NPZ file, which is a ZIP archive of NPY files, in
// the order of the archive, within the limits of the process. Stored members are
// views; deflated ones are unpacked into memory when want reports true for their
// names. want nil takes all.
func NPZ(data []byte, want func(name string) bool) ([]*Array, error) {
	return NPZWithin(data, want, filelimit.Limits{}, inMemory)
}

// NPZWithin is [NPZ] with limits and a place for unpacked members.
func NPZWithin(data []byte, want func(name string) bool, l filelimit.Limits, unpack Unpack) ([]*Array, error) {
	members, err := members(data)
	if err != nil {
		return nil, err
	}
	var out []*Array
	for _, m := range members {
		name := strings.TrimSuffix(m.Name, ".npy")
		if want != nil && !want(name) {
			continue
		}
		content, err := content(data, m, l, unpack)
		if err != nil {
			return nil, &Error{Array: name, Reason: err.Error()}
		}
		a, err := readNPY(name, content)
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}

// Names lists the arrays of an NPZ file in the order of the archive.
func Names(data []byte) ([]string, error) {
	members, err := members(data)
	if err != nil {
		return nil, err
	}
	out := make([]string, len(members))
	for i, m := range members {
		out[i] = strings.TrimSuffix(m.Name, ".npy")
	}
	return out, nil
}

func members(data []byte) ([]*zip.File, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // nothing is written anywhere
		return nil, &Error{Reason: "not an NPZ file: " + err.Error()}
	}
	if len(z.File) > maxMembers {
		return nil, &Error{Reason: fmt.Sprintf("%d arrays; %d are the most", len(z.File), maxMembers)}
	}
	seen := map[string]bool{}
	for _, m := range z.File {
		if seen[m.Name] {
			return nil, &Error{Array: m.Name, Reason: "the archive has two members of this name"}
		}
		seen[m.Name] = true
	}
	return z.File, nil
}

// content returns the bytes of a member. What is deflated shrinks by at most
// about 1032 to 1, so that a small file cannot ask for much memory.
func content(data []byte, m *zip.File, l filelimit.Limits, unpack Unpack) ([]byte, error) {
	const deflation = 1032
	size := m.UncompressedSize64
	if m.Method == zip.Store {
		start, err := m.DataOffset()
		if err != nil {
			return nil, fmt.Errorf("damaged archive: %w", err)
		}
		if n := uint64(len(data)) - uint64(start); m.CompressedSize64 != size || uint64(start) > uint64(len(data)) || size > n {
			return nil, fmt.Errorf("damaged archive: a member of %d bytes at byte %d of %d", size, start, len(data))
		}
		out := data[start : uint64(start)+size]
		if crc32.ChecksumIEEE(out) != m.CRC32 {
			return nil, fmt.Errorf("damaged archive: %w", zip.ErrChecksum)
		}
		return out, nil
	}
	if m.CompressedSize64 > uint64(len(data)) || size > (m.CompressedSize64+1)*deflation {
		return nil, fmt.Errorf("damaged archive: %d bytes cannot come out of %d", size, m.CompressedSize64)
	}
	if err := l.Check(filelimit.Unpacked, int64(min(size, math.MaxInt64)), fmt.Sprintf("the array becomes %d bytes when it is unpacked", size)); err != nil {
		return nil, err
	}
	r, err := m.Open()
	if err != nil {
		return nil, fmt.Errorf("damaged archive: %w", err)
	}
	defer r.Close()
	out, err := unpack(r, int64(size))
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, errors.New("damaged archive: a member ends too early")
	case errors.As(err, new(flate.CorruptInputError)):
		return nil, errors.New("damaged archive: a member cannot be unpacked")
	case err != nil:
		return nil, err
	}
	if _, err := r.Read(make([]byte, 1)); !errors.Is(err, io.EOF) { // at the end the checksum is compared
		return nil, fmt.Errorf("damaged archive: its checksum or size is wrong")
	}
	return out, nil
}
