package evaluate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/drafting"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio"
)

// textDomain reads a folder of a few texts as eval does.
func textDomain(t *testing.T, m *onnxio.Model, encoding string) *dataset.Domain {
	t.Helper()
	dir := t.TempDir()
	for i := range 20 {
		p := filepath.Join(dir, []string{"good", "bad"}[i%2], fmt.Sprintf("%d.txt", i))
		if err := os.MkdirAll(filepath.Dir(p), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(fmt.Sprintf("Text %d is Ünïcode, %s 👍", i, []string{"fine", "poor"}[i%2])), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := drafting.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if encoding != "" {
		s.Input.Text = &study.Text{Encoding: encoding, Buckets: 50, Length: 4}
		s.Input.Normalize = "none"
	}
	if m != nil {
		if err := EncodeTexts(s, m); err != nil {
			t.Fatal(err)
		}
	}
	domains, err := dataset.OpenAll(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	return domains[0]
}

// TestTextsInMetadata has the program in Python compute a model's inputs from a text
// and the metadata alone.
func TestTextsInMetadata(t *testing.T) {
	d := textDomain(t, nil, "")
	m := &onnxio.Model{Graph: &onnxio.Graph{}}
	if err := Describe(m, d); err != nil {
		t.Fatal(err)
	}
	text, _ := m.Property("sharewise.text")
	deploy, _ := m.Property("sharewise.deploy/" + d.Name)
	if !strings.Contains(text, `"encoding":"ngrams"`) {
		t.Fatalf("metadata: %s", text)
	}
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is not there")
	}
	const program = `
import json, sys
sys.path.insert(0, "../textcode/testdata")
import textcode
case = json.load(sys.stdin)
row = textcode.weighted(case["deploy"], textcode.numbers(case["encoding"], case["text"]))
print(json.dumps([[i, v] for i, v in enumerate(row) if v]))`
	in, err := json.Marshal(map[string]any{"encoding": json.RawMessage(text), "deploy": json.RawMessage(deploy), "text": d.Test.Text(0)})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, "-c", program)
	cmd.Stdin = strings.NewReader(string(in))
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var got [][2]float64
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	want := make([]float32, 1<<14)
	if err := d.Test.Gather([]int{0}, want); err != nil {
		t.Fatal(err)
	}
	if len(got) < 5 {
		t.Fatalf("numbers that are not 0: %v", got)
	}
	for _, n := range got {
		if w := float64(want[int(n[0])]); math.Abs(w-n[1]) > 1e-5*math.Abs(w) {
			t.Errorf("input %v is %v in Python, want %v", n[0], n[1], w)
		}
		want[int(n[0])] = 0
	}
	for i, w := range want {
		if w != 0 {
			t.Errorf("input %d is 0 in Python, want %v", i, w)
		}
	}
}

// TestTextEncodings makes sure that texts are encoded as a model says, and that a
// model does not judge texts that are encoded otherwise.
func TestTextEncodings(t *testing.T) {
	words := textDomain(t, nil, "words")
	m := &onnxio.Model{Graph: &onnxio.Graph{}}
	if err := Describe(m, words); err != nil {
		t.Fatal(err)
	}
	if same := textDomain(t, m, ""); len(same.Shape) != 1 || same.Shape[0] != 4 || same.Text.Kind != "words" {
		t.Errorf("a model of words has texts of shape %v", same.Shape)
	}
	if err := sameText(m, words); err != nil {
		t.Error(err)
	}
	if err := sameText(m, textDomain(t, nil, "")); !errors.Is(err, ErrFit) || !strings.Contains(err.Error(), "4 words in 50 buckets") {
		t.Errorf("texts that are encoded otherwise: %v", err)
	}
	m.SetProperty("sharewise.text", `{"encoding":"ngrams","buckets":-1}`)
	if _, err := TextEncoding(m); err == nil {
		t.Error("a negative number of buckets was taken")
	}
}
