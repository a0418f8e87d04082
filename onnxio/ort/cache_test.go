package ort

import (
	"os"
	"path/filepath"
	"testing"
)

// FuzzReadInstallation reads records of any content: whatever they say, the
// library they lead to is a file in their own folder.
func FuzzReadInstallation(f *testing.F) {
	f.Add([]byte(`{"version":"1.30.0","library":"lib.so","size":3}`))
	f.Add([]byte(`{"version":"1.30.0","library":"../lib.so","size":3}`))
	f.Add([]byte(`{"library":"/lib.so"}`))
	f.Add([]byte(`{"library":".."}`))
	f.Add([]byte(`{"library":"."}`))
	f.Add([]byte(`{`))
	f.Add([]byte(`[]`))
	root := f.TempDir()
	dir := filepath.Join(root, "dir")
	if err := os.Mkdir(dir, 0o755); err != nil {
		f.Fatal(err)
	}
	for _, name := range []string{filepath.Join(root, "lib.so"), filepath.Join(dir, "lib.so")} {
		if err := os.WriteFile(name, []byte("abc"), 0o644); err != nil {
			f.Fatal(err)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := os.WriteFile(filepath.Join(dir, recordName), text, 0o644); err != nil {
			t.Fatal(err)
		}
		in, err := readInstallation(dir)
		if err != nil {
			return
		}
		if info, err := os.Stat(in.Library); err != nil || info.IsDir() || filepath.Dir(in.Library) != dir {
			t.Errorf("record %q leads to %s", text, in.Library)
		}
	})
}
