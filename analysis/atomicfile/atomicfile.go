// Package atomicfile writes files and folders that appear complete or not at
// all.
package atomicfile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/sharewise/sharewise/analysis/filelimit"
)

// Suffix ends the names of temporary files. A process that was killed may leave
// some behind; they go when the same file is written again, and whoever holds the
// folder may remove them.
const Suffix = ".tmp"

// Write writes a file under a temporary name in its folder, brings it to the
// disk and renames it. When anything fails the temporary file is removed and
// whatever stood at path before stays. Links stay too: the file at their end is
// written. Devices and pipes are refused, since a pipe that nobody reads keeps its writer
// waiting: see [Output]. A file that is replaced
// leaves its permissions to the new one; others have those that the umask leaves.
func Write(path string, write func(io.Writer) error) error {
	finish, err := Start(path, write)
	if err != nil {
		return err
	}
	return finish()
}

// Output is [Write] to a file that somebody named as the place for it: devices and pipes
// are written to, and not replaced.
func Output(path string, write func(io.Writer) error) error {
	finish, err := start(path, write)
	if err != nil {
		return err
	}
	return finish()
}

// Start does the first part of [Write]: it writes the file under a temporary name, as
// far as the memory of the system. What it returns does the rest, and must be called.
// That waits for the disk, and may be done by another goroutine.
func Start(path string, write func(io.Writer) error) (finish func() error, err error) {
	if err := filelimit.MayOpen("write", path); err != nil {
		return nil, err
	}
	return start(path, write)
}

func start(path string, write func(io.Writer) error) (finish func() error, err error) {
	asked := path
	path, through, err := target(path)
	if err == nil && through {
		err = writeThrough(path, write)
	}
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", asked, err)
	}
	if through {
		return func() error { return nil }, nil
	}
	sweep(path)
	f, permissions, err := temporary(path)
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", path, inFolder(path, err))
	}
	release := hold(f.Name())
	undo := func(err error) error {
		f.Close()
		release()
		os.Remove(f.Name())
		return fmt.Errorf("write %s: %w", path, err)
	}
	count := &counter{to: f}
	w := bufio.NewWriterSize(count, 1<<18)
	if err := write(w); err != nil {
		return nil, undo(err)
	}
	if err := w.Flush(); err != nil {
		return nil, undo(err)
	}
	return func() error {
		for _, step := range []func() error{
			permissions,
			f.Sync,
			func() error { return whole(f, count.n) },
			f.Close,
			func() error {
				release() // some systems do not rename what is open
				return os.Rename(f.Name(), path)
			},
			func() error { return arrived(f.Name(), path) },
		} {
			if err := step(); err != nil {
				return undo(err)
			}
		}
		return nil
	}, nil
}

// temporary makes a temporary file beside path, whose name no other has, and says how to
// give it the permissions of the file that it is to replace.
func temporary(path string) (f *os.File, permissions func() error, err error) {
	mode, permissions := fs.FileMode(0o666), func() error { return nil }
	if info, err := os.Stat(path); err == nil {
		mode = info.Mode().Perm() | 0o600 // at no time may more people read it than before
		permissions = func() error { return f.Chmod(info.Mode().Perm()) }
	}
	const most = 1000 // names that are taken
	for range most {
		name := fmt.Sprintf(".%s.%d%s", filepath.Base(path), rand.Uint64(), Suffix)
		f, err = os.OpenFile(filepath.Join(filepath.Dir(path), name), os.O_RDWR|os.O_CREATE|os.O_EXCL, mode)
		if !errors.Is(err, fs.ErrExist) {
			break
		}
	}
	return f, permissions, err
}

// counter counts the bytes that are written through it.
type counter struct {
	to io.Writer
	n  int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.to.Write(p)
	c.n += int64(n)
	return n, err
}

// ErrLost is matched where a file system says that it wrote a file, and the file is not
// there, or not as long as what was written.
var ErrLost = errors.New("the file system lost what was written")

// whole looks whether a file has all bytes that were written to it, while what it is to
// replace still stands.
func whole(f *os.File, bytes int64) error {
	info, err := f.Stat()
	if err == nil && info.Size() != bytes {
		err = fmt.Errorf("%w: it has %d bytes of %d", ErrLost, info.Size(), bytes)
	}
	return err
}

// arrived looks whether what was renamed has its name: file systems behind a network, and
// disks that fail, have said so when it had not.
func arrived(temporary, path string) error {
	if _, err := os.Lstat(temporary); err == nil {
		return fmt.Errorf("%w: it was renamed, and still has its temporary name", ErrLost)
	}
	if _, err := os.Lstat(path); err != nil {
		return errors.Join(ErrLost, err)
	}
	return nil
}

// inFolder says that a path's folder does not exist, where that is why nothing
// could be created in it.
func inFolder(path string, err error) error {
	dir := filepath.Dir(path)
	if _, e := os.Stat(dir); errors.Is(e, fs.ErrNotExist) {
		return fmt.Errorf("there is no folder %s: %w", dir, e)
	}
	return err
}

// WriteBytes is [Write] for content that is in memory.
func WriteBytes(path string, data []byte) error { return Write(path, bytesOf(data)) }

// OutputBytes is [Output] for content that is in memory.
func OutputBytes(path string, data []byte) error { return Output(path, bytesOf(data)) }

func bytesOf(data []byte) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	}
}
