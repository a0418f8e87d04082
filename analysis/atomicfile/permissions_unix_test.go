//go:build unix

package atomicfile

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestPermissions makes sure that new files and folders are as the umask says, and that a
// file that is replaced has the permissions that it had.
func TestPermissions(t *testing.T) {
	for umask, want := range map[int]fs.FileMode{0o077: 0o600, 0o002: 0o664, 0o022: 0o644} {
		dir := t.TempDir()
		was := syscall.Umask(umask)
		folder := filepath.Join(dir, "folder")
		err := WriteFolder(folder, false, func(dir string) error { return WriteBytes(filepath.Join(dir, "in"), nil) })
		made := Create(filepath.Join(dir, "above", "created"), []byte("x"))
		written := WriteBytes(filepath.Join(dir, "written"), []byte("x"))
		syscall.Umask(was)
		if in, whole := permissionsOf(t, filepath.Join(folder, "in")), permissionsOf(t, folder); in != want || whole != want|want>>2&0o111 {
			t.Errorf("umask %03o: a folder of %o with a file of %o", umask, whole, in)
		}
		if e := os.Chmod(folder, 0o750); e != nil {
			t.Fatal(e)
		}
		if e := WriteFolder(folder, true, func(string) error { return nil }); e != nil || permissionsOf(t, folder) != 0o750 {
			t.Errorf("a folder of 750 is of %o once it is replaced, %v", permissionsOf(t, folder), e)
		}
		if err != nil || made != nil || written != nil {
			t.Fatal(err, made, written)
		}
		for name, want := range map[string]fs.FileMode{"written": want, "above/created": want, "above": want | want>>2&0o111} {
			if got := permissionsOf(t, filepath.Join(dir, name)); got != want {
				t.Errorf("umask %03o: %s is %o, want %o", umask, name, got, want)
			}
		}
	}
	for _, mode := range []fs.FileMode{0o600, 0o640, 0o666, 0o400} {
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path, nil, mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		err := Write(path, func(w io.Writer) error {
			left, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".*"+Suffix))
			if err != nil || len(left) != 1 {
				t.Fatal(left, err)
			}
			if got := permissionsOf(t, left[0]); got&^mode&0o077 != 0 {
				t.Errorf("while a file of %o is replaced its content is one of %o", mode, got)
			}
			return nil
		})
		if got := permissionsOf(t, path); err != nil || got != mode {
			t.Errorf("a file of %o is of %o afterwards, %v", mode, got, err)
		}
	}
}

func permissionsOf(t *testing.T, path string) fs.FileMode {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode().Perm()
}
