package versioned

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"sync"

	"github.com/sharewise/sharewise/analysis/filelimit"
)

// Moment orders what this process has read. The zero value is its beginning.
type Moment uint64

// reads remembers what files were as [ReadFile] read them, by absolute path. Whoever vouches for
// what was made of a file hashes it, which is a read of its own: a file system that other
// machines write to may have given another content for the one than for the other.
var reads struct {
	sync.Mutex
	now    Moment
	byPath map[string][]content
}

// content is what a file was in one read or more.
type content struct {
	sha256 string
	last   Moment
}

// Now is the moment after all that was read before.
func Now() Moment {
	reads.Lock()
	defer reads.Unlock()
	return reads.now
}

// ReadSince lists the SHA-256, in hexadecimal, of what [ReadFile] read from a file since a moment,
// each once.
func ReadSince(m Moment, path string) []string {
	reads.Lock()
	defer reads.Unlock()
	var out []string
	for _, c := range reads.byPath[filelimit.Absolute(path)] {
		if c.last > m {
			out = append(out, c.sha256)
		}
	}
	return out
}

// ReadFile reads a file of a study's folder whole, and remembers what it was, see [ReadSince].
func ReadFile(path string) ([]byte, error) {
	data, err := filelimit.ReadFile(path, filelimit.State)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(data)
	remember(filelimit.Absolute(path), hex.EncodeToString(sum[:]))
	return data, nil
}

// remembered is how many contents of one file are kept.
const remembered = 8

func remember(path, sum string) {
	reads.Lock()
	defer reads.Unlock()
	if reads.byPath == nil {
		reads.byPath = map[string][]content{}
	}
	reads.now++
	known := slices.DeleteFunc(reads.byPath[path], func(c content) bool { return c.sha256 == sum })
	known = append(known, content{sum, reads.now})
	reads.byPath[path] = known[max(0, len(known)-remembered):]
}
