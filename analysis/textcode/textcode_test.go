package textcode

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

func ExampleEncoding_Encoder() {
	e := Encoding{Kind: NGrams, Buckets: 1 << 10, Words: 2}
	enc, err := e.Encoder()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, n := range enc.Append(nil, "The pump, the PUMP") {
		fmt.Println(n.Index, n.Value)
	}
	// Output:
	// 413 2
	// 486 2
	// 493 2
	// 756 1
}

// words lists those of a text.
func words(text string) (out []string) {
	EachWord(text, func(w []byte) bool {
		out = append(out, string(w))
		return true
	})
	return out
}

func TestWords(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", ""},
		{" \r\n\t ", ""},
		{"Don't stop.", "don|t|stop"},
		{"naïve Ünïcode 3.14", "naïve|ünïcode|3|14"},
		{"cafe\u0301", "cafe\u0301"}, // a mark
		{"👍👍 ok €5", "👍|👍|ok|€|5"},
		{"東京タワーへ go", "東|京|タ|ワ|ー|へ|go"},
		{"שלום עולם", "שלום|עולם"},
		{"a\xffb", "a|b"},
		{"a\ufffdb", "a|b"},
		{"İSTANBUL Σ", "istanbul|σ"},
		{"x\u200by", "x|y"},
	} {
		if got := strings.Join(words(c.text), "|"); got != c.want {
			t.Errorf("words of %q: %q, want %q", c.text, got, c.want)
		}
	}
}

func TestEncodings(t *testing.T) {
	e := Encoding{Kind: Words, Buckets: 100, Length: 3}
	enc, err := e.Encoder()
	if err != nil {
		t.Fatal(err)
	}
	got := enc.Append(nil, "a b a c d")
	if len(got) != 3 || got[0].Value != got[2].Value || got[0].Value == got[1].Value || got[2].Index != 2 {
		t.Errorf("%v", got)
	}
	if got := enc.Append(nil, ""); len(got) != 0 {
		t.Errorf("an empty text has %v", got)
	}
	for _, bad := range []Encoding{
		{}, {Kind: NGrams, Buckets: 1, Words: 1}, {Kind: NGrams, Buckets: 10}, {Kind: NGrams, Buckets: 10, Words: 17},
		{Kind: NGrams, Buckets: 10, Characters: []int{5, 3}}, {Kind: Words, Buckets: 10}, {Kind: Tokenizer, Length: 5}, {Kind: Words, Buckets: MaxBuckets + 1, Length: 1},
	} {
		if _, err := bad.Encoder(); err == nil {
			t.Errorf("%+v was taken", bad)
		}
	}
}

// TestCountsAddUp holds the counts against their definition on random texts.
func TestCountsAddUp(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for range 100 {
		var text []string
		for range random.IntN(30) {
			text = append(text, strings.Repeat(string(rune('a'+random.IntN(3))), 1+random.IntN(2)))
		}
		n := 1 + random.IntN(4)
		e := Encoding{Kind: NGrams, Buckets: 1 << 16, Words: n, Characters: []int{2, 3}}
		enc, err := e.Encoder()
		if err != nil {
			t.Fatal(err)
		}
		want := 0
		for k := 1; k <= n; k++ {
			want += max(0, len(text)-k+1)
		}
		for _, w := range text {
			want += len(w) + 1 + len(w) // of ' w ', two and three characters
		}
		sum := float32(0)
		got := enc.Append(nil, strings.Join(text, " "))
		for _, c := range got {
			sum += c.Value
		}
		if int(sum) != want || !slices.IsSortedFunc(got, func(a, b Number) int { return a.Index - b.Index }) {
			t.Fatalf("%q with n = %d: %v n-grams, want %d", text, n, sum, want)
		}
	}
}

// TestPython holds the numbers against those of the program in Python.
func TestPython(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is not there")
	}
	texts := []string{
		"", "The quick brown fox", "naïve ÉCOLE cafe\u0301 3,14 İstanbul ΣΑΣ ß ŉ", "👍🏽 ok 👩‍👩‍👧 €5 ±", "東京タワーへ行く。ไทย ភាសា မြန်မာ",
		"שלום\u202e עולם العربية ١٢٣", "a\r\nb\tc\u00a0d\u2028e\u200bf", "x_y-z/w 'q' ½ Ⅷ 𝔘𝔫𝔦 𐐀", strings.Repeat("long ", 300), "\ufffd \U0001f9ff \u0300",
	}
	encodings := []Encoding{
		{Kind: NGrams, Buckets: 1 << 14, Words: 2}, {Kind: NGrams, Buckets: 97, Words: 3, Characters: []int{2, 4}},
		{Kind: NGrams, Buckets: 4096, Characters: []int{1, 3}}, {Kind: Words, Buckets: 5000, Length: 16},
	}
	var in bytes.Buffer
	var want []string
	for _, e := range encodings {
		enc, err := e.Encoder()
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range texts {
			line, err := json.Marshal(map[string]any{"encoding": e, "text": text})
			if err != nil {
				t.Fatal(err)
			}
			in.Write(append(line, '\n'))
			list := [][]float32{}
			for _, n := range enc.Append(nil, text) {
				list = append(list, []float32{float32(n.Index), n.Value})
			}
			out, err := json.Marshal(list)
			if err != nil {
				t.Fatal(err)
			}
			want = append(want, string(out))
		}
	}
	cmd := exec.Command(python, "testdata/textcode.py")
	cmd.Stdin = &in
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v", err)
	}
	got := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(got) != len(want) {
		t.Fatalf("%d lines, want %d", len(got), len(want))
	}
	for i := range got {
		if strings.ReplaceAll(got[i], " ", "") != want[i] {
			t.Errorf("encoding %d, text %q: Python has %.200s, Go %.200s", i/len(texts), texts[i%len(texts)], got[i], want[i])
		}
	}
}

func FuzzEncode(f *testing.F) {
	f.Add("The quick brown fox", uint8(2), uint8(3))
	f.Add("東京 👍 \xff\x00", uint8(1), uint8(1))
	f.Fuzz(func(t *testing.T, text string, n, c uint8) {
		e := Encoding{Kind: NGrams, Buckets: 1000, Words: 1 + int(n%4), Characters: []int{1, 1 + int(c%5)}}
		enc, err := e.Encoder()
		if err != nil {
			t.Fatal(err)
		}
		first := enc.Append(nil, text)
		if again := enc.Append(nil, text); !slices.Equal(first, again) {
			t.Error("the same text has other numbers the second time")
		}
		for _, x := range first {
			if x.Index < 0 || x.Index >= e.Buckets || x.Value < 1 {
				t.Errorf("%v", x)
			}
		}
	})
}
