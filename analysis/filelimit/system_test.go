package filelimit

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestSystemFault(t *testing.T) {
	_, missing := os.Open(filepath.Join(t.TempDir(), "missing"))
	for _, test := range []struct {
		err  error
		says string
	}{
		{fmt.Errorf("run a: %w", &fs.PathError{Op: "read", Path: "x", Err: syscall.EIO}), "failed"},
		{fmt.Errorf("write: %w", syscall.ENOSPC), "free space"},
		{missing, ""},
		{nil, ""},
	} {
		got := SystemFault(test.err)
		if (got == "") != (test.says == "") || !strings.Contains(got, test.says) {
			t.Errorf("%v: %q, want %q", test.err, got, test.says)
		}
	}
}
