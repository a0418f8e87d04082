package reports

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/versioned/alteration"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/decisions"
)

// alteredFiles are the files that a report is made from, as they are in a folder.
type alteredFiles struct {
	folder layout.Folder
	names  []string
	whole  map[string][]byte
	usual  int // bytes of the page made from them
}

// newAlteredFiles writes a study of which a report has every section.
func newAlteredFiles(tb testing.TB) *alteredFiles {
	a := &alteredFiles{folder: layout.Folder(tb.TempDir()), whole: map[string][]byte{}}
	in := everything(tb)
	in.Promises.Version = 2
	in.Similar = &layout.Similarities{Study: in.Results.Study, Rung: "w1", Measures: []layout.Similarity{{Name: "OTDD", Needs: layout.DataAlone}}, Notes: []string{}}
	for i, a := range in.Results.Domains {
		in.Similar.Domains = append(in.Similar.Domains, a.Name)
		for _, b := range in.Results.Domains[:i] {
			in.Similar.Measures[0].Pairs = append(in.Similar.Measures[0].Pairs, layout.SimilarPair{A: b.Name, B: a.Name, Score: float64(i)})
		}
	}
	for path, file := range map[string]struct {
		version int
		of      any
	}{
		a.folder.Results(): {2, in.Results}, a.folder.Groups(): {3, in.Groups}, a.folder.Clusters(): {1, in.Views}, a.folder.Pools(): {1, in.Pools},
		a.folder.Economics(): {2, in.Economics}, a.folder.Promises(): {2, in.Promises}, a.folder.Exemplars(): {0, in.Exemplars}, a.folder.Affinity(): {2, in.Affinity},
		a.folder.Similar(): {1, in.Similar}, a.folder.Weightings(): {1, in.Contest}, a.folder.Mixtures(): {1, in.Mixtures}, a.folder.Remedies(): {1, in.Remedies},
		a.folder.Subgroups(): {1, in.Subgroups}, a.folder.Merged(): {1, in.Merged}, a.folder.Suspects(): {1, in.Suspects}, a.folder.Influence(): {1, in.Influence},
		a.folder.Imbalance(): {1, in.Imbalance}, a.folder.Decisions(): {1, in.Decisions},
	} {
		text, err := json.Marshal(file.of)
		if err != nil {
			tb.Fatal(err)
		}
		if string(text) == "null" {
			tb.Errorf("the study has no %s", filepath.Base(path))
			continue
		}
		if file.version > 0 {
			doc := alteration.Decode(tb, text)
			doc.Places()[0].Value.(map[string]any)["version"] = file.version
			text = doc.Encode(tb)
		}
		name := filepath.Base(path)
		a.names, a.whole[name] = append(a.names, name), text
		a.write(tb, name, text)
	}
	slices.Sort(a.names)
	read, page, err := a.report()
	if err != nil {
		tb.Fatalf("the whole folder: %v", err)
	}
	for name, missing := range map[string]bool{
		"groups": read.Groups == nil, "views": read.Views == nil, "promises": len(read.Promises.Records) == 0, "pools": read.Pools == nil,
	} {
		if missing {
			tb.Errorf("no %s were read", name)
		}
	}
	a.usual = len(page)
	return a
}

func (a *alteredFiles) write(tb testing.TB, name string, data []byte) {
	if err := os.WriteFile(filepath.Join(string(a.folder), name), data, 0o644); err != nil {
		tb.Fatal(err)
	}
}

// report makes the report and the summary of the folder.
func (a *alteredFiles) report() (*Input, []byte, error) {
	in, err := OpenFolder(a.folder)
	if err != nil {
		return nil, nil, err
	}
	var page bytes.Buffer
	if in.Decisions, err = decisions.Read(a.folder); err != nil { // without a plan nobody reads it
		return nil, nil, err
	}
	if err := HTML(&page, in); err != nil {
		return in, nil, err
	}
	Verdict(in)
	if chosen, err := grouping.RecommendResults(in.Results, grouping.Options{Draws: 50, Seed: 1}); err == nil {
		if _, err := grouping.ViewResults(in.Results, chosen, 1); err != nil {
			return in, nil, err
		}
	}
	text, err := json.Marshal(Summarize(in))
	if err != nil {
		return in, nil, err
	}
	page.Write(text)
	return in, page.Bytes(), nil
}

