package subgroups_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/subgroups"
)

// A table says in which shift the test samples of a line were taken.
func ExampleMetadata() {
	dir, err := os.MkdirTemp("", "shifts")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "shifts.csv")
	if err := os.WriteFile(path, []byte("domain,sample,shift\nline-a,17,night\nline-a,18,day\n"), 0o644); err != nil {
		log.Fatal(err)
	}
	divisions, err := subgroups.Metadata(path, []string{"line-a", "line-b"})
	if err != nil {
		log.Fatal(err)
	}
	for _, d := range divisions {
		fmt.Println(d.Domain, "by", d.By+":", d.Of(losses.SampleID{Number: 17}))
	}
	// Output: line-a by shift: night
}
