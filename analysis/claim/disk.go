package claim

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/filelimit"
)

// disk keeps claims as files in the folders themselves. Its fields are the calls of the
// system whose replies may be lost on their way through a network.
type disk struct {
	link, rename func(from, to string) error
	fill         func(path string, data []byte) error
}

// theDisk keeps claims by the calls of the system as they are.
func theDisk() disk {
	return disk{link: os.Link, rename: os.Rename, fill: func(path string, data []byte) error { return os.WriteFile(path, data, 0o666) }}
}

func newToken() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// temporary is a name that nobody else uses.
func temporary(dir, token string) string {
	return filepath.Join(dir, temporaryPrefix+token+atomicfile.Suffix)
}

const temporaryPrefix = ".claim."

func isTemporary(name string) bool {
	return strings.HasPrefix(name, temporaryPrefix) && strings.HasSuffix(name, atomicfile.Suffix)
}

// Prepare changes the folder, so that a file system that remembers what is in it looks
// again.
func (disk) Prepare(dir, token string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("claim: %w", err)
	}
	path := temporary(dir, token)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
	if err != nil {
		return fmt.Errorf("claim: %w", err)
	}
	err = f.Close()
	if e := os.Remove(path); !errors.Is(e, fs.ErrNotExist) { // or whoever ended the work cleared it
		err = errors.Join(err, e)
	}
	if err != nil {
		return fmt.Errorf("claim: %w", err)
	}
	return nil
}

// write makes a temporary file. One of which the file system lost what was written would
// become a claim that says nothing, for which all wait as long as for one who is dead.
func (d disk) write(path string, data []byte, token string) (string, error) {
	temp := temporary(filepath.Dir(path), token)
	err := d.fill(temp, data)
	if info, e := os.Stat(temp); err == nil && e == nil && info.Size() != int64(len(data)) { // what is not there was cleared
		err = fmt.Errorf("write %s: %w", temp, atomicfile.ErrLost)
	}
	if err != nil {
		_ = os.Remove(temp)
		return "", fmt.Errorf("claim: %w", err)
	}
	return temp, nil
}

// Numbers lists the files.
func (disk) Numbers(dir string) ([]int, error) { return numbers(dir) }

// Read reads a file.
func (disk) Read(dir string, number int) ([]byte, error) {
	data, err := filelimit.ReadFile(filepath.Join(dir, name(number)), filelimit.State)
	if err != nil {
		return nil, fmt.Errorf("claim: %w", err)
	}
	return data, nil
}

// Remove removes a file.
func (disk) Remove(dir string, number int) error { return os.Remove(filepath.Join(dir, name(number))) }

// Clear is the function of that name.
func (disk) Clear(dir string) error { return Clear(dir) }

// Create makes a file that appears complete and must not exist: else the error matches
// fs.ErrExist.
func (d disk) Create(dir string, number int, data []byte, token string) error {
	path := filepath.Join(dir, name(number))
	temp, err := d.write(path, data, token)
	if err != nil {
		return err
	}
	defer os.Remove(temp)
	if err = d.link(temp, path); err == nil || holds(path, data) {
		return nil
	}
	if errors.Is(err, fs.ErrExist) {
		return err
	}
	// A file system without links: the content follows the name, and whoever reads in
	// between finds a claim that says nothing, which is held.
	f, err := atomicfile.NewFile(path)
	if err != nil {
		return fmt.Errorf("claim: %w", err)
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("claim: %w", errors.Join(err, os.Remove(path)))
	}
	return nil
}

// Replace puts other content in the place of a file, at once.
func (d disk) Replace(dir string, number int, data []byte, token string) error {
	path := filepath.Join(dir, name(number))
	temp, err := d.write(path, data, token)
	if err != nil {
		return err
	}
	if err := d.rename(temp, path); err != nil && !holds(path, data) {
		_ = os.Remove(temp)
		return fmt.Errorf("claim: %w", err)
	}
	return nil
}

// holds reports whether a file has this content: then the call that was said to have
// failed had succeeded.
func holds(path string, data []byte) bool {
	got, err := filelimit.ReadFile(path, filelimit.State)
	return err == nil && bytes.Equal(got, data)
}
