package dataset

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/datafile"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/wording"
)

// Samples of confidential domains are shown nowhere. What stands in for them:
//
//   - a name of a sample (a file in a folder, a recording): nothing, or in the place
//     of an error the beginning of the name's SHA-256; lines of tables have numbers;
//   - a group: its number, in the order in which groups first appear in the data. The
//     number says nothing of the name;
//   - a word of a column of words that no domain shows that is not confidential:
//     [WordDigest]. Models need to tell words apart, and whoever holds the data can
//     compute it. Who can list what a word might be can try them out;
//   - a value in an error or a note: nothing.
//
// Names of columns and of classes are no samples, and are shown.

// digestPrefix begins what stands for a word of a confidential domain.
const digestPrefix = "sha256:"

// WordDigest stands for a word of a confidential domain: the first 16 hexadecimal
// digits of the SHA-256 of the column's name, a zero byte and the word, after
// "sha256:".
func WordDigest(column, word string) string {
	sum := sha256.Sum256([]byte(column + "\x00" + word))
	return digestPrefix + hex.EncodeToString(sum[:8])
}

// SameWord reports whether two words of a column are the same, where one or both may
// be digests.
func SameWord(column, a, b string) bool {
	return a == b || WordDigest(column, a) == b || a == WordDigest(column, b)
}

// namedBy is what messages call a sample or a file whose name is withheld.
func namedBy(name string) string {
	sum := sha256.Sum256([]byte(name))
	return "a file (its name is withheld; the SHA-256 of the name begins with " + hex.EncodeToString(sum[:4]) + ")"
}

// declared reports whether a path stands in the study itself.
func (s *source) declared(path string) bool {
	for _, f := range []*study.Files{&s.d.Files, s.d.Test, s.d.Val} {
		if f != nil && slices.Contains([]string{f.Path, f.Images, f.Labels, f.Inputs, f.Targets, f.Groups, f.Index}, path) {
			return true
		}
	}
	return s.d.Series != nil && s.d.Series.Index != nil && s.d.Series.Index.Path == path
}

// withheld is an error about confidential data without names and values. Place, line
// and column are kept: whoever may see the data finds it.
func (s *source) withheld(e *Error) *Error {
	if !s.confidential {
		return e
	}
	out := *e
	if out.Value != "" {
		out.Value, out.Reason = "", out.Reason+" (the value is withheld)"
	}
	if out.File != "" && !s.declared(out.File) {
		out.File = namedBy(out.File)
	}
	if out.Member != "" {
		out.Member = namedBy(out.Member)
	}
	return &out
}

// confidentialError is any other error about confidential data. Its text is withheld,
// since libraries quote what they could not read.
type confidentialError struct {
	domain, what string
	err          error
}

func (e *confidentialError) Error() string {
	return fmt.Sprintf("domain %s: %s; details are withheld, since its samples are confidential", e.domain, e.what)
}

// Is lets callers tell errors apart without reading them.
func (e *confidentialError) Is(target error) bool { return errors.Is(e.err, target) }

// withholdError is err as messages may show it.
func (s *source) withholdError(err error) error {
	if !s.confidential || s.ctx.Err() != nil && errors.Is(err, s.ctx.Err()) {
		return err
	}
	var e *Error
	var b *BadSamples
	switch {
	case errors.As(err, &b):
		return b // its samples were withheld one by one
	case errors.As(err, &e):
		return s.withheld(e)
	}
	what := "its data cannot be read"
	var path *fs.PathError
	if errors.As(err, &path) {
		what = fmt.Sprintf("%s failed: %v", path.Op, path.Err)
		if s.declared(path.Path) {
			what = fmt.Sprintf("%s %s: %v", path.Op, path.Path, path.Err)
		}
	}
	return &confidentialError{s.d.Name, what, err}
}

// listed lists names of files, or of what else samples are called, for a note.
func (s *source) listed(names []string) string {
	if s.confidential {
		return "names are withheld"
	}
	return datafile.List(names)
}

// passed says which files were passed over, for a note.
func (s *source) passed(others *datafile.Passed) string {
	if s.confidential {
		return wording.Plural(others.Total(), "file")
	}
	return others.String()
}

// showing is a value for a note.
func (s *source) showing(value string) string {
	if s.confidential {
		return "the same"
	}
	return value
}

// withhold takes names and values of a confidential domain out of what is shown.
func (a *assembly) withhold() {
	if !a.confidential {
		return
	}
	st, d := a.store, a.domain
	d.Confidential, st.confidential = true, true
	number := map[string]string{}
	groups := slices.Clone(st.group)
	for i, g := range groups {
		if g == "" {
			continue
		}
		if _, known := number[g]; !known {
			number[g] = fmt.Sprintf("group %d", len(number)+1)
		}
		groups[i] = number[g]
	}
	a.notes = a.shown(a.notes, st)
	st.group = groups
	for i, src := range d.Sources {
		if !a.declared(src.Path) {
			d.Sources[i].Path = namedBy(src.Path)
		}
	}
}

// shown leaves out notes that name a sample, a group or a file, whoever wrote them.
func (a *assembly) shown(notes []string, st *store) []string {
	var secrets []string
	add := func(names []string) {
		for _, n := range names {
			if len(n) > 2 && !slices.Contains(secrets[max(0, len(secrets)-8):], n) {
				secrets = append(secrets, n)
			}
		}
	}
	add(st.member)
	add(st.group)
	for _, b := range st.codebooks {
		add(b.words)
	}
	for _, s := range a.domain.Sources {
		if !a.declared(s.Path) {
			add([]string{s.Path})
		}
	}
	return slices.DeleteFunc(slices.Clone(notes), func(note string) bool {
		return slices.ContainsFunc(secrets, func(s string) bool { return strings.Contains(note, s) })
	})
}
