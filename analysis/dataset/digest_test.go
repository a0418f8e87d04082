package dataset

import (
	"testing"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
)

// Identities decide which runs are done already: they must not change with the
// way samples are stored.
func TestIdentitiesStay(t *testing.T) {
	dir := t.TempDir()
	filetest.Write(t, dir, "i", filetest.IDX([]byte("abcdefghijklmnopqrst"), 5, 2, 2))
	filetest.Write(t, dir, "l", filetest.IDX([]byte{0, 1, 0, 1, 0}, 5))
	filetest.Write(t, dir, "a.csv", filetest.Lines("x,z,y", "1,2,a", "3,4,b", "5,6.5,a", "7,8,b", "9,10,a"))
	filetest.Write(t, dir, "more.csv", filetest.Lines("x,z,y", "2,3,b"))
	for _, c := range []struct{ name, study, want string }{
		{"images", idxStudy("image: [2, 2]", ", split: {test: 0.4, validation: 0}"),
			"25fb71f9af8e22e122acf86b6c614614d13fe9d5fcb1952e76fc7f7a8a304cde"},
		{"table", tableStudy("columns: {label: y}, split: {test: 0.2, validation: 0}"),
			"85dadefdc6e740dc4f29147efbf9f3d906a7364e965df10edd4c0af0d6433259"},
		{"table and test data", tableStudy("test: more.csv, columns: {label: y}, split: {validation: 0}"),
			"68ba71c7033146a199a0119e8f050b69dac15b48c961a9a0d5ef48ed0fc87d44"},
	} {
		if got := mustOpen(t, dir, c.study).SHA256; got != c.want {
			t.Errorf("%s: SHA-256 %s, want %s", c.name, got, c.want)
		}
	}
}
