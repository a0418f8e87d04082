package tokenizer

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sharewise/sharewise/analysis/versioned/alteration"
)

// wordPieceFile is a tokenizer as BERT has it, with a few words.
const wordPieceFile = `{
 "added_tokens": [{"id":0,"content":"[PAD]","special":true},{"id":1,"content":"[UNK]"},{"id":2,"content":"[CLS]"},{"id":3,"content":"[SEP]"},{"id":4,"content":"[MASK]","lstrip":true}],
 "normalizer": {"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true},
 "pre_tokenizer": {"type":"BertPreTokenizer"},
 "post_processor": {"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"[SEP]","type_id":0}}],
  "pair":[],"special_tokens":{"[CLS]":{"id":"[CLS]","ids":[2],"tokens":["[CLS]"]},"[SEP]":{"id":"[SEP]","ids":[3],"tokens":["[SEP]"]}}},
 "model": {"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":100,
  "vocab":{"[PAD]":0,"[UNK]":1,"[CLS]":2,"[SEP]":3,"[MASK]":4,"un":5,"##aff":6,"##able":7,"runn":8,"##ing":9,"!":10,"東":11,"京":12,"cafe":13,",":14}}}`

// bytesFile is a byte-level BPE as GPT-2 and RoBERTa have it.
const bytesFile = `{
 "added_tokens": [{"id":0,"content":"<s>"},{"id":1,"content":"<pad>"},{"id":2,"content":"</s>"},{"id":3,"content":"<unk>"}],
 "pre_tokenizer": {"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true},
 "post_processor": {"type":"RobertaProcessing","sep":["</s>",2],"cls":["<s>",0],"trim_offsets":true,"add_prefix_space":false},
 "model": {"type":"BPE","vocab":{"<s>":0,"<pad>":1,"</s>":2,"<unk>":3,"l":4,"o":5,"w":6,"e":7,"r":8,"Ġ":9,"lo":10,"low":11,"er":12,"Ġlow":13,"n":14,"Ã":15,"©":16},
  "merges":["l o","lo w","e r","Ġ low"]}}`

// unigramFile is a Unigram as T5 and XLM-R have it.
const unigramFile = `{
 "added_tokens": [{"id":0,"content":"<pad>"},{"id":1,"content":"</s>"}],
 "normalizer": {"type":"NFKC"},
 "pre_tokenizer": {"type":"Metaspace","replacement":"▁","add_prefix_space":true},
 "post_processor": {"type":"TemplateProcessing","single":[{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"</s>","type_id":0}}],"special_tokens":{"</s>":{"id":"</s>","ids":[1],"tokens":["</s>"]}}},
 "model": {"type":"Unigram","unk_id":2,"vocab":[["<pad>",0],["</s>",0],["<unk>",0],["▁",-2],["▁ab",-3],["a",-4],["b",-4.5],["c",-4.2],["abc",-7],["▁a",-3.5],["bc",-3.8]]}}`

