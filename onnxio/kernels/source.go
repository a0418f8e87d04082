package kernels

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
)

//go:embed src/*.cpp src/*.h
var source embed.FS

// Hash identifies the sources of the library: a library that was built from
// others is not the one that this program knows.
func Hash() string {
	h := sha256.New()
	entries, _ := fs.ReadDir(source, "src") // sorted; the folder is always there
	for _, e := range entries {
		text, _ := source.ReadFile("src/" + e.Name())
		h.Write([]byte(e.Name()))
		h.Write([]byte{0})
		h.Write(text)
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}

// WriteSource writes the sources of the library into a folder that exists, and
// returns the names of the files to compile.
func WriteSource(dir string) ([]string, error) {
	entries, err := fs.ReadDir(source, "src")
	if err != nil {
		return nil, err
	}
	var units []string
	for _, e := range entries {
		text, err := source.ReadFile("src/" + e.Name())
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(dir, e.Name()), text, 0o644); err != nil {
			return nil, err
		}
		if filepath.Ext(e.Name()) == ".cpp" {
			units = append(units, e.Name())
		}
	}
	return units, nil
}
