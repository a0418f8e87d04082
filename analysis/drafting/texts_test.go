package drafting

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
	"github.com/sharewise/sharewise/analysis/study"
)

func TestIsProse(t *testing.T) {
	for text, want := range map[string]bool{
		"The pump is broken again.":  true,
		"東京タワーへ行く":                   true,
		"שלום עולם":                  true,
		"0.1 0.2 0.3\n0.4 0.5 0.6\n": false,
		"a;b;c\n1;2;3\n4;5;6\n":      false,
		"":                           false,
		"caf\xe9 and more":           true, // in Windows-1252
		"\x93\x8c\x8b\x9e\x82\xd6\x8d\x73\x82\xad": true, // 東京へ行く in Shift JIS
		"a\x80\xff\x81\x00":                        false,
		strings.Repeat("name\tcity\n", 50):         false,
		strings.Repeat("word after word. ", 1e5):   true,
	} {
		if got := isProse(text); got != want {
			t.Errorf("%.30q: %v", text, got)
		}
	}
}

// write writes files below a folder.
func writeFiles(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestTextFolders(t *testing.T) {
	files := map[string]string{}
	for _, domain := range []string{"de", "fr"} {
		for _, class := range []string{"poem", "text"} { // named like what they hold
			for i := range 5 {
				files[fmt.Sprintf("%s/%s/%d.txt", domain, class, i)] = fmt.Sprintf("this is text number %d of %s", i, class)
			}
		}
	}
	files["de/poem/table.csv"] = "a,b\n1,2\n"
	dir := writeFiles(t, files)
	d, err := Scan(dir, Config{Name: "x", Base: dir, Least: 2})
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Study.Domains) != 2 || d.Study.Domains[0].Name != "de" || d.Study.Domains[0].Files.Path != "de" || d.Study.Input.Kind != study.TextInput {
		t.Errorf("%+v, input %s", d.Study.Domains, d.Study.Input.Kind)
	}
	s, err := d.Complete(dir)
	if err != nil {
		t.Fatal(err)
	}
	if s.Domains[0].Format != study.TextFiles || s.Input.Text.Encoding != "ngrams" || s.Input.Text.Words != 2 || !slices.Equal(s.Input.Text.Characters, []int{2, 4}) || s.Model.Trunk != "mlp" || s.Input.Normalize != study.NormalizeTFIDF {
		t.Errorf("%+v %+v", s.Domains[0], s.Input)
	}
	if found := strings.Join(d.Found, "\n"); !strings.Contains(found, "10 texts in 2 class folders") || !strings.Contains(found, "table.csv") {
		t.Errorf("%s", found)
	}
}

// TestTextTables drafts studies of tables with a column of texts, however they are
// written, and leaves tables of numbers with remarks as they are.
func TestTextTables(t *testing.T) {
	prose := func(i int) string {
		return fmt.Sprintf("the %s machine number %d was %s yesterday", []string{"old", "new", "red"}[i%3], i, []string{"fine", "broken"}[i%2])
	}
	var spam, jsonl, numbers strings.Builder
	spam.WriteString("lang,v1,v2\n")
	numbers.WriteString("a,b,c,note,label\n")
	for i := range 60 {
		class, lang := []string{"ham", "spam"}[i%2], []string{"en", "fr"}[i/2%2]
		fmt.Fprintf(&spam, "%s,%s,\"%s\"\n", lang, class, prose(i))
		fmt.Fprintf(&jsonl, "{\"id\": %d, \"stars\": %d, \"title\": \"t%d\", \"body\": %q, \"site\": %q}\n", i, 1+i%5, i, prose(i), lang)
		fmt.Fprintf(&numbers, "%d,%d,%d,%s,%s\n", i*7%11, i*5%13, i*3%17, prose(i), class)
	}
	for _, c := range []struct {
		file, content  string
		kind           string
		text           []string
		label, domains string
	}{
		{"sms.csv", spam.String(), study.TextInput, []string{"v2"}, "v1", "en fr"},
		{"reviews.jsonl", jsonl.String(), study.TextInput, []string{"title", "body"}, "stars", "en fr"},
		{"numbers.csv", numbers.String(), study.Table, nil, "label", ""},
	} {
		dir := writeFiles(t, map[string]string{c.file: c.content})
		d, err := Scan(filepath.Join(dir, c.file), Config{Name: "x", Base: dir, Least: 1})
		if err != nil {
			t.Errorf("%s: %v", c.file, err)
			continue
		}
		s, err := d.Complete(dir)
		if err != nil {
			t.Errorf("%s: %v", c.file, err)
			continue
		}
		col := s.Domains[0].Columns
		if s.Input.Kind != c.kind || !slices.Equal(col.Text, c.text) || col.Label != c.label {
			t.Errorf("%s: kind %s, columns %+v; found %s", c.file, s.Input.Kind, col, strings.Join(d.Found, "\n"))
		}
		d, err = Scan(dir, Config{Name: "x", Base: dir, Least: 1})
		if err != nil {
			t.Errorf("%s: %v", c.file, err)
			continue
		}
		var names []string
		for _, x := range d.Study.Domains {
			names = append(names, x.Name)
		}
		if got := strings.Join(names, " "); c.domains != "" && got != c.domains {
			t.Errorf("%s: domains %s", c.file, got)
		}
	}
}

