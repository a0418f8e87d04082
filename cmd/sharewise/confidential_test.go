package main

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"html"
	"image"
	"image/color"
	"image/png"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"github.com/sharewise/sharewise/onnxio/ort/orttest"
)

// marker stands in everything that samples of a confidential domain have: names of
// files, keys, groups, words and values.
const marker = "JANEDOE"

// TestConfidentialTables runs a study whose confidential domain has the marker in keys,
// groups and words, through every command, and then with mistakes in its data. The
// marker is in nothing that is printed or written.
func TestConfidentialTables(t *testing.T) {
	orttest.Backend(t)
	dir := t.TempDir()
	random := rand.New(rand.NewPCG(4, 4))
	table := func(name, mark string, edit func([]string)) {
		lines := []string{"key,patient,ward,a,b,y"}
		for i := range 90 {
			a, b := random.NormFloat64(), random.NormFloat64()
			y := map[bool]string{true: "ill", false: "well"}[a+b+random.NormFloat64() > 0]
			lines = append(lines, fmt.Sprintf("%s-%d,%s-P%d,%s-W%d,%.3f,%.3f,%s", mark, i, mark, i%15, mark, i%3, a, b, y))
		}
		if edit != nil {
			edit(lines)
		}
		writeText(t, filepath.Join(dir, name), strings.Join(lines, "\n")+"\n")
	}
	table("north.csv", "open", nil)
	table("south.csv", marker, func(lines []string) { lines[40] = lines[3] }) // a copy, which may leak
	writeText(t, filepath.Join(dir, "study.yaml"), `version: 1
name: wards
seeds: 2
defaults: {columns: {label: y, ignore: [key], group: patient, categorical: [ward]}}
domains:
  - {name: north, data: north.csv, labels: {confidentiality: open}}
  - {name: south, data: south.csv, labels: {confidentiality: confidential}}
model: {widths: [0.1]}
training: {epochs: 2, batch: 16}
`)
	shown := &shown{t: t, dir: dir}
	shown.command(0, "dataset", "inspect", "study.yaml", "-o", "inspect.html")
	shown.command(0, "dataset", "inspect", "study.yaml", "--json")
	shown.command(0, "dataset", "splits", "study.yaml", "-o", "splits.csv")
	shown.command(0, "plan", "study.yaml", "--runs")
	shown.command(0, "plan", "study.yaml", "--json")
	shown.command(0, "run", "study.yaml", "-o", "out", "--report")
	shown.command(0, "analyze", "out", "--json")
	shown.command(0, "group", "out", "--json")
	shown.command(0, "cross", "out")
	shown.command(0, "affinity", "out")
	shown.command(0, "report", "out")
	shown.command(0, "status", "out", "--json")
	shown.command(0, "run", "study.yaml", "-o", "adaptive", "--until", "settled", "--budget", "12runs")
	shown.command(0, "model", "inspect", shown.model("south"))
	shown.files("out", "adaptive", "inspect.html", "splits.csv")

	// What is wrong is said by place, and the words are not.
	for name, line := range map[string]string{
		"a word for a number": "k," + marker + ",w," + marker + "17,0.5,ill",
		"too few fields":      marker + "," + marker,
		"too many fields":     marker + ",p,w,1,2,ill," + marker,
		"an open quote":       `"` + marker + ",p,w,1,2,ill",
	} {
		table("south.csv", marker, func(lines []string) { lines[50] = line })
		for _, args := range [][]string{{"run", "study.yaml", "-o", "out"}, {"plan", "study.yaml"}, {"dataset", "inspect", "study.yaml"}} {
			printed := shown.command(-1, args...)
			if args[0] == "run" && !strings.Contains(printed, "south") {
				t.Errorf("%s: nothing is said of the domain: %s", name, printed)
			}
		}
	}
	shown.files("out")
}

// TestConfidentialImages does the same for pictures, whose files have the marker for a
// name and a pattern of pixels that no other has.
func TestConfidentialImages(t *testing.T) {
	orttest.Backend(t)
	dir := t.TempDir()
	random := rand.New(rand.NewPCG(5, 5))
	for _, domain := range []string{"east", "west"} {
		for i := range 60 {
			picture := image.NewGray(image.Rect(0, 0, 8, 8))
			class := i % 2
			for k := range picture.Pix {
				picture.Pix[k] = uint8(40 + 100*class + random.IntN(60))
			}
			name := fmt.Sprintf("%d.png", i)
			if domain == "west" {
				name = fmt.Sprintf("%s-%d.png", marker, i)
				for x := range 8 {
					picture.SetGray(x, 0, color.Gray{Y: pattern[x]})
				}
			}
			var b bytes.Buffer
			if err := png.Encode(&b, picture); err != nil {
				t.Fatal(err)
			}
			writeText(t, filepath.Join(dir, domain, fmt.Sprint("class", class), name), b.String())
		}
	}
	writeText(t, filepath.Join(dir, "west", "class0", marker+".txt"), "no picture")
	writeText(t, filepath.Join(dir, "study.yaml"), `version: 1
name: cameras
seeds: 2
input: {image: [8, 8], channels: 1}
domains:
  - {name: east, data: east}
  - {name: west, data: west, labels: {secrecy: high}}
model: {trunk: mlp, widths: [0.1]}
training: {epochs: 2, batch: 16}
policy:
  confidential: {secrecy: high}
`)
	shown := &shown{t: t, dir: dir}
	shown.command(3, "plan", "study.yaml") // east lacks the label
	study := filepath.Join(dir, "study.yaml")
	text, err := os.ReadFile(study)
	if err != nil {
		t.Fatal(err)
	}
	writeText(t, study, strings.Replace(string(text), "data: east}", "data: east, labels: {secrecy: low}}", 1))
	shown.command(0, "dataset", "inspect", "study.yaml", "-o", "inspect.html", "--near", "4")
	shown.command(0, "dataset", "inspect", "study.yaml", "--json")
	shown.command(0, "dataset", "splits", "study.yaml", "-o", "splits.csv")
	shown.command(0, "run", "study.yaml", "-o", "out", "--report")
	shown.command(0, "eval", shown.model("west"), "--data", "study.yaml", "--domain", "west", "-o", "eval.parquet")
	shown.command(0, "model", "train", shown.model("west"), "--data", "study.yaml", "--domain", "west", "-o", "more.onnx", "--epochs", "1", "--keep-head")
	shown.files("out", "inspect.html", "splits.csv", "eval.parquet", "more.onnx")
	if shown.pictures == 0 {
		t.Error("no picture of the other domain is shown, so that none could have been found")
	}
	for name, data := range map[string]string{"damaged": "\x89PNG\r\n\x1a\n" + marker, "text": marker, "empty": ""} {
		bad := filepath.Join(dir, "west", "class1", marker+"-bad.png")
		writeText(t, bad, data)
		if printed := shown.command(-1, "run", "study.yaml", "-o", "out"); !strings.Contains(printed, "west") {
			t.Errorf("%s: nothing is said of the domain: %s", name, printed)
		}
		shown.command(-1, "dataset", "inspect", "study.yaml", "--json")
	}
	shown.files("out")
}

