package tokenizer

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"
)

const oneWord = `"model":{"type":"WordLevel","unk_token":"u","vocab":{"u":0}}`

// steps are a list of so many of the same part.
func steps(part string, n int) string { return strings.Repeat(part+",", n-1) + part }

// charsmap is a table of SentencePiece that puts n letters in the place of an a.
func charsmap(n int) string {
	units := make([]uint32, 512)
	units[0] = 1 << 10                                // the root is at 1
	units[1^'a'] = 'a' | 1<<8 | uint32((1^'a')^2)<<10 // a has a value, at 2
	data := binary.LittleEndian.AppendUint32(nil, uint32(4*len(units)))
	for _, u := range units {
		data = binary.LittleEndian.AppendUint32(data, u)
	}
	return base64.StdEncoding.EncodeToString(append(data, strings.Repeat("b", n)+"\x00"...))
}

// TestHostileRefused gives files that ask for much by little.
func TestHostileRefused(t *testing.T) {
	long := strings.Repeat("a", 5000)
	for name, test := range map[string]struct{ file, says string }{
		"a number that asks for gigabytes": {`{"added_tokens":[{"id":16777215,"content":"x"}],` + oneWord + `}`, "a row for every number"},
		"padding that does":                {`{"padding":{"pad_id":16777215},` + oneWord + `}`, "a row for every number"},
		"a special token that does":        {`{"post_processor":{"type":"BertProcessing","sep":["x",16777215],"cls":["y",0]},` + oneWord + `}`, "a row for every number"},
		"a long token":                     {`{"model":{"type":"Unigram","vocab":[["` + long + `",0]]}}`, "bytes long"},
		"a long word":                      {`{"model":{"type":"WordLevel","unk_token":"u","vocab":{"u":0,"` + long + `":1}}}`, "bytes long"},
		"a long added token":               {`{"added_tokens":[{"id":1,"content":"` + long + `"}],` + oneWord + `}`, "bytes long"},
		"a long prefix":                    {`{"model":{"type":"BPE","continuing_subword_prefix":"` + long + `","vocab":{"u":0},"merges":[]}}`, "bytes long"},
		"a long replacement":               {`{"normalizer":{"type":"Replace","pattern":{"String":"a"},"content":"` + long + `"},` + oneWord + `}`, "bytes long"},
		"a long beginning":                 {`{"normalizer":{"type":"Prepend","prepend":"` + long + `"},` + oneWord + `}`, "bytes long"},
		"a long blank":                     {`{"pre_tokenizer":{"type":"Metaspace","replacement":"` + long + `"},` + oneWord + `}`, "bytes long"},
		"a long entry of a table":          {`{"normalizer":{"type":"Precompiled","precompiled_charsmap":"` + charsmap(5000) + `"},` + oneWord + `}`, "puts 5000 bytes in"},
		"many steps":                       {`{"normalizer":{"type":"Sequence","normalizers":[` + steps(`{"type":"NFC"}`, 65) + `]},` + oneWord + `}`, "65 steps"},
		"many cutters":                     {`{"pre_tokenizer":{"type":"Sequence","pretokenizers":[` + steps(`{"type":"BertPreTokenizer"}`, 33) + `]},` + oneWord + `}`, "66 steps"},
		"a pattern of many steps":          {`{"pre_tokenizer":{"type":"Split","behavior":"Removed","pattern":{"Regex":"` + strings.Repeat("(a?){900}", 20) + `"}},` + oneWord + `}`, "too large"},
		"a pattern that is too large":      {`{"pre_tokenizer":{"type":"Split","behavior":"Removed","pattern":{"Regex":"((a{900}){900}){900}"}},` + oneWord + `}`, "none that is supported"},
		"many special tokens":              {`{"post_processor":{"type":"TemplateProcessing","single":[` + steps(`{"SpecialToken":{"id":"s"}}`, 65) + `,{"Sequence":{"id":"A"}}],"special_tokens":{"s":{"ids":[0]}}},` + oneWord + `}`, "65 special tokens"},
		"lists without end":                {`{"model":` + strings.Repeat("[", 100_000) + `}`, "without end"},
		"another type":                     {`{"model":{"type":"WordLevel","unk_token":"u","vocab":["u"]}}`, "an array"},
	} {
		_, err := Parse([]byte(test.file))
		if !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %.300v; want %q", name, err, test.says)
		}
		if err != nil && (len(err.Error()) > 1000 || strings.Contains(err.Error(), " json: ") || strings.Contains(err.Error(), "unmarshal")) {
			t.Errorf("%s: a message of %d bytes: %.300v", name, len(err.Error()), err)
		}
	}
}

