// Package testdata holds the data that tests and the demo use, and hands the
// demo's files and the model definitions to the program. README.md says where
// each file is from.
package testdata

import (
	"embed"
	"io/fs"
)

//go:embed demo/study.yaml demo/*.gz models/*.onnx
var files embed.FS

// Demo returns the study that `sharewise demo` runs: study.yaml and the data
// files that it names, all in one folder.
func Demo() fs.FS { return sub("demo") }

// Models returns the model definitions, named as `sharewise model new` names
// them.
func Models() fs.FS { return sub("models") }

func sub(dir string) fs.FS {
	f, err := fs.Sub(files, dir)
	if err != nil {
		panic(err) // dir is constant and valid
	}
	return f
}