// pattern are pixels of the confidential pictures.
var pattern = [8]uint8{7, 201, 13, 240, 91, 3, 177, 55}

// shown looks for the marker in what commands print and write.
type shown struct {
	t        *testing.T
	dir      string
	pictures int // that were looked at
}

// command runs a command in the folder and returns what it prints; code -1 stands for
// any.
func (s *shown) command(code int, args ...string) string {
	s.t.Helper()
	cmd := sharewise(args...)
	cmd.Dir = s.dir
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); cmd.ProcessState == nil || code >= 0 && cmd.ProcessState.ExitCode() != code {
		s.t.Errorf("%s: %v, want code %d\n%s", strings.Join(args, " "), err, code, out.String())
	}
	if i := strings.Index(out.String(), marker); i >= 0 {
		s.t.Errorf("%s prints the marker: ...%s", strings.Join(args, " "), out.String()[max(0, i-200):min(out.Len(), i+60)])
	}
	return out.String()
}

// model is a trained model of a domain alone.
func (s *shown) model(domain string) string {
	s.t.Helper()
	models, err := filepath.Glob(filepath.Join(s.dir, "out", "runs", "independent-"+domain+"*", "model.onnx"))
	if err != nil || len(models) == 0 {
		s.t.Fatal(models, err)
	}
	return models[0]
}

// files looks into every file, and into every value of Parquet files. Pictures must
// not have the pattern.
func (s *shown) files(paths ...string) {
	s.t.Helper()
	for _, path := range paths {
		err := filepath.WalkDir(filepath.Join(s.dir, path), func(file string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			if strings.Contains(file, marker) {
				s.t.Errorf("%s has the marker in its name", file)
			}
			data, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			if bytes.Contains(data, []byte(marker)) || bytes.Contains(data, []byte(strings.ToLower(marker))) {
				s.t.Errorf("%s has the marker", file)
			}
			if bytes.Contains(data, pattern[:]) {
				s.t.Errorf("%s has the pattern", file)
			}
			for _, text := range embedded.FindAll([]byte(html.UnescapeString(string(data))), -1) {
				s.picture(file, text)
			}
			if filepath.Ext(file) == ".parquet" {
				s.parquet(file, data)
			}
			return nil
		})
		if err != nil {
			s.t.Error(err)
		}
	}
}

// embedded finds PNG files in base64.
var embedded = regexp.MustCompile(`iVBORw0KGgo[A-Za-z0-9+/]*=*`)

// picture looks for the pattern in a picture within a page or JSON.
func (s *shown) picture(file string, text []byte) {
	data, err := base64.StdEncoding.DecodeString(string(text))
	if err != nil {
		s.t.Errorf("%s: %v", file, err)
		return
	}
	picture, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		s.t.Errorf("%s: %v", file, err)
		return
	}
	s.pictures++
	same := 0
	for x := range len(pattern) {
		if grey := color.GrayModel.Convert(picture.At(x, 0)).(color.Gray); grey.Y == pattern[x] {
			same++
		}
	}
	if same == len(pattern) {
		s.t.Errorf("%s shows the pattern", file)
	}
}

func (s *shown) parquet(name string, data []byte) {
	file, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		s.t.Errorf("%s: %v", name, err)
		return
	}
	for _, rg := range file.RowGroups() {
		rows := rg.Rows()
		buf := make([]parquet.Row, 64)
		for {
			n, err := rows.ReadRows(buf)
			for _, row := range buf[:n] {
				for _, v := range row {
					if strings.Contains(v.String(), marker) {
						s.t.Errorf("%s has the marker in column %d", name, v.Column())
						_ = rows.Close()
						return
					}
				}
			}
			if err != nil {
				if !errors.Is(err, io.EOF) {
					s.t.Errorf("%s: %v", name, err)
				}
				break
			}
		}
		if err := rows.Close(); err != nil {
			s.t.Error(err)
		}
	}
}

func writeText(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
