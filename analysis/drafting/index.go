package drafting

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/study"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// plainIndex is the name of a table of images that says nothing of the domain.
var plainIndex = regexp.MustCompile(`(?i)^(labels?|index|meta[-_ ]?data|annotations?|images?|list|files|classes|data|all)$`)

// indexedImages takes tables that list images in the folder or one below it for
// domains, and returns the files that are left; folders of such images are
// taken out of folders.
func (s *scanner) indexedImages(dir string, files []string, folders *[]string) []string {
	var rest, tables []string
	for _, name := range files {
		if isTable(name) {
			tables = append(tables, name)
		}
	}
	if len(tables) == 0 || !s.holds(dir, datafile.IsImage) && !slices.ContainsFunc(*folders, func(sub string) bool { return s.holdsBelow(filepath.Join(dir, sub)) }) {
		return files
	}
	taken := map[string]bool{} // folders of listed images, "" for the folder itself
	used := map[string]bool{}  // tables
	for _, name := range tables {
		f, folder, err := s.probeIndex(dir, name, *folders)
		switch {
		case err != nil:
			s.pass(filepath.Join(dir, name), "%s", err)
			used[name] = true
		case f != nil:
			s.finds = append(s.finds, f)
			used[name] = true
			taken[folder] = true
		}
	}
	for _, name := range files {
		if !used[name] && !(taken[""] && datafile.IsImage(name)) {
			rest = append(rest, name)
		}
	}
	*folders = slices.DeleteFunc(*folders, func(sub string) bool {
		return taken[sub] || taken[""] && s.holdsBelow(filepath.Join(dir, sub))
	})
	return rest
}

var errNoLabel = errors.New("a list of images without a column to be predicted")

// listed reports whether every folder of dir that has images has a table that lists them,
// and one of the tables their labels: such folders are domains or parts of one, no classes.
func (s *scanner) listed(dir string, folders []string) bool {
	labelled := false
	for _, sub := range folders {
		p := filepath.Join(dir, sub)
		if !s.holds(p, datafile.IsImage) {
			continue
		}
		lists := false
		for _, e := range s.entriesOf(p) {
			if e.IsDir() || datafile.Hidden(e.Name()) || !isTable(e.Name()) {
				continue
			}
			f, _, err := s.probeIndex(p, e.Name(), nil)
			lists = lists || f != nil || err != nil
			labelled = labelled || f != nil
		}
		if !lists {
			return false
		}
	}
	return labelled
}

// holdsBelow reports whether a folder has images, itself or in a folder of it.
func (s *scanner) holdsBelow(dir string) bool {
	if s.holds(dir, datafile.IsImage) {
		return true
	}
	for _, e := range s.entriesOf(dir) {
		if e.IsDir() && s.holds(filepath.Join(dir, e.Name()), datafile.IsImage) {
			return true
		}
	}
	return false
}

// probeIndex finds out whether a table lists images, and in which folder: nil
// where it does not. The error is why images cannot be told apart by what it
// says.
func (s *scanner) probeIndex(dir, name string, folders []string) (f *find, folder string, err error) {
	const most = 200 // rows
	p := filepath.Join(dir, name)
	g := newTableGuess()
	r, err := g.open(p, s.Encoding)
	if err != nil {
		_ = s.unreadable(err)
		return nil, "", nil // no table
	}
	defer r.Close()
	first, err := r.Next()
	if err != nil {
		_ = s.unreadable(err)
		return nil, "", nil
	}
	if !g.takeDialect(r, first) {
		g.rows = append(g.rows, slices.Clone(first))
	}
	for len(g.rows) < most {
		fields, err := r.Next()
		if err != nil {
			break
		}
		if len(fields) == len(g.names) {
			g.rows = append(g.rows, slices.Clone(fields))
		}
	}
	column, folder := s.fileColumn(g, dir, likeTable(name, folders))
	if column < 0 {
		return nil, "", nil
	}
	header, names := g.columns.Header, slices.Clone(g.names)
	g.names = slices.Delete(g.names, column, column+1)
	for i := range g.rows {
		g.rows[i] = slices.Delete(g.rows[i], column, column+1)
	}
	g.roles()
	if g.columns.Label == "" && len(g.columns.Targets) == 0 {
		return nil, "", errNoLabel
	}
	g.columns.File, g.columns.Header = names[column], header
	g.columns.Categorical, g.columns.Ignore = nil, nil
	g.notes = slices.DeleteFunc(g.notes, func(n string) bool { return strings.Contains(n, "left out") })
	stem := datafile.Stem(name)
	if plainIndex.MatchString(stem) {
		stem = ""
	}
	images := filepath.Join(dir, folder)
	f = &find{at: append(s.placed(dir, true), stem), rel: s.relative(p), format: study.Images, columns: g.columns, names: names, notes: g.notes, paths: []string{p}}
	f.data = &study.Files{Path: s.relative(images), Index: s.relative(p)}
	f.what = fmt.Sprintf("images listed in %s", name)
	s.look(f, filepath.Join(images, slices.Min(slices.Collect(maps.Keys(s.imagesIn(images).All)))))
	return f, folder, nil
}

// imagesIn lists the images below a folder once.
func (s *scanner) imagesIn(dir string) datafile.ImageFolder {
	if f, ok := s.images[dir]; ok {
		return f
	}
	f, _, err := datafile.ImagesIn(dir, dir)
	if err != nil {
		_ = s.unreadable(err)
		f = datafile.ImageFolder{}
	}
	if s.images == nil {
		s.images = map[string]datafile.ImageFolder{}
	}
	s.images[dir] = f
	return f
}

// likeTable sorts the folders that the images of a table may be in: first one that has
// the name of the table, then those that name the same part (train, test), then the
// table's own folder, "", then the others.
func likeTable(name string, folders []string) []string {
	stem := datafile.Stem(name)
	_, of := partOf([]string{stem})
	order := func(sub string) int {
		_, p := partOf([]string{sub})
		switch {
		case sub == stem:
			return 0
		case p == of && p != datafile.Undecided:
			return 1
		case sub == "":
			return 2
		}
		return 3
	}
	out := append([]string{""}, folders...)
	slices.SortStableFunc(out, func(a, b string) int { return order(a) - order(b) })
	return out
}

// fileColumn finds the column most of whose values are images in one of the folders
// below dir, the first of those that have most; -1 without one.
func (s *scanner) fileColumn(g *tableGuess, dir string, folders []string) (column int, folder string) {
	column = -1
	best := 0
	for _, sub := range folders {
		images := s.imagesIn(filepath.Join(dir, sub))
		for j := range g.names {
			found := map[string]bool{}
			for _, row := range g.rows {
				v := strings.TrimSpace(row[j])
				n := images.Find(v)
				if n != "" && (datafile.IsImage(v) || !datafile.IsNumber(v) || images.ByStem[v] != "") {
					found[n] = true
				}
			}
			if n := len(found); 2*n > len(g.rows) && n > best {
				column, folder, best = j, sub, n
			}
		}
	}
	return column, folder
}
