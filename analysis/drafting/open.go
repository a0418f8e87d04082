package drafting

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/study"
)

// IsStudy reports whether a path is that of a study file, and not of data. What
// does not exist is looked for as a study.
func IsStudy(path string) bool {
	info, err := os.Stat(path)
	return err != nil || !info.IsDir() && slices.Contains([]string{".yaml", ".yml", ".json"}, strings.ToLower(filepath.Ext(path)))
}

// Open reads a study file, or drafts a study of a folder or a file of data, of
// which one domain is enough.
func Open(path string) (*study.Study, error) {
	if IsStudy(path) {
		return dataset.ParseStudy(path)
	}
	base := path
	if info, err := os.Stat(path); err != nil || !info.IsDir() {
		base = filepath.Dir(path)
	}
	d, err := Scan(path, Config{Name: Name(path), Base: base, Least: 1})
	if err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(base)
	if err != nil {
		return nil, err
	}
	return d.Complete(dir)
}

// Name makes a study's name of that of a folder or file of data.
func Name(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		abs = path
	}
	if name := study.NameOf(filepath.Base(abs)); name != "" {
		return name
	}
	return "study"
}
