package dataset

import (
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/textcode"
)

// textEncoding is how the texts of a study become numbers, found once for all its
// domains.
type textEncoding struct {
	once    sync.Once
	encoder *textcode.Encoder
	err     error
}

// encoderOf makes numbers of the texts of a study, whose tokenizer it reads. Errors about it
// are [*Error].
func encoderOf(s *study.Study) (*textcode.Encoder, error) {
	t := s.Input.Text
	e := &textcode.Encoding{Kind: t.Encoding}
	switch t.Encoding {
	case textcode.NGrams:
		e.Buckets, e.Words, e.Characters = t.Buckets, t.Words, t.Characters
	case textcode.Words:
		e.Buckets, e.Length = t.Buckets, t.Length
	default:
		e.Length = t.Length
		if e.Tokenizer = t.Content; len(e.Tokenizer) == 0 {
			content, err := s.Limits.ReadFile(s.Path(t.Tokenizer), filelimit.Text)
			if err != nil {
				return nil, fmt.Errorf("input.text.tokenizer: %w", err)
			}
			e.Tokenizer = content
		}
	}
	made, err := e.Encoder()
	if err != nil {
		return nil, &Error{File: t.Tokenizer, Reason: err.Error()}
	}
	return made, nil
}

// texts reports whether the samples of the domain are texts.
func (s *source) texts() bool { return s.study.Input.Kind == study.TextInput }

// encoder is one of its own for each file that is read; the tokenizer is read once for all
// domains, since a large one takes seconds.
func (s *source) encoder() (*textcode.Encoder, error) {
	s.text.once.Do(func() { s.text.encoder, s.text.err = encoderOf(s.study) })
	if s.text.err != nil {
		return nil, s.text.err
	}
	return s.text.encoder.Another(), nil
}

// textKeeper takes texts one after another, as numbers and as they are.
type textKeeper struct {
	*textcode.Encoder
	numbers []textcode.Number
	row     []pair
	pairs   *spool[pair]
	starts  []int // of rows among pairs, and the end
	bytes   *spool[byte]
	ends    []int // of rows among bytes, after a 0
	empty   int
}

// newTextKeeper makes one for a domain's files.
func (s *source) newTextKeeper() (*textKeeper, error) {
	enc, err := s.encoder()
	if err != nil {
		return nil, err
	}
	return &textKeeper{Encoder: enc, pairs: newSpool[pair](1, s.budget), starts: []int{0}, bytes: newSpool[byte](1, s.budget), ends: []int{0}}, nil
}

// notUTF8 says where a text is no UTF-8, or nothing.
func notUTF8(text string) string {
	if utf8.ValidString(text) {
		return ""
	}
	for i, c := range text {
		if c == utf8.RuneError && !strings.HasPrefix(text[i:], string(utf8.RuneError)) {
			return fmt.Sprintf("is not UTF-8 at byte %d; convert it, for instance by iconv -t UTF-8, or leave bad samples out with skip_bad", i+1)
		}
	}
	return ""
}

// keep adds a text. Errors are those of storing.
func (k *textKeeper) keep(text string) error {
	k.numbers, k.row = k.Append(k.numbers[:0], text), k.row[:0]
	for _, n := range k.numbers {
		k.row = append(k.row, pair{int32(n.Index), n.Value})
	}
	if strings.TrimSpace(text) == "" {
		k.empty++
	}
	if err := k.pairs.add(k.row); err != nil {
		return err
	}
	k.starts = append(k.starts, k.pairs.count)
	if err := k.bytes.add([]byte(text)); err != nil {
		return err
	}
	k.ends = append(k.ends, k.bytes.count)
	return nil
}

// finish puts the texts into a store.
func (k *textKeeper) finish(s *source, st *store) error {
	pairs, err := k.pairs.finish()
	if err != nil {
		return err
	}
	bytes, err := k.bytes.finish()
	if err != nil {
		return err
	}
	st.values = &sparseRows{starts: k.starts, pairs: pairs}
	st.texts = textRows{{ends: k.ends, bytes: bytes}}
	st.shape = []int{k.Size()}
	st.encoding = &k.Encoding
	if k.empty > 0 {
		s.notef("%d of %d texts are empty", k.empty, len(k.starts)-1)
	}
	return nil
}

// textRows are the texts of rows of several sources, one source after another.
type textRows []textBlock

type textBlock struct {
	ends  []int // of rows, after a 0
	bytes *blocks[byte]
}

func (t textBlock) count() int { return len(t.ends) - 1 }

// text returns the first most bytes of a row's text; 0 is all.
func (t textRows) text(row, most int) string {
	k, row := place(t, row)
	at, end := t[k].ends[row], t[k].ends[row+1]
	if most > 0 {
		end = min(end, at+most)
	}
	var out strings.Builder
	for at < end {
		run := t[k].bytes.run(at, end-at)
		out.Write(run)
		at += len(run)
	}
	return out.String()
}

// Text is the text of sample i of an input of kind text, as the file has it; "" for
// other input. It is for figures, and for the eyes of those who may see the data:
// Preview shows it to people.
func (s *Split) Text(i int) string {
	if s.store.texts == nil {
		return ""
	}
	return s.store.texts.text(s.index[i], 0)
}

// shownBytes is how much of a text a preview shows.
const shownBytes = 400

// shownText is the beginning of a text on one line, as people are shown it: without
// characters that are not seen or that turn the direction of writing.
func shownText(text string, cut bool) string {
	text = strings.ToValidUTF8(text, "")
	out := strings.Join(strings.FieldsFunc(text, func(c rune) bool {
		return c <= ' ' || c == 0x7f || 0x80 <= c && c <= 0xa0 || c == 0x2028 || c == 0x2029
	}), " ")
	out = strings.Map(func(c rune) rune {
		switch {
		case 0x200b <= c && c <= 0x200f, 0x202a <= c && c <= 0x202e, 0x2060 <= c && c <= 0x206f, c == 0xfeff, 0xe0000 <= c && c <= 0xe007f:
			return -1
		}
		return c
	}, out)
	if cut {
		out += " …"
	}
	return out
}
