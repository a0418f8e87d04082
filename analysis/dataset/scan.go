package dataset

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/study"
)

// Scan looks through a folder of data, or at one file, and drafts a study of the
// domains that it finds: pairs of IDX files, folders of class folders with images or
// recordings, tables, arrays. Paths in the draft start in the folder base, where
// the study file will be.
//
// Everything is a guess from names and beginnings of files, and the draft says
// what was guessed. Fewer domains than least are an error: a study compares two
// at least, looking at data takes one. A table that is all there is becomes a
// domain for each value of one of its columns, unless it was named and one will
// do.
func Scan(dir, base, name string, least int) (*study.Draft, error) {
	s := &scanner{base: base, draft: study.NewDraft(name)}
	info, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("scan: %w", err)
	}
	dir = filepath.Clean(dir)
	if !info.IsDir() {
		s.files(filepath.Dir(dir), []string{filepath.Base(dir)})
	} else if err := s.folder(dir, 0); err != nil {
		return nil, fmt.Errorf("scan: %w", err)
	}
	s.shortenTableNames()
	kinds := [][]*find{s.of(study.IDX, study.Images), s.of(study.CSV, study.Parquet), s.of(study.SvmlightFormat), s.of(study.SeriesFormat), s.of(study.ArrayFormat)}
	found := kinds[0]
	for _, k := range kinds[1:] {
		if len(k) > len(found) {
			found = k
		}
	}
	var others []*find
	for _, f := range s.finds {
		if !slices.Contains(found, f) {
			others = append(others, f)
		}
	}
	if len(found) > 0 && found[0].format == study.ArrayFormat {
		found = s.sameShape(found)
	}
	if len(found) == 1 && found[0].format == study.CSV && (info.IsDir() || least > 1) {
		found = divideTable(found[0])
	}
	for _, o := range others {
		s.draft.Found = append(s.draft.Found, fmt.Sprintf("%s is left out: images, tables, recordings and arrays cannot share a model", o.rel))
	}
	if len(found) == 0 && !info.IsDir() {
		return nil, fmt.Errorf("scan: %s holds no data of a known kind: a table needs a line of names and rows below it; IDX, NPY, NPZ, safetensors, svmlight and recordings are known by their names", dir)
	}
	if len(found) < max(1, least) {
		return nil, s.tooFew(dir, found)
	}
	const most = 64
	if len(found) > most {
		s.draft.Found = append(s.draft.Found, fmt.Sprintf("%d domains are left out: %d are the most", len(found)-most, most))
		found = found[:most]
	}
	s.write(found)
	return s.draft, nil
}

type scanner struct {
	base  string
	draft *study.Draft
	finds []*find
}

// find is one domain found.
type find struct {
	name            string
	rel             string // for messages
	format          string
	data, val, test *study.Files
	h, w, c         int     // images; c: recordings too
	rate            float64 // recordings; 0 where nothing says it
	shape           []int   // arrays: of a sample
	what            string
	columns         *study.Columns // tables
	task            string         // svmlight
	zeroBased       bool           // svmlight
	text            []string       // columns of text
	path            string         // as it is opened
	where           map[string]string
	notes           []string
}

func (s *scanner) of(formats ...string) []*find {
	var out []*find
	for _, f := range s.finds {
		if slices.Contains(formats, f.format) {
			out = append(out, f)
		}
	}
	return out
}

func (s *scanner) tooFew(dir string, found []*find) error {
	what := "found no data"
	if len(found) == 1 {
		what = fmt.Sprintf("found one domain, %s (%s)", found[0].name, found[0].what)
	}
	return fmt.Errorf(`scan: %s in %s; a study compares at least two domains. Known layouts:
    %[2]s/DOMAIN/CLASS/image.png            folders of images, one per class
    %[2]s/DOMAIN/train/CLASS/image.png      the same with test data beside, in DOMAIN/test
    %[2]s/DOMAIN/train-images-idx3-ubyte.gz IDX files with their labels
    %[2]s/DOMAIN.csv                        tables with the same columns
    %[2]s/TABLE.csv                         one table with a column that names the domain
    %[2]s/DOMAIN.svm                        sparse rows as svmlight and libsvm have them
    %[2]s/DOMAIN/CLASS/recording.wav        folders of recordings, one per class; also .f32, .i16, ...
    %[2]s/DOMAIN.npz                        arrays called inputs or x and labels or y; also .safetensors`, what, dir)
}

// relative is a path as the study file has it.
func (s *scanner) relative(p string) string {
	base, err := filepath.Abs(s.base)
	if err == nil {
		if abs, err := filepath.Abs(p); err == nil {
			if rel, err := filepath.Rel(base, abs); err == nil {
				return filepath.ToSlash(rel)
			}
		}
	}
	return filepath.ToSlash(p)
}

// folder looks into a folder and those below it.
func (s *scanner) folder(dir string, depth int) error {
	const deepest = 4
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var folders, files []string
	for _, e := range entries {
		switch {
		case strings.HasPrefix(e.Name(), "."):
		case e.IsDir():
			folders = append(folders, e.Name())
		default:
			files = append(files, e.Name())
		}
	}
	s.files(dir, files)
	if f := s.classFolders(dir, folders); f != nil {
		s.finds = append(s.finds, f)
		return nil
	}
	if f := s.signalFolders(dir, folders); f != nil {
		s.finds = append(s.finds, f)
		return nil
	}
	if depth == deepest {
		return nil
	}
	for _, sub := range folders {
		if err := s.folder(filepath.Join(dir, sub), depth+1); err != nil {
			return err
		}
	}
	return nil
}

