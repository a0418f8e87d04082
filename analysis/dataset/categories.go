package dataset

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// Category is a column of words. In place of its word a sample has the word's
// number in Words, counted from 1. 0 stands for a missing value and for a word
// that no domain of the study has in training.
type Category struct {
	Name  string   `json:"name"`
	Words []string `json:"words"` // whole numbers by value, then texts
}

// MissingWords counts the training samples without a word, for each of Categories.
func (d *Domain) MissingWords() []int {
	out := make([]int, len(d.Categories))
	if len(out) == 0 {
		return nil
	}
	x := make([]float64, d.Shape[0])
	for i := range d.Train.Len() {
		d.Train.Raw(i, x)
		for k, code := range x[len(x)-len(out):] {
			if code == 0 {
				out[k]++
			}
		}
	}
	return out
}

// maxWords bounds the different words of a column.
const maxWords = 1 << 20

// codebook numbers the words of a column in the order in which they are met,
// from 1, until all domains are read.
type codebook struct {
	name  string
	words []string
	codes map[string]float64
}

func newCodebook(name string) *codebook {
	return &codebook{name: name, codes: map[string]float64{}}
}

// code is the number of a word; false says that there are too many.
func (c *codebook) code(word string) (float64, bool) {
	if n, ok := c.codes[word]; ok {
		return n, true
	}
	if len(c.words) == maxWords {
		return 0, false
	}
	word = strings.Clone(word)
	c.words = append(c.words, word)
	c.codes[word] = float64(len(c.words))
	return c.codes[word], true
}

// categories appends the codes of a row.
func (t *table) categories(ro *roles, fields []string) *Error {
	for k, j := range ro.categorical {
		word, code, ok := strings.TrimSpace(fields[j]), 0.0, true
		if !t.Missing[word] {
			code, ok = t.codebooks[k].code(word)
		}
		if !ok {
			return &Error{Column: ro.columns[j], Value: word, Reason: fmt.Sprintf("more than %d different words", maxWords)}
		}
		t.values = append(t.values, code)
	}
	return nil
}

// recoded are rows whose last numbers are codes, in the final numbering.
type recoded struct {
	numberRows
	final [][]float32 // by column: final code of each code
}

func (r recoded) read(row int, dst []float32) {
	r.numberRows.read(row, dst)
	codes := dst[len(dst)-len(r.final):]
	for k, c := range codes {
		codes[k] = r.final[k][int(c)]
	}
}

// unifyCategories gives the words of all domains one numbering: the words that
// any domain has in training, sorted.
func unifyCategories(parts []*assembly) error {
	books := parts[0].store.codebooks
	var errs []error
	for _, p := range parts[1:] {
		if own := p.store.codebooks; !slices.EqualFunc(own, books, func(a, b *codebook) bool { return a.name == b.name }) {
			errs = append(errs, &Error{Domain: p.domain.Name, Reason: fmt.Sprintf("columns.categorical has %s, that of %s has %s; domains that share a trunk have the same inputs", bookNames(own), parts[0].domain.Name, bookNames(books))})
		}
	}
	if len(errs) > 0 || len(books) == 0 {
		return errors.Join(errs...)
	}
	categories := make([]Category, len(books))
	for k, b := range books {
		categories[k].Name = b.name
	}
	for _, p := range parts {
		for k, words := range trainingWords(p.store) {
			categories[k].Words = append(categories[k].Words, words...)
		}
	}
	open := make([]map[string]bool, len(books)) // words that a domain may show
	for _, p := range parts {
		for k, b := range p.store.codebooks {
			if open[k] == nil {
				open[k] = map[string]bool{}
			}
			for _, w := range b.words {
				open[k][w] = open[k][w] || !p.confidential
			}
		}
	}
	shown := make([]Category, len(books))
	for k := range categories {
		datafile.SortClasses(categories[k].Words)
		categories[k].Words = slices.Compact(categories[k].Words)
		shown[k] = Category{Name: categories[k].Name, Words: slices.Clone(categories[k].Words)}
		for i, w := range shown[k].Words {
			if !open[k][w] {
				shown[k].Words[i] = WordDigest(shown[k].Name, w)
			}
		}
	}
	for _, p := range parts {
		p.recode(categories, shown)
	}
	return nil
}

func bookNames(books []*codebook) string {
	var names []string
	for _, b := range books {
		names = append(names, b.name)
	}
	if len(names) == 0 {
		return "no column"
	}
	return datafile.List(names)
}

// trainingWords lists the words that each column has in training rows.
func trainingWords(st *store) [][]string {
	seen := make([][]bool, len(st.codebooks))
	for k, b := range st.codebooks {
		seen[k] = make([]bool, len(b.words)+1)
	}
	x := make([]float32, st.size())
	for _, row := range rowsIn(st, inTrain) {
		st.values.read(row, x)
		for k, c := range x[len(x)-len(seen):] {
			seen[k][int(c)] = true
		}
	}
	out := make([][]string, len(seen))
	for k, b := range st.codebooks {
		for i, w := range b.words {
			if seen[k][i+1] {
				out[k] = append(out[k], w)
			}
		}
	}
	return out
}

// recode gives the samples of a domain the final numbering, and what is shown of it.
func (a *assembly) recode(categories, shown []Category) {
	st := a.store
	r := recoded{st.values, make([][]float32, len(categories))}
	for k, c := range categories {
		number := map[string]float32{}
		for i, w := range c.Words {
			number[w] = float32(i + 1)
		}
		r.final[k] = make([]float32, len(st.codebooks[k].words)+1)
		for i, w := range st.codebooks[k].words {
			r.final[k][i+1] = number[w]
		}
	}
	st.values, st.categories, a.domain.Categories = r, shown, shown
}

// words returns the words that the codes at the end of a row stand for.
func (s *store) words(row []float32) []string {
	var out []string
	for k, c := range s.categories {
		word := ""
		if code := int(row[len(row)-len(s.categories)+k]); code > 0 {
			word = c.Words[code-1]
		}
		out = append(out, word)
	}
	return out
}