func parse(t testing.TB, file string) *Tokenizer {
	t.Helper()
	tok, err := Parse([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

func ExampleTokenizer_Encode() {
	tok, err := Parse([]byte(wordPieceFile))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(tok.Encode("Unaffable, running!", 0))
	fmt.Println(tok.Encode("Unaffable, running!", 4))
	// Output:
	// [2 5 6 7 14 8 9 10 3]
	// [2 5 6 3]
}

// TestEncode holds tokens against those worked out by hand by the definitions.
func TestEncode(t *testing.T) {
	for _, c := range []struct {
		name, file, text string
		want             []int
	}{
		{"unaffable is BERT's own example", wordPieceFile, "unaffable", []int{2, 5, 6, 7, 3}},
		{"accents and capitals", wordPieceFile, "CAFÉ Cafe\u0301", []int{2, 13, 13, 3}},
		{"Han letters stand alone", wordPieceFile, "東京", []int{2, 11, 12, 3}},
		{"a rest makes the word unknown", wordPieceFile, "unaffablex runn", []int{2, 1, 8, 3}},
		{"added tokens in the text", wordPieceFile, "un [MASK]un[SEP]", []int{2, 5, 4, 5, 3, 3}},
		{"control characters go", wordPieceFile, "u\u0000n\u200d\u00adaff\ufffdable", []int{2, 5, 6, 7, 3}},
		{"empty", wordPieceFile, "", []int{2, 3}},
		{"merges by rank", bytesFile, "lower", []int{0, 11, 12, 2}},
		{"the last blank goes with the word", bytesFile, "low  low", []int{0, 11, 9, 13, 2}},
		{"bytes of é", bytesFile, "é", []int{0, 15, 16, 2}},
		{"a byte without a token is left out", bytesFile, "lox", []int{0, 10, 2}},
		{"the best sum wins", unigramFile, "abc", []int{4, 7, 1}}, // ▁ab c has -7.2, ▁a bc -7.3, ▁ abc -9
		{"unknown characters are one token", unigramFile, "zzabc", []int{3, 2, 8, 1}},
		{"NFKC", unigramFile, "ａ", []int{9, 1}},
	} {
		if got := parse(t, c.file).Encode(c.text, 0); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q is %v, want %v", c.name, c.text, got, c.want)
		}
	}
}

func TestPaddingAndSize(t *testing.T) {
	for _, c := range []struct {
		file          string
		padding, size int
		unknown       int
	}{{wordPieceFile, 0, 15, 1}, {bytesFile, 1, 17, -1}, {unigramFile, 0, 11, 2}} {
		tok := parse(t, c.file)
		if tok.Padding() != c.padding || tok.Size() != c.size || tok.Unknown() != c.unknown {
			t.Errorf("padding %d, size %d, unknown %d; want %+v", tok.Padding(), tok.Size(), tok.Unknown(), c)
		}
	}
}

// TestGPTWords holds the words against the pattern, whose looking ahead is worked
// out by hand.
func TestGPTWords(t *testing.T) {
	for text, want := range map[string]string{
		"Hello world":       "Hello| world",
		"I'm you're it's":   "I|'m| you|'re| it|'s",
		"a  b":              "a| | b",
		"a \n b":            "a| \n| b",
		"end  ":             "end|  ",
		"x1y22 33.5":        "x|1|y|22| 33|.|5",
		"\t\tindent":        "\t|\t|indent",
		"wow!!! ...ok 'til": "wow|!!!| ...|ok| '|til",
		"été 東京":            "été| 東京",
	} {
		var got []string
		for _, p := range gptWords(text) {
			got = append(got, text[p[0]:p[1]])
		}
		if s := strings.Join(got, "|"); s != want {
			t.Errorf("%q: %q, want %q", text, s, want)
		}
	}
}

func TestNormalizersAndSplitters(t *testing.T) {
	apply := func(normalizer, splitter, text string) string {
		t.Helper()
		n, err := parseNormalizers(json.RawMessage(normalizer))
		if err != nil {
			t.Fatal(err)
		}
		s, err := parseSplitters(json.RawMessage(splitter))
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range n {
			text = x.apply(text)
		}
		words := []string{text}
		for _, x := range s {
			words = x.apply(words, true)
		}
		return strings.Join(words, "|")
	}
	for _, c := range []struct{ normalizer, splitter, text, want string }{
		{`{"type":"Sequence","normalizers":[{"type":"NFD"},{"type":"StripAccents"},{"type":"Lowercase"}]}`, `{"type":"Whitespace"}`, "Élan, vital!", "elan|,|vital|!"},
		{`{"type":"Strip","strip_left":true,"strip_right":false}`, `null`, "  x ", "x "},
		{`{"type":"Replace","pattern":{"Regex":" {2,}"},"content":"▁"}`, `null`, "a   b", "a▁b"},
		{`{"type":"Replace","pattern":{"String":"."},"content":"$1"}`, `null`, "a.b", "a$1b"},
		{`{"type":"Prepend","prepend":"▁"}`, `null`, "a", "▁a"},
		{`null`, `{"type":"Punctuation"}`, "a,b--", "a|,|b|-|-"},
		{`null`, `{"type":"Digits","individual_digits":false}`, "a12b3", "a|12|b|3"},
		{`null`, `{"type":"Digits","individual_digits":true}`, "a12", "a|1|2"},
		{`null`, `{"type":"Split","pattern":{"String":"-"},"behavior":"MergedWithPrevious","invert":false}`, "a-b-c", "a-|b-|c"},
		{`null`, `{"type":"Split","pattern":{"String":"-"},"behavior":"MergedWithNext","invert":false}`, "a-b-c", "a|-b|-c"},
		{`null`, `{"type":"Split","pattern":{"Regex":"\\s+"},"behavior":"Removed","invert":false}`, "a b  c", "a|b|c"},
		{`null`, `{"type":"Metaspace","replacement":"▁","prepend_scheme":"first","split":true}`, "a b", "▁a|▁b"},
		{`null`, `{"type":"Metaspace","replacement":"▁","prepend_scheme":"never","split":true}`, "a  b", "a|▁|▁b"},
		{`null`, `{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":false}`, "a b", "▁a▁b"},
	} {
		if got := apply(c.normalizer, c.splitter, c.text); got != c.want {
			t.Errorf("%s %s of %q: %q, want %q", c.normalizer, c.splitter, c.text, got, c.want)
		}
	}
}

func TestRefused(t *testing.T) {
	model := `{"type":"WordLevel","unk_token":"u","vocab":{"u":0}}`
	for file, says := range map[string]string{
		`{}`:   "no model",
		`{"x"`: "cut off",
		`{"model":{"type":"Magic","vocab":{"a":0}}}`:                                                                                       `model "Magic"`,
		`{"model":{"type":"WordPiece","unk_token":"[UNK]","vocab":{"a":0}}}`:                                                               "[UNK]",
		`{"model":{"type":"WordLevel","unk_token":"u","vocab":{"u":-3}}}`:                                                                  "-3",
		`{"model":{"type":"BPE","vocab":{"a":0,"b":1},"merges":["a b"]}}`:                                                                  "merge 1",
		`{"model":{"type":"BPE","vocab":{"a":0},"merges":[],"dropout":0.1}}`:                                                               "dropout",
		`{"model":{"type":"Unigram","unk_id":5,"vocab":[["a",0]]}}`:                                                                        "unk_id",
		`{"model":` + model + `,"normalizer":{"type":"Odd"}}`:                                                                              `normalizer "Odd"`,
		`{"model":` + model + `,"pre_tokenizer":{"type":"Split","pattern":{"Regex":"(?!x)"},"behavior":"Removed"}}`:                        "(?!x)",
		`{"model":` + model + `,"post_processor":{"type":"TemplateProcessing","single":[]}}`:                                               "0 times",
		`{"model":` + model + `,"normalizer":{"type":"Precompiled","precompiled_charsmap":"AAAA/w=="}}`:                                    "charsmap",
		`{"model":` + model + `,"normalizer":` + strings.Repeat(`{"type":"Sequence","normalizers":[`, 40) + strings.Repeat(`]}`, 40) + `}`: "deep",
	} {
		_, err := Parse([]byte(file))
		if !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), says) {
			t.Errorf("%.80s: %v; want %q", file, err, says)
		}
	}
}

