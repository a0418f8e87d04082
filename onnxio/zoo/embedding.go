package zoo

import (
	"fmt"
	"math"

	"github.com/sharewise/sharewise/onnxio"
)

// Category is a column of words.
type Category struct {
	Name string
	// Size is the number of codes, from 0 to Size-1.
	Size int
}

// embeddingWidth is the number of values that stand for a word of n: 1.6 times
// n^0.56, rounded, from 1 to 50. The power is the rule of the library fastai
// (emb_sz_rule of its tabular models), which was fitted to widths that worked.
func embeddingWidth(n int) int {
	return min(50, max(1, int(math.Round(1.6*math.Pow(float64(n), 0.56)))))
}

// embeddingInit starts embeddings near zero, as fastai does, so that words that
// training has not seen count for little.
const embeddingInit = "normal std=0.01"

// embed replaces the codes at the end of a sample by their embeddings. Width
// does not change these: they belong to the input.
func (l *layers) embed() {
	n := l.shape[0] - len(l.cfg.Categories)
	sizes := []int64{int64(n)}
	if n == 0 {
		sizes = nil
	}
	for range l.cfg.Categories {
		sizes = append(sizes, 1)
	}
	parts := []string{l.last}
	if len(sizes) > 1 {
		parts = l.b.Ops("Split", len(sizes), []string{l.last, l.b.Int64s(sizes...)}, onnxio.IntAttr("axis", 1))
	}
	joined, codes := parts[:len(parts)-len(l.cfg.Categories)], parts[len(parts)-len(l.cfg.Categories):]
	joined = append([]string(nil), joined...)
	for k, c := range l.cfg.Categories {
		width := embeddingWidth(c.Size)
		weight := l.param("embedding."+c.Name+".weight", embeddingInit, c.Size, width)
		code := l.b.Op("Squeeze", []string{codes[k], l.b.Int64s(1)})
		code = l.b.Op("Cast", []string{code}, onnxio.IntAttr("to", int64(onnxio.Int64)))
		joined = append(joined, l.b.Op("Gather", []string{weight, code}, onnxio.IntAttr("axis", 0)))
		n += width
	}
	l.last = joined[0]
	if len(joined) > 1 {
		l.last = l.b.Op("Concat", joined, onnxio.IntAttr("axis", 1))
	}
	l.shape = []int{n}
}

// checkCategories reports what is wrong with the columns of words.
func (cfg Config) checkCategories() error {
	if len(cfg.Categories) == 0 {
		return nil
	}
	if len(cfg.Input) != 1 || len(cfg.Categories) > cfg.Input[0] {
		return fmt.Errorf("%d columns of words in samples of shape %s", len(cfg.Categories), FormatShape(cfg.Input))
	}
	seen := map[string]bool{}
	for _, c := range cfg.Categories {
		if c.Size < 1 || c.Size > maxElements/50 {
			return fmt.Errorf("column %q has %d codes; 1 to %d are possible", c.Name, c.Size, maxElements/50)
		}
		if seen[c.Name] {
			return fmt.Errorf("two columns of words are called %q", c.Name)
		}
		seen[c.Name] = true
	}
	return nil
}
