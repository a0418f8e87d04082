package ort

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/sharewise/sharewise/analysis/filelimit"
)

// CacheDir returns the folder that holds what sharewise downloads: the value
// of SHAREWISE_CACHE if that is set, else "sharewise" in the user's cache.
func CacheDir() (string, error) {
	if dir := os.Getenv("SHAREWISE_CACHE"); dir != "" {
		return filepath.Abs(dir)
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the user's cache: %w; set SHAREWISE_CACHE to a folder", err)
	}
	return filepath.Join(dir, "sharewise"), nil
}

// Installation describes a library in the cache. It lies in
// onnxruntime/<version>/<os>-<arch>/ beside its record, installed.json, which
// only exists for a library that was probed.
type Installation struct {
	Version string `json:"version"`
	Library string `json:"library"` // file name; the full path in results
	Size    int64  `json:"size"`
	SHA256  string `json:"sha256"`
	Source  string `json:"source"`
}

const recordName = "installed.json"

func runtimeDir(cache string) string { return filepath.Join(cache, "onnxruntime") }

func installDir(cache, version, goos, goarch string) string {
	return filepath.Join(runtimeDir(cache), version, goos+"-"+goarch)
}

// readInstallation returns the installation in dir with the full path of its
// library, or an error that matches fs.ErrNotExist if there is none. A library
// that has not the size of its record is no installation.
func readInstallation(dir string) (*Installation, error) {
	text, err := filelimit.ReadFile(filepath.Join(dir, recordName), filelimit.State)
	if err != nil {
		return nil, err
	}
	var in Installation
	if err := json.Unmarshal(text, &in); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, recordName), err)
	}
	if in.Library == "" || in.Library != filepath.Base(in.Library) {
		return nil, fmt.Errorf("%s: library %q is not a file name", filepath.Join(dir, recordName), in.Library)
	}
	in.Library = filepath.Join(dir, in.Library)
	info, err := os.Stat(in.Library)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a file; run 'sharewise runtime install' again", in.Library)
	}
	if info.Size() != in.Size {
		return nil, fmt.Errorf("%s has %d bytes instead of %d; run 'sharewise runtime install' again", in.Library, info.Size(), in.Size)
	}
	return &in, nil
}

// verify compares the library with the checksum of its record.
func (in *Installation) verify() error {
	sum, err := fileSHA256(in.Library)
	if err != nil {
		return err
	}
	if sum != in.SHA256 {
		return fmt.Errorf("%s changed since it was installed", in.Library)
	}
	return nil
}

func fileSHA256(name string) (string, error) {
	f, err := filelimit.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// installedDirs lists the folders in which a library for this system may be
// installed: the pinned version first, then others from new to old.
func installedDirs(cache string) ([]string, error) {
	system := runtime.GOOS + "-" + runtime.GOARCH
	dirs := []string{filepath.Join(runtimeDir(cache), Version, system)}
	entries, err := os.ReadDir(runtimeDir(cache))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var versions []string
	for _, e := range entries {
		// Names that start with a dot are installations in progress.
		if e.IsDir() && e.Name() != Version && !strings.HasPrefix(e.Name(), ".") {
			versions = append(versions, e.Name())
		}
	}
	slices.SortFunc(versions, func(a, b string) int { return compareVersions(b, a) })
	for _, v := range versions {
		dir := filepath.Join(runtimeDir(cache), v, system)
		if _, err := os.Stat(dir); err == nil {
			dirs = append(dirs, dir)
		}
	}
	return dirs, nil
}

// compareVersions orders versions such as 1.9.0 and 1.30.0 by their numbers.
func compareVersions(a, b string) int {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(as), len(bs)) {
		x, errX := strconv.Atoi(as[i])
		y, errY := strconv.Atoi(bs[i])
		c := cmp.Compare(x, y)
		if errX != nil || errY != nil {
			c = strings.Compare(as[i], bs[i])
		}
		if c != 0 {
			return c
		}
	}
	return cmp.Compare(len(as), len(bs))
}
