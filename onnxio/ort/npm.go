package ort

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/sharewise/sharewise/analysis/filelimit"
)

// npmPack fetches the pinned package into dir with the user's npm, and so from
// the registry, through the proxy and with the credentials that are set up for
// it. No code of the package is run.
func npmPack(ctx context.Context, dir string) (string, error) {
	npm, err := exec.LookPath("npm")
	if err != nil {
		return "", fmt.Errorf("%w: install Node.js, which brings npm, or fetch the package on another machine with 'npm pack %s' and install from that file",
			ErrNoNPM, npmPackage)
	}
	var stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, npm, "pack", npmPackage, "--ignore-scripts", "--loglevel=error", "--pack-destination", dir)
	cmd.Dir = dir
	cmd.Stderr = &stderr
	cmd.WaitDelay = 2 * time.Second
	killWithChildren(cmd)
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		err = fmt.Errorf("npm pack %s failed: %w%s", npmPackage, err, npmReason(stderr.String()))
		if noSpace(err) {
			return "", err
		}
		return "", fmt.Errorf("%w: %w; where there is no network, fetch the package elsewhere and install from its file", ErrFetch, err)
	}
	files, err := filelimit.Glob(filepath.Join(filelimit.Escape(dir), "*.tgz"))
	if err != nil {
		return "", err
	}
	if len(files) != 1 {
		return "", errors.New("npm pack left no package file")
	}
	return files[0], nil
}

// npmReason picks from npm's error messages those that say something.
func npmReason(stderr string) string {
	var lines []string
	for _, line := range strings.Split(stderr, "\n") {
		line = strings.TrimPrefix(strings.TrimSpace(line), "npm ")
		for _, prefix := range []string{"ERR! ", "error "} {
			line = strings.TrimPrefix(line, prefix)
		}
		if line == "" || strings.HasPrefix(line, "A complete log") {
			continue
		}
		lines = append(lines, line)
	}
	const most = 4
	if len(lines) > most {
		lines = lines[:most]
	}
	if len(lines) == 0 {
		return ""
	}
	return ": " + strings.Join(lines, "; ")
}
