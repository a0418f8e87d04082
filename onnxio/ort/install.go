package ort

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/gofrs/flock"

	"github.com/sharewise/sharewise/analysis/filelimit"
)

// InstallOptions say where Install takes the library from and puts it.
type InstallOptions struct {
	// From is a package file or a library file to install from; empty: the
	// pinned package is fetched with npm.
	From string
	// Cache is the folder to install into; empty: CacheDir.
	Cache string
	// Progress receives a line per step; nil: none.
	Progress io.Writer
}

// Install puts an ONNX Runtime library into the cache and returns it. If the
// pinned version is there already, whole, and no file is given, nothing is
// done.
//
// A package, fetched or given, must have the checksum that is pinned in this
// program. A library file that is given must be an ONNX Runtime that works
// here. Either is probed before it is installed. Several processes may install
// at once: one does, the others wait and find it done. An installation appears
// whole or not at all.
func Install(ctx context.Context, opt InstallOptions) (*Installation, error) {
	if !Enabled {
		return nil, ErrNoCgo
	}
	if opt.Cache == "" {
		dir, err := CacheDir()
		if err != nil {
			return nil, err
		}
		opt.Cache = dir
	}
	in := &installer{
		InstallOptions: opt,
		goos:           runtime.GOOS,
		goarch:         runtime.GOARCH,
		checksum:       packageSHA512,
		probe:          Probe,
	}
	installation, err := in.run(ctx)
	if err != nil {
		return nil, fmt.Errorf("install ONNX Runtime: %w", explain(err, opt.Cache))
	}
	return installation, nil
}

// installer is one call of Install, with what its tests replace.
type installer struct {
	InstallOptions
	goos, goarch string
	checksum     string // SHA-512 of the package, base64
	probe        func(ctx context.Context, path string) (*Info, error)
}

func (in *installer) logf(format string, args ...any) {
	if in.Progress != nil {
		fmt.Fprintf(in.Progress, format+"\n", args...)
	}
}

func (in *installer) run(ctx context.Context) (*Installation, error) {
	if err := filelimit.MayOpen("open", in.From); err != nil {
		return nil, err
	}
	if in.From == "" {
		// A complete installation needs no lock: it never changes.
		if done := in.existing(Version); done != nil {
			return done, nil
		}
	}
	root := runtimeDir(in.Cache)
	if err := os.MkdirAll(root, 0o755); err != nil {
		return nil, err
	}
	unlock, err := in.lock(ctx, filepath.Join(root, ".lock"))
	if err != nil {
		return nil, err
	}
	defer unlock()
	if in.From == "" {
		if done := in.existing(Version); done != nil {
			return done, nil
		}
	}
	removeLeftovers(root)
	work, err := os.MkdirTemp(root, workPrefix)
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(work) }()
	return in.install(ctx, work)
}

// existing returns the installation of a version if it is there and whole.
func (in *installer) existing(version string) *Installation {
	done, err := readInstallation(installDir(in.Cache, version, in.goos, in.goarch))
	if err != nil || done.verify() != nil {
		return nil
	}
	return done
}

// lock waits until no other process installs.
func (in *installer) lock(ctx context.Context, name string) (unlock func(), err error) {
	l := flock.New(name)
	locked, err := l.TryLock()
	if err == nil && !locked {
		in.logf("waiting for another installation to finish")
		// It only returns without an error once the lock is held.
		_, err = l.TryLockContext(ctx, 200*time.Millisecond)
	}
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", name, err)
	}
	return func() { _ = l.Unlock() }, nil
}

const workPrefix = ".install-"

// removeLeftovers removes the work of installations that were killed. The
// caller holds the lock, so that none is in progress.
func removeLeftovers(root string) {
	old, _ := filepath.Glob(filepath.Join(filelimit.Escape(root), workPrefix+"*"))
	for _, dir := range old {
		_ = os.RemoveAll(dir)
	}
}