// files looks at the files of a folder.
func (s *scanner) files(dir string, names []string) {
	rest := s.scanIDX(dir, names)
	rest = s.scanSvmlight(dir, rest)
	s.scanTables(dir, rest)
	s.scanArrays(dir, rest)
}

var notInName = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// cleanName makes a domain's name of a file's or folder's.
func cleanName(s string) string {
	s = strings.Trim(notInName.ReplaceAllString(s, "-"), "-._")
	if s == "" {
		return "data"
	}
	return s[:min(len(s), 64)]
}

// stemOf is a file's name without its endings.
func stemOf(file string) string {
	s := strings.TrimSuffix(path.Base(filepath.ToSlash(file)), ".gz")
	return strings.TrimSuffix(s, path.Ext(s))
}

// shortenTableNames drops what the names of all tables begin and end with, up
// to a separator: gt_2011 and gt_2012 become 2011 and 2012.
func (s *scanner) shortenTableNames() {
	tables := s.of(study.CSV, study.Parquet)
	if len(tables) < 2 {
		return
	}
	head, tail := tables[0].name, tables[0].name
	for _, f := range tables[1:] {
		for !strings.HasPrefix(f.name, head) {
			head = head[:len(head)-1]
		}
		for !strings.HasSuffix(f.name, tail) {
			tail = tail[1:]
		}
	}
	head = head[:strings.LastIndexAny(head, "_-.")+1]
	if i := strings.IndexAny(tail, "_-."); i >= 0 {
		tail = tail[i:]
	} else {
		tail = ""
	}
	for _, f := range tables {
		if len(f.name) > len(head)+len(tail) {
			f.name = f.name[len(head) : len(f.name)-len(tail)]
		}
	}
}

// write puts the domains found into the draft.
func (s *scanner) write(found []*find) {
	d := s.draft
	used := map[string]bool{}
	for _, f := range found {
		name := cleanName(f.name)
		for n := 2; used[strings.ToLower(name)]; n++ {
			name = fmt.Sprintf("%s-%d", cleanName(f.name), n)
		}
		used[strings.ToLower(name)] = true
		f.name = name
		dom := d.AddDomain(name)
		dom.Files = *f.data
		dom.Val, dom.Test = f.val, f.test
		if f.where != nil {
			dom.Columns = study.NewColumns()
			dom.Columns.Where = f.where
		}
		d.Found = append(d.Found, fmt.Sprintf("%s: %s", name, f.what))
	}
	s.writeNotes(found)
	switch found[0].format {
	case study.CSV, study.Parquet:
		d.Study.Input.Kind = study.Table
		s.writeColumns(found)
	case study.SvmlightFormat:
		d.Study.Input.Kind = study.Table
		s.writeSvmlight(found)
	case study.SeriesFormat:
		s.writeWindow(found)
	case study.ArrayFormat:
		d.Study.Input.Kind, d.Study.Input.Shape = study.ArrayInput, found[0].shape
	default:
		s.writeSize(found)
	}
}

// writeNotes says what was guessed, once where it holds for all domains.
func (s *scanner) writeNotes(found []*find) {
	count := map[string]int{}
	for _, f := range found {
		if f.columns != nil && len(f.columns.Categorical) > 0 {
			f.notes = append(f.notes, "columns of words become embeddings: "+list(f.columns.Categorical))
		}
		for _, n := range f.notes {
			count[n]++
		}
	}
	for i, f := range found {
		for _, n := range f.notes {
			switch {
			case count[n] < len(found):
				s.draft.Found = append(s.draft.Found, f.name+": "+n)
			case i == 0:
				s.draft.Found = append(s.draft.Found, "all: "+n)
			}
		}
	}
}

// writeSize chooses the common size of images: the largest there is, up to
// what small models manage in reasonable time.
func (s *scanner) writeSize(found []*find) {
	const most = 64
	h, w, c := 1, 1, 1
	same := true
	for _, f := range found {
		h, w, c = max(h, min(f.h, most)), max(w, min(f.w, most)), max(c, f.c)
		same = same && f.h == found[0].h && f.w == found[0].w
	}
	in := &s.draft.Study.Input
	in.Kind, in.Size, in.Channels = study.Image, []int{h, w}, c
	if !same || h < found[0].h {
		s.draft.Found = append(s.draft.Found, fmt.Sprintf("images are brought to %d by %d; see input", h, w))
	}
}

// writeColumns puts the roles of columns under defaults where all tables agree
// on them.
func (s *scanner) writeColumns(found []*find) {
	agree := true
	for _, f := range found {
		agree = agree && reflect.DeepEqual(f.columns, found[0].columns)
	}
	if agree {
		s.draft.Defaults.Columns = found[0].columns
		return
	}
	for i, f := range found {
		s.draft.Study.Domains[i].Columns = f.columns
	}
}
