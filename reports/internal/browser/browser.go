// Package browser opens pages in Chromium, for tests of what people will see.
package browser

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// DOM is the document at an address as Chromium has it after its scripts ran for a
// second of the page's time. Where there is no Chromium, the test is skipped, with
// what then was not tested.
func DOM(t *testing.T, url, what string) string {
	t.Helper()
	program := ""
	for _, name := range []string{os.Getenv("SHAREWISE_CHROMIUM"), "chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); name != "" && err == nil {
			program = path
			break
		}
	}
	if program == "" {
		t.Skipf("NOT TESTED: %s. There is no Chromium; install it, or name it in SHAREWISE_CHROMIUM", what)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
		"--disable-quic", "--no-first-run", "--disable-background-networking",
		"--user-data-dir="+filepath.Join(t.TempDir(), "profile"), "--virtual-time-budget=2500", "--dump-dom", url)
	var log bytes.Buffer
	cmd.Stderr = &log
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", program, err, log.Bytes())
	}
	return string(out)
}
