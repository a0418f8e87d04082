//go:build unix

package main

import (
	"io/fs"
	"os/exec"
	"path/filepath"
	"testing"
)

// Results are for whom the umask says: of a study of 077 nobody else reads a byte, and a
// group that shares 002 can work in one folder, locks and claims included.
func TestPermissions(t *testing.T) {
	dir := t.TempDir()
	plantFaultStudy(t, dir, "0.003")
	for umask, lacking := range map[string]func(fs.FileMode) bool{
		"077": func(m fs.FileMode) bool { return m&0o077 != 0 },
		"002": func(m fs.FileMode) bool { return m&0o060 != 0o060 },
	} {
		cmd := exec.Command("sh", "-c", "umask "+umask+" && sharewise run data/study.yaml -o out-"+umask+" --report --jobs 1 -q && sharewise export out-"+umask+" --to mlflow -o tracked-"+umask)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		n := 0
		for _, folder := range []string{"out-", "tracked-"} {
			err := filepath.WalkDir(filepath.Join(dir, folder+umask), func(path string, d fs.DirEntry, err error) error {
				if err != nil {
					return err
				}
				info, err := d.Info()
				if err == nil && lacking(info.Mode().Perm()) {
					t.Errorf("with umask %s %s is of %o", umask, path, info.Mode().Perm())
				}
				n++
				return err
			})
			if err != nil || n < 50 {
				t.Fatalf("%d files, %v", n, err)
			}
		}
	}
}
