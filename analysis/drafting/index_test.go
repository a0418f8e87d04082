package drafting

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
)

// TestScanListedImages finds tables that list images, with the folder that the names
// start in, and takes domains from a column or from several tables.
func TestScanListedImages(t *testing.T) {
	list := func(n int, row string) []byte {
		out := []string{"id,site,label"}
		for i := range n {
			out = append(out, fmt.Sprintf(row, i)+fmt.Sprintf(",%s,%s", []string{"n", "s"}[i%2], []string{"ok", "worn"}[i/2%2]))
		}
		return filetest.Lines(out...)
	}
	pictures := func(dir, place string, n int) {
		for i := range n {
			filetest.Write(t, dir, fmt.Sprintf(place, i), filetest.Grey(t, 9, 9, byte(3*i)))
		}
	}
	for _, test := range []struct {
		name  string
		make  func(dir string)
		files string // of the first domain
		want  []string
		said  string
	}{
		{"one table, a column of domains", func(dir string) {
			pictures(dir, "photos/%d.png", 60)
			filetest.Write(t, dir, "labels.csv", list(60, "%d"))
		}, "photos labels.csv - ", []string{"n", "s"}, `a domain is a value of column "site"`},
		{"images beside their table", func(dir string) {
			pictures(dir, "%d.png", 60)
			filetest.Write(t, dir, "labels.csv", list(60, "%d.png"))
		}, ". labels.csv - ", []string{"n", "s"}, ""},
		{"paths from the folder of the table", func(dir string) {
			pictures(dir, "a/photos/%d.png", 30)
			pictures(dir, "b/photos/%d.png", 30)
			filetest.Write(t, dir, "a/index.csv", list(30, "photos/%d.png"))
			filetest.Write(t, dir, "b/index.csv", list(30, "photos/%d.png"))
		}, "a a/index.csv - ", []string{"a", "b"}, ""},
		{"folders of images with a table in each", func(dir string) {
			pictures(dir, "a/%d.png", 30)
			pictures(dir, "b/%d.png", 30)
			filetest.Write(t, dir, "a/index.csv", list(30, "%d.png"))
			filetest.Write(t, dir, "b/index.csv", list(30, "%d.png"))
		}, "a a/index.csv - ", []string{"a", "b"}, ""},
		{"the same in parts", func(dir string) {
			for _, domain := range []string{"a", "b"} {
				for _, part := range []string{"train", "test"} {
					pictures(dir, domain+"/"+part+"/%d.png", 30)
					filetest.Write(t, dir, domain+"/"+part+"/metadata.csv", list(30, "%d.png"))
				}
			}
		}, "a/train a/train/metadata.csv - a/test a/test/metadata.csv", []string{"a", "b"}, ""},
		{"lists in a folder beside, of domains and their parts", func(dir string) {
			for _, domain := range []string{"art", "photo"} {
				for _, part := range []string{"train", "test"} {
					pictures(dir, "pictures/"+domain+"/"+part+"%d.png", 30)
					filetest.Write(t, dir, "lists/"+domain+"_"+part+".csv", list(30, domain+"/"+part+"%d.png"))
				}
			}
		}, "pictures lists/art_train.csv - pictures lists/art_test.csv", []string{"art", "photo"}, ""},
		{"a table for training and one for testing", func(dir string) {
			pictures(dir, "train/%d.png", 40)
			pictures(dir, "test/%d.png", 40)
			filetest.Write(t, dir, "train.csv", list(40, "%d"))
			filetest.Write(t, dir, "test.csv", list(40, "%d"))
		}, "train train.csv - test test.csv", []string{"n", "s"}, ""},
		{"a competition, whose test data have no labels", func(dir string) {
			pictures(dir, "train/%d.png", 40)
			pictures(dir, "test/x%d.png", 40)
			filetest.Write(t, dir, "train.csv", list(40, "%d"))
			filetest.Write(t, dir, "sample_submission.csv", filetest.Lines("id,label", "x0,ok", "x1,ok", "x2,ok", "x3,ok", "x4,ok"))
		}, "train train.csv - ", []string{"n", "s"}, `passed over "sample_submission.csv": a list of images without a column to be predicted`},
	} {
		dir := t.TempDir()
		test.make(dir)
		s, domains, draft := scan(t, dir)
		d := &s.Domains[0]
		got := d.Files.Path + " " + d.Files.Index + " - "
		if d.Test != nil {
			got += d.Test.Path + " " + d.Test.Index
		}
		if got != test.files || !slices.Equal(names(domains), test.want) || d.Columns.File != "id" || d.Columns.Label != "label" {
			t.Errorf("%s: %s, domains %q, columns %+v; want %s", test.name, got, names(domains), d.Columns, test.files)
		}
		if text := strings.Join(draft.Found, "\n"); !strings.Contains(text, test.said) {
			t.Errorf("%s: found\n%s\nlacks %s", test.name, text, test.said)
		}
	}
}
