package drafting

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/sharewise/sharewise/analysis/delimited"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/textcode"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// textFolders takes a folder whose folders hold text files, one folder per class,
// for a domain: two of them at least have files that read as texts, more of them than
// other files.
func (s *scanner) textFolders(dir string, folders []string) *find {
	if s.namedTexts(dir, folders) {
		return nil
	}
	f := &find{at: s.placed(dir, true), rel: s.relative(dir), format: study.TextFiles}
	texts, others := 0, datafile.NewPassed()
	var without []string
	labelled := f.withoutUnlabelled(folders)
	for _, sub := range labelled {
		if !s.holdsTexts(filepath.Join(dir, sub)) {
			without = append(without, sub)
			continue
		}
		n := 0
		var besides []string
		_, err := datafile.Walk(filepath.Join(dir, sub), func(name string, e fs.DirEntry) error {
			switch {
			case datafile.Hidden(e.Name()) && e.IsDir():
				return fs.SkipDir
			case e.IsDir() || datafile.Hidden(e.Name()):
			case datafile.IsTextFile(name):
				n++
			default:
				besides = append(besides, sub+"/"+name)
			}
			return nil
		})
		switch {
		case err != nil:
			s.pass(filepath.Join(dir, sub), "%s", s.unreadable(err))
		case len(besides) > n: // texts about the other files
			without = append(without, sub)
		default:
			texts += n
			f.classes = append(f.classes, sub)
			for _, name := range besides {
				others.Add(name)
			}
		}
	}
	if len(f.classes) < 2 || areParts(f.classes) {
		return nil
	}
	f.data = &study.Files{Path: f.rel}
	f.what = fmt.Sprintf("%d texts in %d class folders", texts, len(f.classes))
	f.folders = f.classes
	if len(without) == 0 && len(labelled) == len(folders) {
		f.classes = nil // all there are
	}
	if len(without) > 0 {
		f.notes = append(f.notes, "folders without texts are no classes: "+datafile.List(without))
	}
	if others.Total() > 0 {
		f.notes = append(f.notes, fmt.Sprintf("files in class folders that are no texts are left out: %s", others))
	}
	return f
}

// namedTexts reports whether folders are no classes since names of texts say these, and notes what is
// to be done with them.
func (s *scanner) namedTexts(dir string, folders []string) bool {
	return s.refuseNamed(dir, folders, datafile.IsTextFile, "texts whose files are called as their classes (%s); put them into folders of these names, DOMAIN/CLASS, or, where each line is a text, bring them into one table with a column for the class")
}

// aboutFile is the name of a text about the files beside it.
var aboutFile = regexp.MustCompile(`(?i)^(read[-_ ]?me|licen[cs]e|copying|copyright|notice|authors|citation|changelog|changes)(\.|$)`)

// holdsTexts reports whether a folder has text files that are not about others, and the first of them that is
// not empty reads as a text, where tables and recordings may end in .txt too.
func (s *scanner) holdsTexts(dir string) bool {
	const looked = 8
	tried := 0
	for _, e := range s.entriesOf(dir) {
		if e.IsDir() || datafile.Hidden(e.Name()) || !datafile.IsTextFile(e.Name()) || aboutFile.MatchString(e.Name()) {
			continue
		}
		text, err := filelimit.ReadFile(filepath.Join(dir, e.Name()), filelimit.Text)
		switch {
		case err != nil:
			s.heed(err)
		case isProse(string(text)):
			return true
		}
		if tried++; tried == looked {
			break
		}
	}
	return false
}

