package study

import (
	"slices"

	"github.com/sharewise/sharewise/analysis/textcode"
)

// TextInput is the kind of input of texts.
const TextInput = "text"

// TextFiles is the format of folders of text files, one folder per class.
const TextFiles = "texts"

// Text says how texts become numbers, see package textcode.
type Text struct {
	Encoding   string // textcode.NGrams, Words or Tokenizer
	Buckets    int
	Words      int
	Characters []int
	Length     int
	Tokenizer  string // path of a tokenizer.json
	// Content is that of the tokenizer.json where a program has it already.
	Content []byte
}

// textFields are compared in testdata/studies/texts; files that init drafts ask for n-grams of
// characters too.
var textFields = []field{
	{key: "encoding", doc: "ngrams: counts of n-grams, hashed into a fixed number of buckets, for the trunk mlp; words: hashed words in their order, and tokenizer: tokens of a tokenizer.json, both for the trunks bag and transformer and for encoders of one's own. None of them is fitted to any text.", typ: choice(textcode.NGrams, textcode.Words, textcode.Tokenizer), note: "tokenizer where one is named, else ngrams",
		at: at(func(t *Text) *string { return &t.Encoding })},
	{key: "buckets", doc: "Buckets that n-grams and words are hashed into. More make fewer of them share one, and larger models.", typ: integer(2, textcode.MaxBuckets), note: "16384",
		at: at(func(t *Text) *int { return &t.Buckets })},
	{key: "words", doc: "ngrams: words of the longest n-gram; 0 counts no words.", typ: integer(0, textcode.MaxGram), def: "2",
		at: at(func(t *Text) *int { return &t.Words })},
	{key: "characters", doc: "ngrams: characters of the shortest and the longest n-gram of characters within words, such as [3, 5]; they help with misspellings and with languages of many forms of a word.", typ: listOf[int](integer(1, textcode.MaxGram)).ofLength(2, 2), note: "none",
		at: at(func(t *Text) *[]int { return &t.Characters })},
	{key: "length", doc: "words and tokenizer: how many of them a text becomes; longer texts are cut.", typ: integer(1, textcode.MaxLength), note: "128",
		at: at(func(t *Text) *int { return &t.Length })},
	{key: "tokenizer", doc: "Path of a tokenizer.json, such as lies beside exported encoder models: WordPiece, BPE or Unigram.", typ: text(), note: "none",
		at: at(func(t *Text) *string { return &t.Tokenizer })},
}

// takesTexts reports whether the input is texts, before defaults are filled in.
func (s *Study) takesTexts() bool {
	if s.Input.Kind != "" {
		return s.Input.Kind == TextInput
	}
	return s.Input.Text != nil || slices.ContainsFunc(s.Domains, func(d Domain) bool {
		return d.Format == TextFiles || d.Columns != nil && len(d.Columns.Text) > 0
	})
}

// completeText fills in how texts become numbers.
func (found *findings) completeText(in *Input) {
	if in.Text == nil {
		in.Text = new(Text)
		fill(in.Text, textFields)
	}
	t := in.Text
	t.Tokenizer = found.expand("input.text.tokenizer", t.Tokenizer)
	if t.Encoding == "" {
		if t.Encoding = textcode.NGrams; t.Tokenizer != "" {
			t.Encoding = textcode.Tokenizer
		}
	}
	if t.Encoding != textcode.Tokenizer && t.Buckets == 0 {
		t.Buckets = 1 << 14
	}
	if t.Encoding != textcode.NGrams && t.Length == 0 {
		t.Length = 128
	}
	if in.Normalize == "" && !in.Scaled() {
		if in.Normalize = "none"; t.Encoding == textcode.NGrams {
			in.Normalize = NormalizeTFIDF
		}
	}
}

// tokens is the layout of samples that are numbers of words or tokens.
const tokens = "numbers of words"

// layout is that of the numbers that texts become.
func (t *Text) layout() string {
	if t.Encoding == textcode.NGrams {
		return Table
	}
	return tokens
}

// text checks the input.
func (c *checker) text() {
	in := &c.study.Input
	t := in.Text
	if len(in.Size) > 0 {
		c.errorf("input.image", "the input is texts, which have no image size")
	}
	if in.Scaled() {
		c.errorf("input", "scale, mean and std are for numbers; texts have none")
	}
	switch {
	case t.Encoding == textcode.Tokenizer && t.Tokenizer == "" && len(t.Content) == 0:
		c.errorf("input.text", "the key \"tokenizer\" is missing: the path of a tokenizer.json")
	case t.Encoding != textcode.Tokenizer && t.Tokenizer != "":
		c.errorf("input.text.tokenizer", "the encoding is %s, which takes no tokenizer", t.Encoding)
	}
	for _, k := range []struct {
		key   string
		given bool
		fits  bool
	}{
		{"buckets", c.has("input.text.buckets"), t.Encoding != textcode.Tokenizer},
		{"words", c.has("input.text.words"), t.Encoding == textcode.NGrams},
		{"characters", len(t.Characters) > 0, t.Encoding == textcode.NGrams},
		{"length", c.has("input.text.length"), t.Encoding != textcode.NGrams},
	} {
		if k.given && !k.fits {
			c.errorf("input.text."+k.key, "this key is not for the encoding %s", t.Encoding)
		}
	}
	if t.Encoding != textcode.NGrams && in.Normalize != "none" {
		c.errorf("input.normalize", "%s would change the numbers of words, of which each stands for itself; leave it out", in.Normalize)
	}
	e := textcode.Encoding{Kind: t.Encoding, Buckets: t.Buckets, Words: t.Words, Characters: t.Characters, Length: t.Length, Tokenizer: []byte("{}")}
	if err := e.Validate(); err != nil {
		c.errorf("input.text", "%v", err)
	}
}

// texts checks the keys of a domain of text files.
func (c *domainChecker) texts() {
	if c.d.Columns != nil {
		c.fail("columns", "columns are for tables; the class of a text file is the folder that it is in")
	}
}
