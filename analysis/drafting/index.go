package drafting

import (
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/study"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// plainIndex is the name of a table of files that says nothing of the domain.
var plainIndex = regexp.MustCompile(`(?i)^(labels?|index|meta[-_ ]?data|annotations?|images?|recordings?|references?|list|files|classes|data|all)$`)

// listedKind is a kind of files that tables list.
type listedKind struct {
	format, what string
	is           func(name string) bool
	tables       bool // the files are tables themselves
}

var (
	listedImages     = listedKind{study.Images, "images", datafile.IsImage, false}
	listedRecordings = listedKind{study.SeriesFormat, "recordings", isSamples, false}
	listedMoments    = listedKind{study.SeriesFormat, "recordings as tables", isMoments, true}
)

var errUnlabelled = errors.New("without a column to be predicted")

// listings takes tables that list files in the folder or one below it for domains, and returns
// the files that are left; folders of listed files are taken out of folders. The tables are in the
// folder, or in one below it that has no such files.
func (s *scanner) listings(dir string, files []string, folders *[]string) []string {
	for _, kind := range []listedKind{listedImages, listedRecordings, listedMoments} {
		files = s.listingsOf(kind, dir, files, folders)
	}
	return files
}

func (s *scanner) listingsOf(kind listedKind, dir string, files []string, folders *[]string) []string {
	tables := s.tablesNear(kind, dir, files, *folders)
	if len(tables) == 0 {
		return files
	}
	var rest, within []string // within: folders with files of the kind
	for _, sub := range *folders {
		if len(s.filesOf(kind, filepath.Join(dir, sub)).All) > 0 {
			within = append(within, sub)
		}
	}
	if len(within) == 0 && !s.holds(dir, kind.is) {
		return files
	}
	taken := map[string]bool{} // folders of listed files, "" for the folder itself
	for _, name := range tables {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if s.done[p] {
			continue
		}
		f, folder, err := s.probeIndex(kind, dir, name, *folders)
		switch {
		case err != nil:
			s.pass(p, "%s", err)
			s.done[p] = true
		case f != nil:
			s.finds = append(s.finds, f)
			s.done[p] = true
			taken[folder] = true
		}
	}
	for _, name := range files {
		if !s.done[filepath.Join(dir, name)] && !(taken[""] && kind.is(name)) {
			rest = append(rest, name)
		}
	}
	*folders = slices.DeleteFunc(*folders, func(sub string) bool {
		return taken[sub] || taken[""] && slices.Contains(within, sub)
	})
	return rest
}

// tablesNear lists the tables that may list files of a kind, by their names from dir.
func (s *scanner) tablesNear(kind listedKind, dir string, files, folders []string) []string {
	const few = 16 // of a folder with no such files
	tables := slices.DeleteFunc(slices.Clone(files), func(name string) bool { return !isTable(name) })
	if kind.tables {
		return tables
	}
	for _, sub := range folders {
		p := filepath.Join(dir, sub)
		inside := s.namesIn(p, isTable)
		if len(inside) == 0 || len(inside) > few || len(s.filesOf(kind, p).All) > 0 {
			continue
		}
		for _, name := range inside {
			tables = append(tables, sub+"/"+name)
		}
	}
	return tables
}

// listed reports whether every folder of dir that has files of a kind has a table that lists them,
// and one of the tables their labels: such folders are domains or parts of one, no classes.
func (s *scanner) listed(kind listedKind, dir string, folders []string) bool {
	labelled := false
	for _, sub := range folders {
		p := filepath.Join(dir, sub)
		if !s.holds(p, kind.is) {
			continue
		}
		lists := false
		for _, name := range s.namesIn(p, isTable) {
			f, _, err := s.probeIndex(kind, p, name, nil)
			lists = lists || f != nil || err != nil
			labelled = labelled || f != nil || err != nil && !errors.Is(err, errUnlabelled)
		}
		if !lists {
			return false
		}
	}
	return labelled
}

// probeIndex finds out whether a table lists files of a kind, and in which folder: nil
// where it does not. Its name starts in dir. The error is why the files cannot be told apart by
// what it says.
func (s *scanner) probeIndex(kind listedKind, dir, name string, folders []string) (f *find, folder string, err error) {
	const most = 200 // rows
	p := filepath.Join(dir, filepath.FromSlash(name))
	g := newTableGuess()
	r, err := g.open(p, s.Encoding)
	if err != nil {
		s.heed(err)
		return nil, "", nil // no table
	}
	defer r.Close()
	first, err := r.Next()
	if err != nil {
		s.heed(err)
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
	column, folder := s.fileColumn(g, kind, dir, likeTable(path.Base(name), folders))
	if column < 0 {
		return nil, "", nil
	}
	files := s.filesOf(kind, filepath.Join(dir, folder))
	header, names := g.columns.Header, slices.Clone(g.names)
	var listed []string
	for i := range g.rows {
		if n := files.Find(strings.TrimSpace(g.rows[i][column])); n != "" {
			listed = append(listed, filepath.Join(dir, folder, filepath.FromSlash(n)))
		}
		g.rows[i] = slices.Delete(g.rows[i], column, column+1)
	}
	g.names = slices.Delete(g.names, column, column+1)
	if len(g.names) > 0 {
		g.findUnits()
		g.roles()
	}
	if g.columns.Label == "" && len(g.columns.Targets) == 0 {
		return nil, "", fmt.Errorf("a list of %s %w", kind.what, errUnlabelled)
	}
	g.columns.File, g.columns.Header = names[column], header
	g.columns.Categorical, g.columns.Ignore, g.columns.Dates = nil, nil, nil
	g.notes = slices.DeleteFunc(g.notes, func(n string) bool {
		return strings.Contains(n, "left out") || strings.HasPrefix(n, "dates of column")
	})
	stem := datafile.Stem(name)
	if plainIndex.MatchString(stem) {
		stem = ""
	}
	f = &find{at: append(s.placed(dir, true), stem), rel: s.relative(p), format: kind.format, columns: g.columns, names: names, notes: g.notes, paths: []string{p}}
	f.data = &study.Files{Path: s.relative(filepath.Join(dir, folder)), Index: s.relative(p)}
	f.what = fmt.Sprintf("%s listed in %s", kind.what, name)
	if kind.format == study.Images {
		s.look(f, slices.Min(listed))
		return f, folder, nil
	}
	ok, err := s.hear(f, g, kind, listed)
	if !ok {
		return nil, "", err
	}
	return f, folder, nil
}

// filesOf lists the files of a kind below a folder once.
func (s *scanner) filesOf(kind listedKind, dir string) datafile.NamedFiles {
	key := kind.what + "\x00" + dir
	if f, ok := s.named[key]; ok {
		return f
	}
	f, _, err := datafile.FilesIn(dir, dir, kind.is)
	if err != nil {
		s.heed(err)
		f = datafile.NamedFiles{}
	}
	s.named[key] = f
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

// fileColumn finds the column most of whose values are files of a kind in one of the folders
// below dir, the first of those that have most; -1 without one. Tables are called by their
// names in full: words may be those of tables by chance.
func (s *scanner) fileColumn(g *tableGuess, kind listedKind, dir string, folders []string) (column int, folder string) {
	column = -1
	best := 0
	for _, sub := range folders {
		files := s.filesOf(kind, filepath.Join(dir, sub))
		for j := range g.names {
			found := map[string]bool{}
			for _, row := range g.rows {
				v := strings.TrimSpace(row[j])
				full := kind.is(v)
				if !full && kind.tables {
					continue
				}
				if n := files.Find(v); n != "" && (full || !datafile.IsNumber(v) || files.ByStem[v] != "") {
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
