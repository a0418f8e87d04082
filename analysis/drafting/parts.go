package drafting

import (
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/study"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// partWords are words in the names of files, folders and arrays that say which part of
// a domain they hold. They count only where there is another part of the domain.
var partWords = func() map[string]datafile.Part {
	words := maps.Clone(datafile.PartNames)
	maps.Copy(words, map[string]datafile.Part{"tr": datafile.Training, "te": datafile.Testing, "eval": datafile.Testing, "evaluation": datafile.Testing, "holdout": datafile.Testing, "crossval": datafile.Validation, "xval": datafile.Validation})
	return words
}()

// partWord is a word for each part.
var partWord = map[datafile.Part]string{datafile.Undecided: "", datafile.Training: "train", datafile.Validation: "val", datafile.Testing: "test"}

var nameSplit = regexp.MustCompile(`[-_. ]+`)

// partOf finds the part that a place names, in its last word that does, and the
// words of the place without it.
func partOf(at []string) (rest []string, p datafile.Part) {
	rest = slices.Clone(at)
	for i := len(at) - 1; i >= 0; i-- {
		var others []string
		for _, w := range nameSplit.Split(at[i], -1) {
			q := partWords[strings.ToLower(w)]
			if q != datafile.Undecided && p == datafile.Undecided {
				p = q
			}
			if q == datafile.Undecided || q != p {
				others = append(others, w)
			}
		}
		rest[i] = strings.Join(others, "-")
	}
	return rest, p
}

// placed returns the words of a file's or folder's place below the root.
func (s *scanner) placed(p string, folder bool) []string {
	rel := s.below(p)
	if rel == "." {
		return nil
	}
	at := strings.Split(rel, "/")
	if !folder {
		at[len(at)-1] = datafile.Stem(rel)
	}
	return at
}

// put stores where the data of a part is.
func (f *find) put(p datafile.Part, files study.Files) {
	switch p {
	case datafile.Testing:
		f.test = &files
	case datafile.Validation:
		f.val = &files
	default:
		f.data = &files
	}
}

// mergeParts makes one domain of finds whose places differ only in the part that
// they name, such as a_train.csv and a_test.csv, train/a and test/a.
func (s *scanner) mergeParts() {
	type group struct {
		rest  []string
		finds map[datafile.Part]*find
	}
	groups := map[string]*group{}
	var order []string
	keyOf := func(f *find, rest []string) string {
		return f.format + "\x00" + strings.ToLower(strings.Join(slices.DeleteFunc(slices.Clone(rest), func(w string) bool { return w == "" }), "/"))
	}
	for _, f := range s.finds {
		rest, p := partOf(f.at)
		key := keyOf(f, rest)
		g := groups[key]
		if g == nil {
			g = &group{rest: rest, finds: map[datafile.Part]*find{}}
			groups[key] = g
			order = append(order, key)
		}
		if g.finds[p] == nil && f.test == nil && f.val == nil {
			g.finds[p] = f
		}
	}
	for _, f := range s.finds {
		// All data beside their parts, as DOMAIN/full beside DOMAIN/train and DOMAIN/test.
		if n := len(f.at); n > 1 && isPlainWord(f.at[n-1]) {
			if g := groups[keyOf(f, f.at[:n-1])]; g != nil && g.finds[datafile.Training] != nil && g.finds[datafile.Undecided] == nil {
				g.finds[datafile.Undecided] = f
			}
		}
	}
	for _, key := range order {
		if g := groups[key]; len(g.finds) > 1 {
			s.merge(g.rest, g.finds)
		}
	}
}

// merge puts the parts of a domain into the first of them.
func (s *scanner) merge(rest []string, parts map[datafile.Part]*find) {
	first := parts[datafile.Training]
	switch whole := parts[datafile.Undecided]; {
	case first == nil:
		first = whole
	case whole != nil:
		s.drop(whole, "%s and others of its name are read", first.rel)
	}
	if first == nil {
		first = parts[datafile.Validation] // testing is there too, since there are two
		delete(parts, datafile.Validation)
		first.notes = append(first.notes, "validation data are for training, as there are no others")
	}
	first.at = rest
	for _, p := range []datafile.Part{datafile.Validation, datafile.Testing} {
		f := parts[p]
		if f == nil {
			continue
		}
		if lacking := first.lacks(f); lacking != "" {
			s.drop(f, "%s, which %s has", lacking, path.Base(first.rel))
			continue
		}
		if f.format == study.SeriesFormat && f.data.Index != "" {
			s.drop(f, "a list of recordings beside %s, and a domain has one such list: join them to test on other recordings than these", path.Base(first.rel))
			continue
		}
		first.put(p, *f.data)
		first.what += fmt.Sprintf(", %s data in %s", map[datafile.Part]string{datafile.Validation: "validation", datafile.Testing: "test"}[p], path.Base(f.rel))
		s.finds = slices.DeleteFunc(s.finds, func(g *find) bool { return g == f })
	}
}

// lacks says what a part does not have that the domain needs, "" for nothing.
func (f *find) lacks(g *find) string {
	if f.columns == nil || g.columns == nil {
		return ""
	}
	for _, n := range append([]string{f.columns.Label}, f.columns.Targets...) {
		if n != "" && !slices.Contains(g.names, n) {
			return fmt.Sprintf("no column %q to be predicted", n)
		}
	}
	return ""
}

// drop takes a find out of the draft and notes why.
func (s *scanner) drop(f *find, format string, args ...any) {
	s.finds = slices.DeleteFunc(s.finds, func(g *find) bool { return g == f })
	s.passed = append(s.passed, passedFile{s.below(filepath.Join(s.Base, f.rel)), fmt.Sprintf(format, args...)})
}
