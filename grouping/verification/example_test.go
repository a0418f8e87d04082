package verification_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/grouping/verification"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// The recommendation of a study is held against three fresh seeds.
func ExampleRun() {
	dir, err := os.MkdirTemp("", "sharewise-example-*")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	file, err := planted(dir) // writes data and a study
	if err != nil {
		fmt.Println(err)
		return
	}
	folder := layout.Folder(filepath.Join(dir, "out"))
	p, groups, err := recommended(file, folder) // trains, analyses, groups
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("promised to", groups.Names()[0])
	record, err := verification.Run(context.Background(), p, reference.Backend(), folder, verification.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("seeds", record.Seeds, record.Verdict)
	// Output:
	// promised to [a b]
	// seeds [4 5 6] not decided
}
