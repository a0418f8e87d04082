package drafting

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/delimited"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/study"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// Config says what [Scan] is to draft.
type Config struct {
	// Name is that of the study.
	Name string
	// Base is the folder where the study file will be: paths in the draft start
	// there.
	Base string
	// Least is the number of domains to be found: two for a study, one for
	// looking at data. Fewer are an error.
	Least int
	// DomainsBy is the column of a table whose values are the domains. Where it
	// is empty, a table that is all there is becomes a domain for each value of
	// a column that Scan chooses, unless the table was named and one domain will
	// do.
	DomainsBy string
	// Encoding is that of tables whose text is not UTF-8 and does not show what else it
	// is in, by a name that columns.encoding of a study may have; empty: such tables are
	// passed over.
	Encoding string
}

// Scan looks through a folder of data, or at one file, and drafts a study of the
// domains that it finds: pairs of IDX files, folders of class folders with images or
// recordings, images and recordings listed in a table, tables, sparse samples, arrays. Words such
// as train and test in names of files and folders say which part of a domain
// they hold. Symbolic links are followed.
//
// Everything is a guess from names and beginnings of files, and the draft says
// what was guessed, and which files were passed over and why.
func Scan(dir string, c Config) (*study.Draft, error) {
	if c.Encoding != "" {
		if err := delimited.IsEncoding(c.Encoding); err != nil {
			return nil, fmt.Errorf("scan: %w", err)
		}
	}
	info, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("scan: %w", err)
	}
	dir = filepath.Clean(dir)
	s := &scanner{Config: c, draft: study.NewDraft(c.Name), root: dir, named: map[string]datafile.NamedFiles{}, done: map[string]bool{}}
	if !info.IsDir() {
		s.root = filepath.Dir(dir)
		s.files(s.root, []string{filepath.Base(dir)})
	} else {
		s.inSequence = s.sequences()
		if err := s.folder(dir, datafile.FoldersAbove(dir)); err != nil {
			return nil, fmt.Errorf("scan: %w", err)
		}
	}
	if s.broken != nil {
		return nil, fmt.Errorf("scan: %w", s.broken)
	}
	s.mergeParts()
	s.dropTurned()
	s.onlyText()
	found := s.withoutSmall(s.withoutOdd(s.oneKind()))
	agreeOnOrder(found)
	poolGuesses(found)
	settleTime(found)
	s.settleSplits(found)
	if c.DomainsBy != "" && !s.divided || len(found) == 1 && found[0].table() && (info.IsDir() || c.Least > 1) {
		if found, err = s.divide(found); err != nil {
			return nil, fmt.Errorf("scan: %w", err)
		}
	}
	if len(found) < max(1, c.Least) {
		return nil, s.tooFew(dir, info.IsDir(), found)
	}
	if n := len(found); n > study.MaxDomains {
		s.draft.Found = append(s.draft.Found, fmt.Sprintf("%d of %d domains are left out, from %s on: %d are the most", n-study.MaxDomains, n, found[study.MaxDomains].rel, study.MaxDomains))
		found = found[:study.MaxDomains]
	}
	s.nameAll(found)
	s.tellUnits(found)
	s.takeNoneForClass(found)
	s.write(found)
	s.draft.Found = append(s.draft.Found, s.passedOver()...)
	return s.draft, nil
}

type scanner struct {
	Config
	root   string
	draft  *study.Draft
	finds  []*find
	passed []passedFile
	broken error // of the system, which tells nothing of files
	// divided says that folders named the domains by the column that is asked for.
	divided bool
	named   map[string]datafile.NamedFiles // by kind and folder, of those looked through
	done    map[string]bool                // paths of files that need no further look
	// inSequence has the files that are a table with others, by path.
	inSequence map[string]*sequence
}

