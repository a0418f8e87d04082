package wording_test

import (
	"fmt"
	"testing"

	"github.com/sharewise/sharewise/analysis/wording"
)

func Example() {
	fmt.Println(wording.Plural(3, "run"), "of", wording.PluralAs(1, "class", "classes"), "and", wording.PluralAs(2, "series", "series"), "took", wording.Duration(5400), "and", wording.Bytes(2_500_000))
	fmt.Println(wording.First([]string{"line-a", "line-b", "line-c"}, 2))
	// Output:
	// 3 runs of 1 class and 2 series took 90 min and 2.5 MB
	// line-a, line-b and 1 more
}

func TestQuantities(t *testing.T) {
	for seconds, want := range map[float64]string{0: "-", 0.2: "<1 s", 40: "40 s", 300: "5 min", 9000: "2.5 h"} {
		if got := wording.Duration(seconds); got != want {
			t.Errorf("Duration(%g) = %s, want %s", seconds, got, want)
		}
	}
	for bytes, want := range map[int64]string{0: "-", 1500: "2 kB", 2_500_000: "2.5 MB", 3_000_000_000: "3.0 GB"} {
		if got := wording.Bytes(bytes); got != want {
			t.Errorf("Bytes(%d) = %s, want %s", bytes, got, want)
		}
	}
}

func TestShellWord(t *testing.T) {
	for text, want := range map[string]string{
		"out/a-b_1.yaml": "out/a-b_1.yaml", "s3://bucket/x@2": "s3://bucket/x@2", "": "''",
		"o ut": "'o ut'", "x; rm -rf ~": "'x; rm -rf ~'", "$(id)": "'$(id)'", "a'b": `'a'\''b'`, "工場": "'工場'",
	} {
		if got := wording.ShellWord(text); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}