// TestScanQuotedTexts reads texts between tabs with their quotes, wherever these stand and whatever the
// first rows have.
func TestScanQuotedTexts(t *testing.T) {
	for _, late := range []bool{false, true} {
		dir := t.TempDir()
		for _, shop := range []string{"books", "films"} {
			var rows []string
			for i := range 400 {
				text := []string{"it is \"good\" and plain", "a 5\" thing that broke", "\"Great\" it is", "\"never closed it is", "a plain one"}[i%5]
				if late && i < 300 {
					text = strings.Repeat("very, very ", i%4) + "plain"
				}
				rows = append(rows, fmt.Sprintf("%s of %d\t%d", text, i, i%2))
			}
			filetest.Write(t, dir, shop+"_labelled.txt", filetest.Lines(rows...))
		}
		s, domains, draft := settled(t, dir)
		for i, d := range domains {
			if n := d.Train.Len() + d.Val.Len() + d.Test.Len(); n != 400 || s.Domains[i].SkipBad {
				t.Errorf("late %v: %s has %d texts, skip_bad %v; %q", late, d.Name, n, s.Domains[i].SkipBad, draft.Found)
			}
		}
		if got := names(domains); !slices.Equal(got, []string{"books", "films"}) {
			t.Errorf("late %v: domains %q", late, got)
		}
	}
}

// TestScanFoldersOfTexts takes no folder of unlabelled texts for a class, and no domains whose files are
// called as classes.
func TestScanFoldersOfTexts(t *testing.T) {
	dir, lines := t.TempDir(), t.TempDir()
	for _, shop := range []string{"books", "films"} {
		for k, class := range []string{"pos", "neg"} {
			var all []string
			for i := range 12 {
				text := fmt.Sprintf("It is %s, number %d of them.", []string{"good", "bad"}[k], i)
				all = append(all, text)
				for _, part := range []string{"train", "test"} {
					filetest.Write(t, dir, fmt.Sprintf("%s/%s/%s/%d_%d.txt", shop, part, class, i, 9-8*k), []byte(text))
				}
				filetest.Write(t, dir, fmt.Sprintf("%s/train/unsup/%d_0.txt", shop, i), []byte(text))
			}
			filetest.Write(t, lines, shop+"/"+class+".txt", filetest.Lines(all...))
		}
	}
	_, domains, draft := scan(t, dir)
	if d := domains[0]; !slices.Equal(d.Task.Classes, []string{"neg", "pos"}) || d.Test.Len() != 24 {
		t.Errorf("classes %q, %d for testing; %q", d.Task.Classes, d.Test.Len(), draft.Found)
	}
	if text := strings.Join(draft.Found, "\n"); !strings.Contains(text, `folders whose samples have no class, as their names say, are left out: "unsup"`) {
		t.Errorf("found %s", text)
	}
	_, err := Scan(lines, Config{Name: "x", Base: lines, Least: 2})
	if want := `"books", "films": texts whose files are called as their classes ("neg", "pos")`; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
}

// TestScanAmounts takes numbers with signs and units, addresses and paths for no texts, and leaves out inputs
// that would cost many rows.
func TestScanAmounts(t *testing.T) {
	dir := t.TempDir()
	for k, plant := range []string{"n", "s"} {
		rows := []string{"yield,price,temp,weight,address,path,conc,rare,x,state"}
		for i := range 200 {
			conc, rare := fmt.Sprintf("%d.%02d", i%7, i*37%100), fmt.Sprintf("%d.5", i*i%91)
			if i%4 == 0 {
				conc = "<0.01"
			}
			if i == 50 {
				rare = "broken"
			}
			rows = append(rows, fmt.Sprintf(`%d.%d%%,"$%d,%03d.50",%d.%d°C,%d.25 kg,10.0.%d.%d,/data/run/%d/log,%s,%s,%d.5,%s`,
				i%90, i*7%10, 1+i%80, i*13%1000, 10+i%80, i*3%10, i%97, k, i, i, conc, rare, i*i%83, []string{"ok", "worn"}[i*13%7%2]))
		}
		filetest.Write(t, dir, plant+".csv", filetest.Lines(rows...))
	}
	s, domains, draft := settled(t, dir)
	if d := domains[0]; s.Input.Kind != study.Table || !slices.Equal(d.Features, []string{"yield", "price", "temp", "weight", "rare", "x"}) || d.Train.Len()+d.Val.Len()+d.Test.Len() != 199 {
		t.Errorf("%s of %q", s.Input.Kind, d.Features)
	}
	text := strings.Join(draft.Found, "\n")
	for _, want := range []string{
		`left out: "conc" (100 of 400 rows, one with "<0.01")`,
		`written with units, which columns.units takes away: "price" ($), "temp" (°C), "weight" (kg), "yield" (%)`,
		`columns of text are left out: "address", "path"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("found\n%s\nlacks %s", text, want)
		}
	}
}

// TestIsWordy tells texts from other values that have several words.
func TestIsWordy(t *testing.T) {
	for text, want := range map[string]bool{
		"The pump is broken again": true, "ポンプが壊れた": true, "a 5 b": true, "$98,227.50": false, "24.6°C": false, "10.0.0.1": false, "/data/run/1/log": false,
		"550e8400-e29b-41d4-a716-446655440000": false, "2024-01-01 10:00:00": false, "насос снова сломан": true, "": false,
	} {
		if isWordy(text) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}