// find is one domain found, or a part of one.
type find struct {
	at              []string // words of its place below the root, for its name
	name            string
	rel             string // for messages
	format          string
	data, val, test *study.Files
	h, w, c         int            // images; c: recordings too
	rate            float64        // recordings; 0 where nothing says it
	length          int            // recordings: of the shortest, as far as it is known
	each            map[string]int // recordings: their number, by class
	classBy         string         // recordings: see series.class
	index           *study.Index   // recordings: see series.index
	moments         *study.Columns // recordings that a table lists, where they are tables
	shape           []int          // arrays: of a sample
	what            string
	columns         *study.Columns // tables
	guess           *tableGuess    // where columns come from
	names           []string       // of the columns
	inputs          []string       // columns of numbers that are inputs
	folders         []string       // class folders
	classes         []string       // where not all that are there are classes
	task            string         // svmlight
	zeroBased       bool           // svmlight
	counts          bool           // svmlight: of words, as it seems
	paths           []string       // of the files of a table, as they are opened
	where           map[string]string
	notes           []string
	inOrder         bool // rows follow time, and no column of dates says so
	written         int  // notes about how the table is written, before the others
}

// table reports whether a find has columns that can tell domains apart.
func (f *find) table() bool { return f.columns != nil }

// kind is what finds have in common that can share a model.
func (f *find) kind() string {
	switch f.format {
	case study.IDX, study.Images:
		return "images"
	case study.TextFiles:
		return "texts"
	case study.CSV, study.Parquet:
		if len(f.columns.Text) > 0 {
			return "texts"
		}
		return "tables"
	case study.SvmlightFormat:
		return "sparse rows"
	case study.SeriesFormat:
		return "recordings"
	}
	return "arrays"
}

// oneKind takes the kind of data that most of the finds have, and notes what is
// left out.
func (s *scanner) oneKind() []*find {
	count := map[string]int{}
	best := ""
	for _, f := range s.finds {
		count[f.kind()]++
	}
	for _, kind := range []string{"images", "texts", "tables", "sparse rows", "recordings", "arrays"} {
		if count[kind] > count[best] {
			best = kind
		}
	}
	var found []*find
	for _, f := range s.finds {
		if f.kind() == best {
			found = append(found, f)
		} else {
			s.pass(filepath.Join(s.Base, f.rel), "%s, which cannot share a model with the %s that most data here are", f.kind(), best)
		}
	}
	if best == "arrays" {
		return s.sameShape(found)
	}
	return found
}

// tooFew is the error about data of which no study can be made.
func (s *scanner) tooFew(dir string, folder bool, found []*find) error {
	if !folder && len(found) == 0 {
		if len(s.passed) == 1 && s.passed[0].reason != unknownKind {
			return fmt.Errorf("scan: %s: %s", dir, s.passed[0].reason)
		}
		return fmt.Errorf("scan: %s holds no data of a kind that is read: a table needs a line of names and rows below it; IDX, NPY, NPZ, safetensors, svmlight and recordings are told by their names", dir)
	}
	what := "found no data"
	if len(found) == 1 {
		s.nameAll(found)
		what = fmt.Sprintf("found one domain, %s (%s)", found[0].name, found[0].what)
	}
	reasons := ""
	for _, p := range s.passedOver() {
		reasons += "\n    " + p
	}
	if reasons != "" {
		reasons = "\nWhat was seen besides:" + reasons
	}
	if len(s.draft.Candidates) > 0 {
		return fmt.Errorf("scan: %s in %s; a study compares at least two domains. Columns whose values could be the domains: %s%s", what, dir, datafile.List(s.draft.Candidates), reasons)
	}
	return fmt.Errorf(`scan: %s in %s; a study compares at least two domains.%s
Known layouts:
    %[2]s/DOMAIN/CLASS/image.png            folders of images, one per class
    %[2]s/DOMAIN/train/CLASS/image.png      the same with test data beside, in DOMAIN/test
    %[2]s/DOMAIN/labels.csv                 a table of images or recordings: their files and classes
    %[2]s/DOMAIN/train-images-idx3-ubyte.gz IDX files with their labels
    %[2]s/DOMAIN.csv                        tables with the same columns, also Parquet
    %[2]s/DOMAIN_train.csv, DOMAIN_test.csv the same with test data
    %[2]s/DOMAIN/2024-01-31.csv             tables in a file for each day or recording
    %[2]s/TABLE.csv                         one table with a column that names the domain
    %[2]s/plant=DOMAIN/part-0.parquet       a table in folders by the values of a column
    %[2]s/DOMAIN.svm                        sparse rows as svmlight and libsvm have them
    %[2]s/DOMAIN/CLASS/recording.wav        folders of recordings, one per class; also .f32, .i16, ...
    %[2]s/DOMAIN/worn_01.wav                recordings whose names say their classes
    %[2]s/DOMAIN/CLASS/run1.csv             the same as tables of numbers, a row for each moment
    %[2]s/DOMAIN/CLASS/text.txt             folders of texts, one per class
    %[2]s/DOMAIN.jsonl                      tables with a column of texts, also CSV and Parquet
    %[2]s/DOMAIN.npz                        arrays called inputs or x and labels or y; also .safetensors`, what, dir, reasons)
}

