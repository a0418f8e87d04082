package drafting

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sharewise/sharewise/analysis/filekind"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/imagefile"
	"github.com/sharewise/sharewise/analysis/study"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// passedFile is a file or folder that a scan made nothing of.
type passedFile struct{ name, reason string }

// unknownKind is the reason for files that nobody could take for data.
const unknownKind = "no data of a kind that is read"

// pass notes that a scan makes nothing of a file or folder.
func (s *scanner) pass(p, format string, args ...any) {
	s.passed = append(s.passed, passedFile{s.below(p), fmt.Sprintf(format, args...)})
}

// passUnknown notes a file that is no data of any form.
func (s *scanner) passUnknown(p string) {
	reason := unknownKind
	switch ending := strings.ToLower(filepath.Ext(p)); {
	case slices.Contains(datafile.ImageEndings, ending):
		reason = "images outside class folders, which no table lists"
	case isSamples(p):
		reason = cmp.Or(s.unheard(p), "recordings whose class nothing says: no folder, no table, and no word such as ok or worn in their names")
	default:
		reason = cmp.Or(s.oddFile(p), reason)
	}
	s.pass(p, "%s", reason)
}

// unheard says why a file that is called as recordings are is none, "" where it is one.
func (s *scanner) unheard(p string) string {
	if study.SampleType(p) != study.WAV {
		return ""
	}
	f, err := datafile.Open(p, p)
	if err != nil {
		return s.unreadable(err)
	}
	defer f.Close()
	if _, err := datafile.WAVHeader(f); err != nil {
		return cmp.Or(s.oddFile(p), s.unreadable(err))
	}
	return ""
}

// heed remembers an error of the system, such as a disk that fails: it tells nothing of what was
// read, and ends the scan. What is wrong with a file is left to the caller.
func (s *scanner) heed(err error) {
	if s.broken == nil && filelimit.SystemFault(err) != "" {
		s.broken = err
	}
}

// unreadable says why something cannot be read, and heeds the error.
func (s *scanner) unreadable(err error) string {
	s.heed(err)
	return datafile.Unreadable(err)
}

// unread is an error in the words of a note.
type unread struct{ cause error }

func (e unread) Error() string { return datafile.Unreadable(e.cause) }

func (e unread) Unwrap() error { return e.cause }

// oddFile says what kind of file it is that is no data of any form, "" where that
// cannot be told.
func (s *scanner) oddFile(p string) string {
	info, err := os.Stat(p)
	switch {
	case err != nil:
		return s.unreadable(err)
	case !info.Mode().IsRegular():
		return "no ordinary file"
	case info.Size() == 0:
		return "an empty file"
	}
	if kind := imagefile.Unread(p); kind != "" {
		return kind + ", which is not read; save it as PNG, TIFF or JPEG"
	}
	f, err := filelimit.Open(p)
	if err != nil {
		return s.unreadable(err)
	}
	defer f.Close()
	head, err := filekind.Head(f)
	if err != nil {
		return s.unreadable(err)
	}
	if datafile.IsParquet(p) && bytes.HasPrefix(head, []byte("PAR1")) {
		return "" // as its name says
	}
	return filekind.Of(head)
}

// passedOver lists what was passed over, a line for each reason.
func (s *scanner) passedOver() []string {
	var order []string
	files := map[string][]string{}
	for _, p := range s.passed {
		if files[p.reason] == nil {
			order = append(order, p.reason)
		}
		files[p.reason] = append(files[p.reason], p.name)
	}
	var out []string
	for _, reason := range order {
		out = append(out, fmt.Sprintf("passed over %s: %s", datafile.List(files[reason]), reason))
	}
	return out
}

// onlyText leaves out what has a path that no study file could name: its text is UTF-8.
func (s *scanner) onlyText() {
	s.finds = slices.DeleteFunc(s.finds, func(f *find) bool {
		for _, files := range []*study.Files{f.data, f.val, f.test} {
			if files == nil {
				continue
			}
			for _, p := range []string{files.Path, files.Images, files.Labels, files.Inputs, files.Targets, files.Groups, files.Index} {
				if !utf8.ValidString(p) {
					s.passed = append(s.passed, passedFile{s.relative(p), "a name that is not UTF-8, which no study file can name; rename it"})
					return true
				}
			}
		}
		return false
	})
}
