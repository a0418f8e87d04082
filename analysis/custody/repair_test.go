package custody

import (
	"os"
	"testing"

	"github.com/sharewise/sharewise/analysis/layout"
)

// TestSetAsideLooksAgain moves what is damaged, and not what a check took for damaged that was
// written anew since.
func TestSetAsideLooksAgain(t *testing.T) {
	folder := layout.Folder(t.TempDir())
	origin, err := folder.Origin()
	if err != nil {
		t.Fatal(err)
	}
	write := func() {
		if err := origin.Write(nil, folder.Cross(), map[string]int{"version": 1}); err != nil {
			t.Fatal(err)
		}
	}
	write()
	for _, again := range []bool{true, false} {
		if err := os.WriteFile(folder.Cross(), []byte("{}"), 0o644); err != nil {
			t.Fatal(err)
		}
		r, err := Check(t.Context(), folder, true)
		if err != nil || r.Of(folder, folder.Cross()) == nil {
			t.Fatalf("%v, %v", r, err)
		}
		if again {
			write()
		}
		done, err := SetAside(t.Context(), folder, r)
		_, gone := os.Stat(folder.Cross())
		if err != nil || again != (len(done) == 0) || again != (gone == nil) {
			t.Errorf("written anew %v: %v, %v, %v", again, done, gone, err)
		}
	}
}
