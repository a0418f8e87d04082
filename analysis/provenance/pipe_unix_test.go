//go:build unix

package provenance

import (
	"crypto/ed25519"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/sharewise/sharewise/analysis/layout"
)

// TestSignPipe refuses a pipe in a folder by name, and does not wait for who writes to it.
func TestSignPipe(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o644); err != nil {
		t.Skip(err)
	}
	key := ed25519.NewKeyFromSeed(slices.Repeat([]byte{1}, ed25519.SeedSize))
	if _, err := Sign(layout.Folder(dir), "x", key); err == nil || !strings.Contains(err.Error(), "pipe is no regular file") {
		t.Errorf("a pipe: %v", err)
	}
}
