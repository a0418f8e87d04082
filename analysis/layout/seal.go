package layout

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"time"

	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/filelimit"
)

// Seal remembers of files what the file system says of them, as an index of git's does,
// so that nobody need read them to know that they are what they were: sizes, times and
// numbers of files, and those of the folders that they lie in, to which no others were added
// then. It is doubted wherever any of that differs.
type Seal struct {
	// Files were read; Texts are what else the result depends on, see SealOf.
	Files  []string `json:"files"`
	SHA256 string   `json:"sha256"`
}

// SealOf makes a seal of files, which are sorted, with texts that must be the same too. began is
// when the first of the files began to be read. It reports false where a file is missing, or
// was written so late that a change since might not show.
func SealOf(files []string, began time.Time, texts ...string) (*Seal, bool) {
	s := &Seal{Files: slices.Compact(slices.Sorted(slices.Values(files)))}
	sum, latest, err := s.sum(texts)
	if err != nil || began.Sub(latest) <= Coarse {
		return nil, false
	}
	s.SHA256 = sum
	return s, true
}

// Holds reports whether all is as it was.
func (s *Seal) Holds(texts ...string) bool {
	sum, _, err := s.sum(texts)
	return err == nil && s.SHA256 != "" && sum == s.SHA256
}

// sum hashes texts and what the file system says of files and their folders, and gives the
// latest time of any of them.
func (s *Seal) sum(texts []string) (sum string, latest time.Time, err error) {
	h := sha256.New()
	for _, t := range texts {
		fmt.Fprintf(h, "%d %s\n", len(t), t)
	}
	folders := map[string]bool{}
	for _, name := range s.Files {
		for _, name := range []string{name, filepath.Dir(name)} {
			if folders[name] {
				continue
			}
			info, err := os.Stat(name)
			if err != nil {
				return "", latest, err
			}
			folders[name] = info.IsDir()
			if info.ModTime().After(latest) {
				latest = info.ModTime()
			}
			describeFile(h, name, info)
		}
	}
	return hex.EncodeToString(h.Sum(nil)), latest, nil
}

// Looks is what the file system says of files now, for the texts of a seal: of results, of
// which it does not matter when they were written. It is empty where one is missing.
func Looks(files []string) string {
	h := sha256.New()
	for _, name := range files {
		info, err := os.Stat(name)
		if err != nil {
			return ""
		}
		describeFile(h, name, info)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// describeFile writes what tells a file from what it was before it was changed or another took its
// place: besides size and time its number and when it was last changed in any way, where
// the system has these.
func describeFile(h hash.Hash, name string, info fs.FileInfo) {
	fmt.Fprintf(h, "%q %d %d %v", name, info.Size(), info.ModTime().UnixNano(), info.Mode())
	if v := reflect.Indirect(reflect.ValueOf(info.Sys())); v.IsValid() && v.Kind() == reflect.Struct {
		for _, field := range []string{"Dev", "Ino", "Ctim", "Ctimespec"} {
			if f := v.FieldByName(field); f.IsValid() {
				fmt.Fprintf(h, " %v", f)
			}
		}
	}
	fmt.Fprintln(h)
}

// WriteSeal writes a seal into a file.
func WriteSeal(file string, s *Seal) error {
	data, err := json.Marshal(s)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	return atomicfile.WriteBytes(file, data)
}

// ReadSeal reads one; nil if there is none, or it is damaged.
func ReadSeal(file string) *Seal {
	data, err := filelimit.ReadFile(file, filelimit.State)
	s := new(Seal)
	if err != nil || json.Unmarshal(data, s) != nil {
		return nil
	}
	return s
}
