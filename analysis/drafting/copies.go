package drafting

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"

	"github.com/sharewise/sharewise/analysis/filelimit"
)

// copyName is what file managers and browsers call the copy of a file.
var copyName = regexp.MustCompile(`(?i)^(.+?)(?: ?\([0-9]+\)|(?: -)? copy(?: ?\(?[0-9]+\)?)?| - kopie(?: ?\([0-9]+\))?| - コピー(?: ?\([0-9]+\))?| ?のコピー)$`)

// withoutCopies leaves out files that are called copies of one beside them and have its bytes.
func (s *scanner) withoutCopies(dir string, names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		ending := path.Ext(name)
		m := copyName.FindStringSubmatch(name[:len(name)-len(ending)])
		if m == nil || !slices.Contains(names, m[1]+ending) || !s.sameBytes(filepath.Join(dir, name), filepath.Join(dir, m[1]+ending)) {
			return false
		}
		s.pass(filepath.Join(dir, name), "a copy of %s", m[1]+ending)
		return true
	})
}

// sameBytes reports whether two files are the same, byte by byte.
func (s *scanner) sameBytes(a, b string) bool {
	var files [2]*os.File
	var sizes [2]int64
	for i, p := range []string{a, b} {
		f, err := filelimit.Open(p)
		if err != nil {
			s.heed(err)
			return false
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			s.heed(err)
			return false
		}
		files[i], sizes[i] = f, info.Size()
	}
	if sizes[0] != sizes[1] {
		return false
	}
	var parts [2][1 << 15]byte
	for {
		var n [2]int
		var errs [2]error
		for i, f := range files {
			n[i], errs[i] = io.ReadFull(f, parts[i][:])
		}
		if !bytes.Equal(parts[0][:n[0]], parts[1][:n[1]]) {
			return false
		}
		for _, err := range errs {
			switch {
			case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
				return true
			case err != nil:
				s.heed(err)
				return false
			}
		}
	}
}
