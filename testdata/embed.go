// Package testdata holds the data that tests and the demo use, and hands the
// demo's files to the program. README.md says where each file is from.
package testdata

import (
	"embed"
	"io/fs"
)

//go:embed demo/study.yaml demo/*.gz
var files embed.FS

// Demo returns the study that `sharewise demo` runs: study.yaml and the data
// files that it names, all in one folder.
func Demo() fs.FS {
	demo, err := fs.Sub(files, "demo")
	if err != nil {
		panic(err) // the name is constant and valid
	}
	return demo
}
