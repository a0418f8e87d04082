package drafting

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/sharewise/sharewise/analysis/study"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// svmlightLine is a line of sparse samples, without its comment.
var svmlightLine = regexp.MustCompile(`^\s*([^\s:]+(\s+|$))?(qid:\S+(\s+|$))?(\d+:[-+.0-9eE]+(\s+|$))*$`)

// svmlightPair is a feature with its value.
var svmlightPair = regexp.MustCompile(`\s(\d+):[-+.0-9]`)

// sparseEndings are those of files that may hold sparse samples; a name that
// ends in .t is test data, as those of libsvm's collection do.
var sparseEndings = append([]string{"", ".t", ".scale", ".tr"}, tableEndings...)

// scanSvmlight takes every file of sparse samples for a domain, NAME.t for the
// test data of NAME and NAME.tr for its training data, and returns the other
// files.
func (s *scanner) scanSvmlight(dir string, files []string) []string {
	var rest []string
	for _, name := range files {
		p := filepath.Join(dir, name)
		ending := filepath.Ext(strings.TrimSuffix(strings.ToLower(name), ".gz"))
		var f *find
		if study.IsSvmlightFile(name) || slices.Contains(sparseEndings, ending) {
			f = s.probeSvmlight(p)
		}
		switch {
		case f != nil:
		case study.IsSvmlightFile(name):
			s.pass(p, "%s", cmp.Or(s.oddFile(p), "no line LABEL INDEX:VALUE ... at its beginning"))
			continue
		default:
			rest = append(rest, name)
			continue
		}
		f.rel, f.format, f.at = s.relative(p), study.SvmlightFormat, s.placed(p, false)
		f.data = &study.Files{Path: f.rel}
		if p := map[string]datafile.Part{".t": datafile.Testing, ".tr": datafile.Training}[ending]; p != datafile.Undecided {
			f.at = append(f.at, partWord[p])
		}
		s.finds = append(s.finds, f)
	}
	return rest
}

// probeSvmlight guesses what a file of sparse samples predicts from its first
// lines, or returns nil where these are something else.
func (s *scanner) probeSvmlight(path string) *find {
	in, err := datafile.Open(path, path)
	if err != nil {
		s.heed(err)
		return nil
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		s.heed(err)
		return nil
	}
	if info.Mode()&os.ModeType != 0 {
		return nil
	}
	head := make([]byte, datafile.SniffBytes)
	n, err := io.ReadFull(in, head)
	if err != nil {
		s.heed(err) // most are shorter
	}
	if bytes.IndexByte(head[:n], 0) >= 0 {
		return nil
	}
	f := &find{task: study.Classification}
	labels := map[string]bool{}
	pairs, numbers := 0, 0
	counts := countSigns{whole: true}
	for _, line := range firstLines(head[:n], 500) {
		line, _, _ = strings.Cut(line, "#")
		if !svmlightLine.MatchString(line) {
			return nil
		}
		found := svmlightPair.FindAllStringSubmatch(" "+line, -1)
		pairs += len(found)
		counts.see(line)
		f.zeroBased = f.zeroBased || len(found) > 0 && found[0][1] == "0"
		label, _ := datafile.NextWord([]byte(line))
		switch text := string(label); {
		case bytes.ContainsAny(label, ",:"):
			f.task = study.Multilabel
		default:
			if datafile.IsNumber(text) {
				numbers++
			}
			labels[datafile.ClassName(text)] = true
		}
	}
	if pairs == 0 {
		return nil
	}
	const most = 20
	if f.task == study.Classification && len(labels) > most && numbers > 0 {
		f.task = study.Regression
	}
	f.what = fmt.Sprintf("sparse samples, %s", f.task)
	f.counts = counts.words()
	return f
}

// countSigns tells counts of words from other sparse numbers: whole and positive,
// some above 1, of many columns.
type countSigns struct {
	whole, several bool
	columns        int
}

func (c *countSigns) see(line string) {
	for word := range strings.FieldsSeq(line) {
		index, value, ok := strings.Cut(word, ":")
		if !ok || index == "qid" {
			continue
		}
		if i, err := strconv.Atoi(index); err == nil {
			c.columns = max(c.columns, i)
		}
		v, err := strconv.ParseFloat(value, 64)
		c.whole = c.whole && err == nil && v >= 0 && v == math.Trunc(v)
		c.several = c.several || v > 1
	}
}

func (c *countSigns) words() bool {
	const vocabulary = 1000
	return c.whole && c.several && c.columns >= vocabulary
}

// writeSvmlight says what the names of the files do not.
func (s *scanner) writeSvmlight(found []*find) {
	d := s.draft
	if !slices.ContainsFunc(found, func(f *find) bool { return !f.counts }) {
		d.Study.Input.Normalize = study.NormalizeTFIDF
		d.Found = append(d.Found, "rows look like counts of words, so that input.normalize is tfidf; scale, log and length are others")
	}
	for i, f := range found {
		dom := &d.Study.Domains[i]
		if !study.IsSvmlightFile(f.rel) {
			dom.Format = study.SvmlightFormat
		}
		if f.task != study.Classification {
			dom.Task.Kind = f.task
		}
		if f.zeroBased {
			dom.Svmlight = &study.Svmlight{ZeroBased: true}
		}
	}
}

// firstLines returns the whole, not empty lines at the beginning of a file.
func firstLines(head []byte, n int) []string {
	head = bytes.TrimPrefix(head, []byte("\ufeff"))
	if end := bytes.LastIndexByte(head, '\n'); end >= 0 {
		head = head[:end+1]
	}
	var out []string
	for line := range strings.Lines(string(head)) {
		if line = strings.TrimRight(line, "\r\n"); strings.TrimSpace(line) != "" {
			out = append(out, line)
		}
		if len(out) == n {
			break
		}
	}
	return out
}
