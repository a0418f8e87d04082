package dataset

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"github.com/sharewise/sharewise/analysis/study"
)

// reviews are texts with their classes and sites.
type review struct {
	Text  string `parquet:"text" json:"text"`
	Class string `parquet:"class" json:"class"`
	Site  string `parquet:"site" json:"site"`
}

func reviews(n int) (out []review) {
	for i := range n {
		out = append(out, review{
			Text:  fmt.Sprintf("line one, %d\r\nthe \"pump\" is %s 👍 שלום", i, []string{"good", "bad"}[i%2]),
			Class: []string{"good", "bad"}[i%2], Site: []string{"kobe", "osaka"}[i/2%2],
		})
	}
	return out
}

// openTexts parses a study in a folder and opens it.
func openTexts(t *testing.T, dir, text string) ([]*Domain, error) {
	t.Helper()
	file := filepath.Join(dir, "study.yaml")
	if err := os.WriteFile(file, []byte("version: 1\nname: texts\n"+text), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := study.ParseWith(file, Values)
	if err != nil {
		t.Fatal(err)
	}
	return OpenAll(context.Background(), s)
}

// TestTextColumns reads the same texts from CSV, JSON and Parquet, which have
// the same numbers.
func TestTextColumns(t *testing.T) {
	dir := t.TempDir()
	all := reviews(40)
	var csv, jsonl strings.Builder
	csv.WriteString("text,class,site\n")
	for i, r := range all {
		fmt.Fprintf(&csv, "\"%s\",%s,%s\n", strings.ReplaceAll(r.Text, `"`, `""`), r.Class, r.Site)
		extra := ""
		if i%3 == 0 {
			extra = `"stars": 3, `
		}
		fmt.Fprintf(&jsonl, "{%s\"class\": %q, \"text\": \"line one, %d\\r\\nthe \\\"pump\\\" is %s \\ud83d\\udc4d שלום\", \"site\": %q}\n", extra, r.Class, i, r.Class, r.Site)
	}
	for name, content := range map[string]string{"a.csv": csv.String(), "a.jsonl": jsonl.String(), "a.json": "[\n" + strings.ReplaceAll(strings.TrimSpace(jsonl.String()), "}\n", "},\n") + "]"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := parquet.WriteFile(filepath.Join(dir, "a.parquet"), all); err != nil {
		t.Fatal(err)
	}
	sums := map[string][]string{}
	for _, file := range []string{"a.csv", "a.jsonl", "a.json", "a.parquet"} {
		domains, err := openTexts(t, dir, "defaults: {data: "+file+", columns: {text: [text], label: class}}\ndomains: {by: site}\n")
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for k, d := range domains {
			if d.Name != []string{"kobe", "osaka"}[k] || d.Train.Len()+d.Val.Len()+d.Test.Len() != 20 || !slices.Equal(d.Shape, []int{1 << 14}) {
				t.Errorf("%s: %s has %d training samples of shape %v", file, d.Name, d.Train.Len(), d.Shape)
			}
			sums[file] = append(sums[file], d.SHA256)
			p := d.Test.Preview(0)
			if len(p.Words) != 1 || !strings.Contains(p.Words[0], `the "pump" is`) || strings.ContainsAny(p.Words[0], "\r\n") {
				t.Errorf("%s: a preview is %q", file, p.Words)
			}
			if text := d.Test.Text(0); !strings.HasPrefix(text, "line one, ") || !strings.Contains(text, "\nthe") {
				t.Errorf("%s: a text is %q", file, text)
			}
		}
	}
	for _, file := range []string{"a.jsonl", "a.json", "a.parquet"} {
		if !slices.Equal(sums[file], sums["a.csv"]) {
			t.Errorf("%s has other samples than a.csv", file)
		}
	}
}

// TestTextFiles reads folders of strange files.
func TestTextFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 12 {
		for _, class := range []string{"good", "bad"} {
			for _, site := range []string{"kobe", "osaka"} {
				write(fmt.Sprintf("%s/%s/%d.txt", site, class, i), fmt.Sprintf("it is %s, number %d", class, i))
			}
		}
	}
	write("kobe/good/empty.txt", "")
	write("kobe/good/huge.txt", strings.Repeat("word after word ", 10<<20/16))
	write("kobe/good/bom.txt", "\ufeffgood\r\nthing")
	write("kobe/good/deep/er/x.txt", "deeper")
	write("kobe/good/103", "a name without ending")
	write("kobe/good/picture.png", "no text")
	write("kobe/.hidden/x.txt", "hidden")
	const text = "domains: [{name: kobe, data: kobe}, {name: osaka, data: osaka}]\ninput: {kind: text}\n"
	domains, err := openTexts(t, dir, text)
	if err != nil {
		t.Fatal(err)
	}
	kobe := domains[0]
	if n := kobe.Train.Len() + kobe.Val.Len() + kobe.Test.Len(); n != 29 {
		t.Errorf("kobe has %d texts, want 29", n)
	}
	notes := strings.Join(kobe.Notes, "\n")
	for _, want := range []string{"1 of 29 texts are empty", "picture.png"} {
		if !strings.Contains(notes, want) {
			t.Errorf("notes lack %q: %s", want, notes)
		}
	}
	x := make([]float32, 1<<14)
	for i := range kobe.Train.Len() {
		if err := kobe.Train.Gather([]int{i}, x); err != nil {
			t.Fatal(err)
		}
		for _, v := range x {
			if v != v {
				t.Fatalf("%s becomes NaN", kobe.Train.Member(i))
			}
		}
	}
	if err := kobe.Unchanged(context.Background(), true); err != nil {
		t.Error(err)
	}
	write("kobe/good/new.txt", "new")
	if err := kobe.Unchanged(context.Background(), true); err == nil || !strings.Contains(err.Error(), "new.txt") {
		t.Errorf("a new file: %v", err)
	}
	write("osaka/bad/odd.txt", "caf\xff\xfe\xfd")
	if _, err := openTexts(t, dir, text); err == nil || !strings.Contains(err.Error(), "odd.txt") || !strings.Contains(err.Error(), "byte 4") {
		t.Errorf("a file in no encoding that shows: %v", err)
	}
	write("osaka/bad/odd.txt", "ok")
	write("osaka/bad/zero.txt", "a\x00b")
	if _, err := openTexts(t, dir, text); err == nil || !strings.Contains(err.Error(), "zero.txt") {
		t.Errorf("a file with a zero byte: %v", err)
	}
}

// TestTextSplits makes sure that the encoding learns nothing from test texts, and
// that weights of words are those of training.
func TestTextSplits(t *testing.T) {
	dir := t.TempDir()
	table := func(last string) string {
		out := "text,class,part\n"
		for i := range 20 {
			out += fmt.Sprintf("common word%d,%s,%s\n", i, []string{"a", "b"}[i%2], []string{"train", "train", "train", "validation", "test"}[i/4])
		}
		return out + last
	}
	var kept [][]float32
	for _, last := range []string{"", "unseen words of a test text,a,test\n"} {
		for _, name := range []string{"a.csv", "b.csv"} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(table(last)), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		domains, err := openTexts(t, dir, "domains: [{name: a, data: a.csv}, {name: b, data: b.csv}]\ndefaults: {columns: {text: [text], label: class, split: part}}\n")
		if err != nil {
			t.Fatal(err)
		}
		kept = append(kept, domains[0].Norm.Rows.Weights, domains[0].Norm.Std)
	}
	if !slices.Equal(kept[0], kept[2]) || !slices.Equal(kept[1], kept[3]) {
		t.Error("a further test text changes how training texts are weighted")
	}
}

// TestWordsInOrder makes numbers of words of texts for trunks that see their order.
func TestWordsInOrder(t *testing.T) {
	dir := t.TempDir()
	var table strings.Builder
	table.WriteString("text,class\n")
	for i := range 20 {
		fmt.Fprintf(&table, "one two three four five %d%s,%d\n", i, strings.Repeat(" more", i%3), i%2)
	}
	for _, name := range []string{"a.csv", "b.csv"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(table.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	domains, err := openTexts(t, dir, "input: {text: {encoding: words, buckets: 1000, length: 8}}\ndomains: [{name: a, data: a.csv}, {name: b, data: b.csv}]\ndefaults: {columns: {text: [text], label: class}}\n")
	if err != nil {
		t.Fatal(err)
	}
	x := make([]float32, 8)
	if err := domains[0].Train.Gather([]int{0}, x); err != nil {
		t.Fatal(err)
	}
	if x[0] == 0 || x[0] != float32(int(x[0])) || x[5] == 0 || x[0] == x[1] {
		t.Errorf("numbers of words are %v", x)
	}
}
