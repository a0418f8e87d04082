package filekind_test

import (
	"fmt"

	"github.com/sharewise/sharewise/analysis/filekind"
)

// What stands where a table is expected.
func ExampleOf() {
	for _, head := range []string{"PK\x03\x04\x14\x00\x00\x00", "PAR1\x15\x04\x15", "x,y\n1,2\n"} {
		fmt.Printf("%q\n", filekind.Of([]byte(head)))
	}
	// Output:
	// "a zip archive; unpack it"
	// "a Parquet file; give it the ending .parquet, or set format: parquet"
	// ""
}