// install makes the installation in a folder of its own within work and then
// renames that folder.
func (in *installer) install(ctx context.Context, work string) (*Installation, error) {
	dir := filepath.Join(work, "result")
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, err
	}
	library, source, err := in.obtain(ctx, work, dir)
	if err != nil {
		return nil, err
	}
	info, err := in.probe(ctx, library)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		// What the user knows is the file given, not our copy.
		from := cmp.Or(in.From, npmPackage)
		return nil, fmt.Errorf("the library from %s does not work here: it %s", from, strings.ReplaceAll(err.Error(), library, "its copy"))
	}
	record := Installation{Version: info.Version, Library: filepath.Base(library), Source: source}
	if record.Version == "" || record.Version != filepath.Base(record.Version) || strings.HasPrefix(record.Version, ".") {
		return nil, fmt.Errorf("the library says that its version is %q", record.Version)
	}
	stat, err := os.Stat(library)
	if err != nil {
		return nil, err
	}
	record.Size = stat.Size()
	if record.SHA256, err = fileSHA256(library); err != nil {
		return nil, err
	}
	text, err := json.MarshalIndent(record, "", "  ")
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(dir, recordName), append(text, '\n'), 0o644); err != nil {
		return nil, err
	}
	if old := in.existing(record.Version); old != nil && old.SHA256 == record.SHA256 && old.Source == record.Source {
		// Leave alone what a running process may have loaded.
		return old, nil
	}
	final := installDir(in.Cache, record.Version, in.goos, in.goarch)
	if err := replaceDir(dir, final, filepath.Join(work, "old")); err != nil {
		return nil, err
	}
	in.logf("installed ONNX Runtime %s: %s", record.Version, filepath.Join(final, record.Library))
	return readInstallation(final)
}

// replaceDir renames dir to final, after moving what is there to aside.
func replaceDir(dir, final, aside string) error {
	if err := os.MkdirAll(filepath.Dir(final), 0o755); err != nil {
		return err
	}
	if err := os.Rename(final, aside); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.Rename(dir, final)
}

// obtain puts the library into dir and says where it is from.
func (in *installer) obtain(ctx context.Context, work, dir string) (library, source string, err error) {
	if in.From == "" {
		if _, err := member(in.goos, in.goarch); err != nil {
			return "", "", err
		}
		in.logf("fetching %s with npm (about %d MB)", npmPackage, packageMB)
		file, err := npmPack(ctx, work)
		if err != nil {
			return "", "", err
		}
		library, err = in.unpack(ctx, file, dir)
		return library, npmPackage, err
	}
	packed, err := isGzip(in.From)
	if err != nil {
		return "", "", err
	}
	if packed {
		library, err = in.unpack(ctx, in.From, dir)
		return library, npmPackage, err
	}
	library = filepath.Join(dir, libraryNames()[0])
	return library, "a file", copyFile(ctx, in.From, library)
}

// unpack verifies the package and takes this system's library out of it.
func (in *installer) unpack(ctx context.Context, file, dir string) (string, error) {
	m, err := member(in.goos, in.goarch)
	if err != nil {
		return "", err
	}
	if err := verifyPackage(ctx, file, in.checksum); err != nil {
		return "", err
	}
	in.logf("checksum of %s is right", filepath.Base(file))
	library := filepath.Join(dir, memberName(m))
	if err := extract(ctx, file, m, library); err != nil {
		return "", err
	}
	return library, nil
}

func isGzip(name string) (bool, error) {
	f, err := filelimit.Open(name)
	if err != nil {
		return false, err
	}
	defer f.Close()
	magic, err := bufio.NewReader(f).Peek(2)
	if err != nil {
		return false, fmt.Errorf("%s is neither a package nor a library: %w", name, err)
	}
	return magic[0] == 0x1f && magic[1] == 0x8b, nil
}

// noSpace reports whether the disk was full, for us or, in its words, for npm.
func noSpace(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || strings.Contains(err.Error(), "ENOSPC")
}

// explain adds what to do to errors that the system gives.
func explain(err error, cache string) error {
	switch {
	case noSpace(err):
		return fmt.Errorf("%w; an installation needs 300 MB in %s for a while and 50 MB in the end; set SHAREWISE_CACHE to a folder with more space", err, cache)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%w; set SHAREWISE_CACHE to a folder that you may write to", err)
	}
	return err
}
