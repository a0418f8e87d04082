package ort

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
)

// TestDiagnoseNone names a library that is not there: nothing else is taken
// instead, and the reason says so.
func TestDiagnoseNone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "missing.so")
	d, err := Diagnose(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if d.Used != nil || d.Tried[0].Source != FromFlag || d.Tried[0].Error != "no such file" {
		t.Errorf("used %+v, first tried %+v", d.Used, d.Tried[0])
	}
	if Enabled && !strings.Contains(d.Reason, path) {
		t.Errorf("the reason %q does not name the library", d.Reason)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Diagnose(ctx, path); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