// TestHuge makes sure that no text takes long, whatever it consists of.
func TestHuge(t *testing.T) {
	began := time.Now()
	for _, unit := range []string{"low", "a ", " ", "é", "[MASK]", "東", "\n"} {
		text := strings.Repeat(unit, 1<<17/len(unit))
		for _, file := range []string{wordPieceFile, bytesFile, unigramFile} {
			if got := parse(t, file).Encode(text, 32); len(got) > 32 {
				t.Errorf("%d tokens", len(got))
			}
		}
	}
	if d := time.Since(began); d > time.Minute {
		t.Errorf("texts of 128 KiB took %v", d)
	}
}

func FuzzEncode(f *testing.F) {
	f.Add("The quick [MASK] fox 東京 \xff\u0301", uint8(7))
	f.Add("  \n low lower 's", uint8(0))
	tokenizers := []*Tokenizer{parse(f, wordPieceFile), parse(f, bytesFile), parse(f, unigramFile)}
	f.Fuzz(func(t *testing.T, text string, length uint8) {
		for _, tok := range tokenizers {
			ids := tok.Encode(text, int(length))
			if length > 0 && len(ids) > int(length) {
				t.Errorf("%d tokens of %d", len(ids), length)
			}
			for _, id := range ids {
				if id < 0 || id >= tok.Size() {
					t.Errorf("token %d of %d", id, tok.Size())
				}
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, file := range []string{wordPieceFile, bytesFile, unigramFile} {
		f.Add([]byte(file))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		tok, err := Parse(file)
		if err != nil {
			if !errors.Is(err, ErrFormat) {
				t.Errorf("%v is no ErrFormat", err)
			}
			alteration.Plain(t, err)
			return
		}
		for _, id := range tok.Encode("The quick 東京 fox's <s> é", 20) {
			if id < -1 || id >= tok.Size() {
				t.Errorf("token %d of %d", id, tok.Size())
			}
		}
	})
}
