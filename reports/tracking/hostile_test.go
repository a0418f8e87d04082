package tracking

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/losses"
)

// TestNamesOfFiles makes runs whose files name domains that would become paths, lines or
// keys elsewhere, with all hashes right: nothing is written outside, and nothing at all.
func TestNamesOfFiles(t *testing.T) {
	for _, bad := range []string{"../../../../escaped", "/escaped", "north\nsouth", "a=b", "north/../../x", ""} {
		for _, in := range []string{"history", "losses"} {
			folder, r := studied(t)
			dir := folder.Run(r.ID)
			done, err := dir.ReadDone(r.Hash)
			if err != nil {
				t.Fatal(err)
			}
			file := dir.Losses()
			if in == "history" {
				file = dir.History()
				row := layout.HistoryRow{Epoch: 1, Domain: bad, Split: layout.ValSplit}
				row.Clear()
				row.Loss = 1
				if bad == "" {
					row.Domain, row.Split = "north", "../../val"
				}
				err = layout.WriteHistory(file, r.Run, []layout.HistoryRow{row})
			} else {
				err = losses.WriteFile(file, &losses.Table{Domain: []string{bad}, Seed: []int64{1}, Sample: []losses.SampleID{{}}, Loss: []float32{1}, Correct: []bool{true}})
			}
			if err != nil {
				t.Fatal(err)
			}
			if done.Files[filepath.Base(file)], err = layout.HashFile(file); err != nil {
				t.Fatal(err)
			}
			if err := dir.WriteDone(done); err != nil {
				t.Fatal(err)
			}
			for _, format := range Formats {
				top := t.TempDir()
				if err := os.MkdirAll(filepath.Join(top, "a", "b"), 0o755); err != nil {
					t.Fatal(err)
				}
				if _, err := Write(filepath.Join(top, "a", "b", "to"), format, folder, false); err == nil || bad != "" && !errors.Is(err, ErrDomain) {
					t.Errorf("%s of domain %q as %s: %v", in, bad, format, err)
				}
				if found, err := filepath.Glob(filepath.Join(top, "*", "*", "to")); err != nil || len(found) > 0 {
					t.Errorf("%s of domain %q as %s left %v, %v", in, bad, format, found, err)
				}
				if _, err := os.Lstat(filepath.Join(top, "escaped")); err == nil {
					t.Errorf("%s of domain %q as %s was written outside", in, bad, format)
				}
			}
		}
	}
}
