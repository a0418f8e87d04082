package inspection

import (
	"fmt"
	"hash/maphash"
	"strings"
	"unicode/utf8"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/textcode"
)

// Texts describes the texts of a domain.
type Texts struct {
	// Words counts those of all training texts, Vocabulary the different ones.
	Words      int `json:"words"`
	Vocabulary int `json:"vocabulary"`
	// Unknown is the share of the words of test texts that no training text has. Of
	// a tokenizer it is the share of tokens that stand for what it does not know.
	Unknown float64 `json:"unknown"`
	// Cut is the share of training texts that are longer than what a model sees of
	// them.
	Cut float64 `json:"cut"`
	// Empty is the number of texts, of all splits, without any word.
	Empty int `json:"empty"`
}

// textsOf counts the words of a domain's texts; nil for other input.
func textsOf(d *dataset.Domain) (*Texts, error) {
	if d.Text == nil {
		return nil, nil
	}
	enc, err := d.Text.Encoder()
	if err != nil {
		return nil, err
	}
	out := &Texts{}
	seen := map[uint64]struct{}{} // hashes of words of training
	cut, tested, unknown, strange := 0, 0, 0, 0
	for p, s := range splitsOf(d) {
		for i := range s.Len() {
			text, words := s.Text(i), 0
			textcode.EachWord(text, func(word []byte) bool {
				words++
				h := maphash.Bytes(hashSeed, word)
				switch _, known := seen[h]; {
				case p == train:
					seen[h] = struct{}{}
				case p == test && !known:
					unknown++
				}
				return true
			})
			if words == 0 {
				out.Empty++
			}
			long := d.Text.Kind == textcode.Words && words > d.Text.Length
			if d.Text.Kind == textcode.Tokenizer && p != val {
				ids, lost := enc.Tokens(text)
				long = len(ids) > d.Text.Length
				if p == test {
					tested, strange = tested+len(ids), strange+lost
				}
			} else if p == test {
				tested += words
			}
			if p == train {
				out.Words += words
				if long {
					cut++
				}
			}
		}
	}
	if d.Text.Kind == textcode.Tokenizer {
		unknown = strange
	}
	out.Vocabulary = len(seen)
	out.Unknown = float64(unknown) / float64(max(1, tested))
	out.Cut = float64(cut) / float64(max(1, d.Train.Len()))
	return out, nil
}

// notes are sentences about what was counted.
func (t *Texts) notes(e *textcode.Encoding) []string {
	out := []string{fmt.Sprintf("models see %s of a text", e)}
	if e.Kind == textcode.NGrams && t.Vocabulary > e.Buckets {
		out = append(out, fmt.Sprintf("%d different words share %d buckets; more of these (input.text.buckets) tell more words apart", t.Vocabulary, e.Buckets))
	}
	if t.Cut > 0 {
		out = append(out, fmt.Sprintf("%s %% of the training texts are longer than input.text.length and are cut", figure(100*t.Cut)))
	}
	return out
}

// textView views texts by their lengths.
func textView() view {
	return view{[]string{"characters", "words", "different words", "characters of a word"}, func(s *dataset.Split, i int, out []float64) {
		text := s.Text(i)
		words, letters := 0, 0
		different := map[string]struct{}{}
		textcode.EachWord(text, func(word []byte) bool {
			words++
			letters += utf8.RuneCount(word)
			different[string(word)] = struct{}{}
			return true
		})
		out[0], out[1], out[2] = float64(utf8.RuneCountInString(text)), float64(words), float64(len(different))
		out[3] = float64(letters) / float64(max(1, words))
	}}
}

// sameWords is a text as far as copies of it are looked for: its words in their
// order, without what stands between them and without capitals.
func sameWords(dst []byte, text string) []byte {
	textcode.EachWord(text, func(word []byte) bool {
		dst = append(append(dst, word...), ' ')
		return true
	})
	if len(dst) == 0 { // texts of signs alone differ by these
		dst = append(dst, strings.TrimSpace(text)...)
	}
	return dst
}
