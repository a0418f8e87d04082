package replacement_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/sharewise/sharewise/analysis/replacement"
)

// A folder is replaced as long as nobody has put anything into it.
func ExampleKind() {
	dir, err := os.MkdirTemp("", "sharewise-example-*")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	pages := replacement.Kind{
		Command: "sharewise pages", Manifest: "by-sharewise",
		Files: func([]byte) ([]string, error) { return []string{"1.html"}, nil },
	}
	at := filepath.Join(dir, "pages")
	write := func(work string) error {
		return errors.Join(
			os.WriteFile(filepath.Join(work, "by-sharewise"), nil, 0o600),
			os.WriteFile(filepath.Join(work, "1.html"), nil, 0o600))
	}
	for range 2 {
		fmt.Println(pages.Write(at, true, write))
	}
	if err := os.WriteFile(filepath.Join(at, "notes.txt"), nil, 0o600); err != nil {
		fmt.Println(err)
	}
	fmt.Println(errors.Is(pages.Write(at, true, write), replacement.ErrForeign))
	// Output:
	// <nil>
	// <nil>
	// true
}
