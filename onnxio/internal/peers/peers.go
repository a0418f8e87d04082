// Package peers finds, for tests, what other tools exported.
package peers

import (
	"fmt"
	"os"
	"path/filepath"
)

// folder names the environment variable for a folder of further exports, see
// 'make peers'.
const folder = "SHAREWISE_PEERS"

// Files lists the files that match a pattern in a folder of testdata, from a
// package two folders below the root, and in that of the environment. Each has
// some.
func Files(testdata, pattern string) ([]string, error) {
	var files []string
	for _, dir := range Folders(testdata) {
		found, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			return nil, fmt.Errorf("%s in %s: %w", pattern, dir, err)
		}
		if len(found) == 0 {
			return nil, fmt.Errorf("no %s in %s; if %s names it, run 'make peers'", pattern, dir, folder)
		}
		files = append(files, found...)
	}
	return files, nil
}

// Folders lists the folder of testdata, and that of the environment if there is
// one.
func Folders(testdata string) []string {
	folders := []string{filepath.Join("..", "..", "testdata", testdata)}
	if dir := os.Getenv(folder); dir != "" {
		folders = append(folders, dir)
	}
	return folders
}
