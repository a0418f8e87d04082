package parquetfile

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
)

// TestOtherWriters reads files of other programs (Impala, Spark, parquet-mr, Arrow, Rust's
// and older versions of the library), which the library has among its tests, and finds
// what the library finds, or refuses what it refuses.
func TestOtherWriters(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", "{{.Dir}}", "github.com/parquet-go/parquet-go").Output()
	if err != nil {
		t.Skip("the source of the Parquet library is not to be found: ", err)
	}
	files, read := 0, 0
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	must(filepath.WalkDir(strings.TrimSpace(string(out)), func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(name) != ".parquet" || strings.HasPrefix(d.Name(), "lz4_raw") {
			return err // the library's decoder of LZ4 is wrong for one of these
		}
		if info, err := d.Info(); err != nil || info.Size() > 200<<10 {
			return err
		}
		files++
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		want, refused := columnValues(parquet.OpenFile(bytes.NewReader(data), int64(len(data))))
		got, err := columnValues(Open(bytes.NewReader(data), int64(len(data))))
		switch {
		case (err == nil) != (refused == nil):
			t.Errorf("%s: %v, and the library says %v", d.Name(), err, refused)
		case err == nil && !slices.EqualFunc(want, got, parquet.DeepEqual):
			t.Errorf("%s: %d values, want %d, or they differ", d.Name(), len(got), len(want))
		case err == nil && len(got) > 0:
			read++
		}
		return nil
	}))
	if files > 0 && read < files/2 {
		t.Errorf("%d of %d files have values", read, files)
	}
	t.Logf("%d files of other programs, %d with values", files, read)
}

// columnValues reads a file column by column.
func columnValues(f *parquet.File, err error) ([]parquet.Value, error) {
	if err != nil {
		return nil, err
	}
	return Guard(func() (all []parquet.Value, err error) {
		for _, group := range f.RowGroups() {
			for _, c := range group.ColumnChunks() {
				pages := c.Pages()
				defer pages.Close()
				for {
					page, err := pages.ReadPage()
					if errors.Is(err, io.EOF) {
						break
					}
					if err != nil {
						return nil, err
					}
					values := make([]parquet.Value, page.NumValues())
					n, err := page.Values().ReadValues(values)
					if err != nil && !errors.Is(err, io.EOF) {
						return nil, err
					}
					for _, v := range values[:n] {
						all = append(all, v.Clone())
					}
				}
			}
		}
		return all, nil
	})
}