var brokenPage = regexp.MustCompile(`%!|="[^"]*(NaN|\bInf\b)[^"]*"|<script>alert`)

// try makes a report with one file altered.
func (a *alteredFiles) try(tb testing.TB, name string, data []byte, what string) (refused bool) {
	a.write(tb, name, data)
	defer a.write(tb, name, a.whole[name])
	defer func() {
		if r := recover(); r != nil {
			tb.Errorf("%s, %s: %v\n%s", name, what, r, debug.Stack())
		}
	}()
	begin := time.Now()
	_, page, err := a.report()
	switch took := time.Since(begin); {
	case took > 20*time.Second:
		tb.Errorf("%s, %s: took %v", name, what, took)
	case err != nil && alteration.Raw.MatchString(err.Error()):
		tb.Errorf("%s, %s: raw words: %.300v", name, what, err)
	case err != nil && !strings.Contains(err.Error(), name) && !errors.Is(err, fs.ErrNotExist):
		tb.Errorf("%s, %s: the message does not name the file: %.300v", name, what, err)
	case len(page) > 20*a.usual+20*len(data):
		tb.Errorf("%s, %s: a page of %d bytes", name, what, len(page))
	}
	if !bytes.Contains(page, []byte("%!")) && !bytes.Contains(page, []byte("NaN")) && !bytes.Contains(page, []byte("Inf")) && !bytes.Contains(page, []byte("<script>alert")) {
		return err != nil // much faster than the expression
	}
	if at := brokenPage.FindIndex(page); at != nil {
		tb.Errorf("%s, %s: %q stands in the page", name, what, page[max(0, at[0]-120):min(len(page), at[1]+60)])
	}
	return err != nil
}

// TestAlteredFiles makes reports of a folder in which one value of a file is altered: one in
// sixty of all that may be, or every one with SHAREWISE_TESTS=exhaustive. A report, the groups
// chosen anew, and the views of them either refuse the file by its name or show nothing broken.
func TestAlteredFiles(t *testing.T) {
	oneOf := 60
	if os.Getenv("SHAREWISE_TESTS") == "exhaustive" {
		oneOf = 1
	}
	a := newAlteredFiles(t)
	tried, refused := 0, 0
	for _, name := range a.names {
		alteration.Each(t, a.whole[name], oneOf, func(text []byte, what string) {
			tried++
			if a.try(t, name, text, what) {
				refused++
			}
		})
	}
	t.Logf("%d reports, %d refused", tried, refused)
	if refused == 0 || refused == tried {
		t.Error("all or none of the files were refused")
	}
}

// FuzzFolder puts any JSON in any place of any file that a report is made from.
func FuzzFolder(f *testing.F) {
	a := newAlteredFiles(f)
	for i, value := range []string{`null`, `-1`, `[]`, `{}`, `"nobody"`, `1e308`, `9223372036854775807`, `[null, {}]`, `[["a"], []]`} {
		for k := range a.names {
			f.Add(uint8(k), uint16(7*i), value)
		}
	}
	f.Fuzz(func(t *testing.T, file uint8, place uint16, value string) {
		if !json.Valid([]byte(value)) || brokenPage.MatchString(`="`+value+`"`) {
			return // what would be taken for a broken page if it were a name
		}
		name := a.names[int(file)%len(a.names)]
		doc := alteration.Decode(t, a.whole[name])
		places := doc.Places()
		p := places[int(place)%len(places)]
		p.Set(json.RawMessage(value))
		a.try(t, name, doc.Encode(t), p.Path+" = "+value)
	})
}