// isProse reports whether a text is mostly words: letters, most of them, and no
// delimiters between them as a table has.
func isProse(text string) bool {
	if end := strings.LastIndexByte(text[:min(len(text), datafile.SniffBytes)], '\n'); len(text) > datafile.SniffBytes && end > 0 {
		text = text[:end]
	}
	if !delimited.IsUTF8([]byte(text)) {
		encoding, err := delimited.EncodingOf([]byte(text))
		if err == nil {
			text, err = delimited.Decode([]byte(text), encoding)
		}
		if err != nil {
			return false
		}
	}
	letters, all, delimiters := 0, 0, 0
	for _, c := range text {
		switch {
		case unicode.IsLetter(c), unicode.IsMark(c):
			letters++
		case c == '\t' || c == ';' || c == '|':
			delimiters++
		case unicode.IsSpace(c):
			continue
		}
		all++
	}
	return all > 0 && 2*letters > all && 20*delimiters < letters
}

var (
	textName  = regexp.MustCompile(`(?i)^(text|texts|body|content|comment|comments|message|sms|review|review[ _-]?text|description|sentence|abstract|tweet|post|document|article|question|utterance|transcript|narrative|summary|v2)$`)
	titleName = regexp.MustCompile(`(?i)^(title|subject|headline|heading)$`)
)

// holdsText reports whether a column, by its values, holds texts: several words in
// most of them, and hardly one twice.
func (g *tableGuess) holdsText(j int) bool {
	n, several := 0, 0
	different := map[string]bool{}
	for _, f := range g.rows {
		v := strings.TrimSpace(f[j])
		if v == "" {
			continue
		}
		n++
		different[v] = true
		words := 0
		if !isWordy(v) {
			continue
		}
		textcode.EachWord(v, func([]byte) bool {
			words++
			return words < fewestWords
		})
		if words >= fewestWords {
			several++
		}
	}
	named := textName.MatchString(g.names[j])
	switch {
	case n == 0:
		return false
	case named:
		return 2*several > n/2 && 3*len(different) > n
	}
	return 3*several > 2*n && 2*len(different) > n
}

// isWordy reports whether a value is mostly letters with blanks between words, or of a script that has
// none: no amount, address or path.
func isWordy(v string) bool {
	const withoutBlanks = 0xe00 // from Thai on
	letters, others, apart := 0, 0, false
	for _, c := range v {
		switch {
		case unicode.IsLetter(c), unicode.IsMark(c):
			letters++
			apart = apart || c >= withoutBlanks
		case unicode.IsSpace(c):
			apart = true
		default:
			others++
		}
	}
	return apart && letters > others
}

// fewestWords is how many words a text has at least.
const fewestWords = 4

// takeTexts makes columns of texts the inputs, where there are such and not several
// columns of numbers beside columns that are no text by their name.
func (g *tableGuess) takeTexts() {
	var found []string
	named := false
	for _, n := range g.text {
		j := slices.Index(g.names, n)
		if g.holdsText(j) {
			found = append(found, n)
			named = named || textName.MatchString(n)
		}
	}
	const several = 3
	if len(found) == 0 || !named && len(g.inputs)+len(g.columns.Dates) >= several {
		return
	}
	for _, n := range g.text { // short ones, which go with the texts
		if titleName.MatchString(n) && !slices.Contains(found, n) {
			found = append([]string{n}, found...)
		}
	}
	g.columns.Text = found
	left := slices.Concat(g.inputs, g.columns.Categorical)
	for _, d := range g.columns.Dates {
		left = append(left, d.Column)
	}
	g.inputs, g.columns.Categorical, g.columns.Dates, g.columns.Time = nil, nil, nil, ""
	g.text = datafile.Without(g.text, found)
	g.note("texts in %s are the inputs (columns.text)", datafile.List(found))
	if len(left) > 0 {
		g.note("beside texts are left out: %s", datafile.List(left))
	}
}

// writeTexts says how texts become numbers: of what was compared in testdata/studies/texts,
// n-grams of words and of characters together are best.
func (s *scanner) writeTexts() {
	in := &s.draft.Study.Input
	in.Kind = study.TextInput
	in.Text = &study.Text{Encoding: textcode.NGrams, Words: 2, Characters: []int{2, 4}}
	s.draft.Found = append(s.draft.Found, "texts become counts of hashed words, pairs of words, and parts of words of 2 to 4 characters, which no text is needed to fit; input.text says so, and has other ways")
}