// relative is a path as the study file has it.
func (s *scanner) relative(p string) string {
	base, err := filepath.Abs(s.Base)
	if err == nil {
		if abs, err := filepath.Abs(p); err == nil {
			if rel, err := filepath.Rel(base, abs); err == nil {
				return filepath.ToSlash(rel)
			}
		}
	}
	return filepath.ToSlash(p)
}

// folder looks into a folder and those below it; above has the folder and those
// that it is in.
func (s *scanner) folder(dir string, above []os.FileInfo) error {
	const deepest = 8
	entries, err := datafile.EntriesOf(dir)
	if err != nil {
		if dir == s.root {
			return err
		}
		s.pass(dir, "%s", s.unreadable(err))
		return nil
	}
	var folders, files []string
	for _, e := range entries {
		p := filepath.Join(dir, e.Name())
		switch {
		case strings.HasPrefix(e.Name(), ".") && strings.HasSuffix(e.Name(), atomicfile.Suffix):
			// Left by a killed command: no matter of the data.
		case datafile.Hidden(e.Name()):
			s.pass(p, "hidden")
		case e.IsDir():
			folders = append(folders, e.Name())
		case e.Type()&os.ModeSymlink != 0:
			s.pass(p, "a link that leads nowhere")
		case !s.done[p]:
			files = append(files, e.Name())
		}
	}
	folders, files = s.withoutMasks(dir, folders), s.withoutAnnotations(dir, files)
	files = s.listings(dir, files, &folders)
	files = s.namedSignals(dir, files, &folders)
	s.files(dir, files)
	folders = s.partitions(dir, folders)
	if f := s.classFolders(dir, folders); f != nil {
		s.finds = append(s.finds, f)
		return nil
	}
	if f := s.textFolders(dir, folders); f != nil {
		s.finds = append(s.finds, f)
		return nil
	}
	if f := s.signalFolders(dir, folders); f != nil {
		s.finds = append(s.finds, f)
		return nil
	}
	for _, sub := range folders {
		p := filepath.Join(dir, sub)
		info, err := os.Stat(p)
		switch {
		case err != nil:
			s.pass(p, "%s", s.unreadable(err))
		case slices.ContainsFunc(above, func(f os.FileInfo) bool { return os.SameFile(f, info) }):
			s.pass(p, "a link back to a folder that it is in")
		case strings.Count(s.below(p), "/") >= deepest:
			s.pass(p, "a folder below %d others", deepest)
		default:
			if err := s.folder(p, append(above, info)); err != nil {
				return err
			}
		}
	}
	return nil
}

// entriesOf lists a folder, nothing where it cannot be read.
func (s *scanner) entriesOf(dir string) []fs.DirEntry {
	entries, err := datafile.EntriesOf(dir)
	if err != nil {
		s.heed(err)
	}
	return entries
}

// files looks at the files of a folder.
func (s *scanner) files(dir string, names []string) {
	rest := s.scanIDX(dir, s.withoutCopies(dir, names))
	rest = s.scanSvmlight(dir, rest)
	rest = s.scanTables(dir, rest)
	rest = s.scanArrays(dir, rest)
	for _, name := range rest {
		s.passUnknown(filepath.Join(dir, name))
	}
}

// path is that of a file by its name below the root.
func (s *scanner) path(name string) string { return filepath.Join(s.root, filepath.FromSlash(name)) }

// below is a path from the root, in slashes.
func (s *scanner) below(p string) string {
	rel, err := filepath.Rel(s.root, p)
	if err != nil { // one is absolute, the other is not
		rel, err = filepath.Rel(filelimit.Absolute(s.root), filelimit.Absolute(p))
	}
	if err != nil {
		rel = p
	}
	return filepath.ToSlash(rel)
}