// TestHostileGrowth lets files make texts longer at every step: memory and time stay those of
// a few times the text.
func TestHostileGrowth(t *testing.T) {
	double := `{"type":"Replace","pattern":{"String":"a"},"content":"aa"}`
	content := strings.Repeat("a", 4000)
	for name, part := range map[string]string{
		"doubled 24 times":       `"normalizer":{"type":"Sequence","normalizers":[` + steps(double, 24) + `]}`,
		"anywhere":               `"normalizer":{"type":"Sequence","normalizers":[` + steps(`{"type":"Replace","pattern":{"String":""},"content":"`+content+`"}`, 4) + `]}`,
		"by a table":             `"normalizer":{"type":"Sequence","normalizers":[` + steps(`{"type":"Precompiled","precompiled_charsmap":"`+charsmap(4000)+`"},{"type":"Replace","pattern":{"String":"b"},"content":"a"}`, 4) + `]}`,
		"bytes of bytes":         `"pre_tokenizer":{"type":"Sequence","pretokenizers":[` + steps(`{"type":"ByteLevel"}`, 14) + `]}`,
		"blanks":                 `"pre_tokenizer":{"type":"Sequence","pretokenizers":[` + steps(`{"type":"Metaspace","replacement":" `+content+`"}`, 64) + `]}`,
		"a beginning everywhere": `"added_tokens":[{"id":0,"content":"b"}],"normalizer":{"type":"Prepend","prepend":"` + content + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			tok := parse(t, "{"+part+","+oneWord+"}")
			text := strings.Repeat("a é b", 1000)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			began := time.Now()
			tok.Encode(text, 16)
			runtime.ReadMemStats(&after)
			if took := time.Since(began); took > 20*time.Second {
				t.Errorf("it takes %v", took)
			}
			// What is allocated in all steps together, most of which is gone at once.
			if n := after.TotalAlloc - before.TotalAlloc; n > 1<<30 {
				t.Errorf("a text of %d bytes takes %d MB", len(text), n>>20)
			}
		})
	}
}

// TestOrdinaryNotCut makes sure that bounds cut nothing of what files that are used do with
// texts of any length: those that grow most in Unicode forms, tables and bytes.
func TestOrdinaryNotCut(t *testing.T) {
	for _, unit := range []string{"\ufdfa", "a ", "東", "\u0390", "İ"} {
		text := strings.Repeat(unit, 3000)
		for _, part := range []string{
			`"normalizer":{"type":"NFKD"},"pre_tokenizer":{"type":"ByteLevel"}`,
			`"normalizer":{"type":"BertNormalizer"},"pre_tokenizer":{"type":"BertPreTokenizer"}`,
			`"normalizer":{"type":"Sequence","normalizers":[{"type":"Precompiled","precompiled_charsmap":"` + charsmap(4) + `"},{"type":"Replace","pattern":{"Regex":" {2,}"},"content":"▁"}]},"pre_tokenizer":{"type":"Metaspace"}`,
		} {
			tok := parse(t, "{"+part+","+oneWord+"}")
			ample := room(len(text)) - room(0) // without what every text may take
			normal, whole := tok.normalised(text, ample), text
			for _, n := range tok.normalize {
				whole = n.apply(whole)
			}
			words := []string{whole}
			for _, s := range tok.split {
				words = s.apply(words, true)
			}
			if got := tok.words(normal, true, ample); strings.Join(got, "") != strings.Join(words, "") {
				t.Errorf("%q: %.60s: cut off after %d words of %d", unit, part, len(got), len(words))
			}
		}
	}
}

// TestLongWords encodes words without end: all of them is not in memory many times, nor looked
// at where few tokens are asked for.
func TestLongWords(t *testing.T) {
	word := strings.Repeat("abc", 3<<20/3)
	for _, file := range []string{unigramFile, `{"model":{"type":"BPE","vocab":{"a":0,"b":1,"c":2,"ab":3},"merges":["a b"]}}`} {
		tok := parse(t, file)
		for _, length := range []int{16, 0} {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			ids := tok.Encode(word, length)
			runtime.ReadMemStats(&after)
			if length > 0 && len(ids) != length || length == 0 && len(ids) < len(word)/3 {
				t.Errorf("%d tokens of %d", len(ids), length)
			}
			if n := after.TotalAlloc - before.TotalAlloc; length > 0 && n > 400<<20 {
				t.Errorf("%d tokens of a word of 3 MB take %d MB", length, n>>20)
			}
		}
	}
}
