package tokenizer

import (
	"encoding/json"
	"os"
	"slices"
	"testing"
)

// TestLibrary holds tokens against those of Hugging Face's library, see
// testdata/library.cjs.
func TestLibrary(t *testing.T) { holdAgainst(t, "testdata/library.json", 1) }

// TestSentencePiece holds tokens against those of SentencePiece itself, see
// testdata/reference.py. SHAREWISE_SENTENCEPIECE names a further file that it wrote,
// for instance with the rules of NFKC, which are too large to be kept.
func TestSentencePiece(t *testing.T) {
	files := []string{"testdata/sentencepiece.json"}
	if f := os.Getenv("SHAREWISE_SENTENCEPIECE"); f != "" {
		files = append(files, f)
	}
	for _, file := range files {
		holdAgainst(t, file, 20)
	}
}

// holdAgainst holds tokens against those in a file, of at least so many texts of each tokenizer.
func holdAgainst(t *testing.T, file string, least int) {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Kind      string
		Tokenizer json.RawMessage
		Texts     []struct {
			Text string
			IDs  []int
		}
	}
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) == 0 {
		t.Errorf("%s has no tokenizers", file)
	}
	for _, c := range cases {
		tok := parse(t, string(c.Tokenizer))
		if len(c.Texts) < least {
			t.Errorf("%s: %d texts", c.Kind, len(c.Texts))
		}
		for _, x := range c.Texts {
			if got := tok.Encode(x.Text, 0); !slices.Equal(got, x.IDs) {
				t.Errorf("%s %s: %q is %v, the original has %v", file, c.Kind, x.Text, got, x.IDs)
			}
		}
	}
}
