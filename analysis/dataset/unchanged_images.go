package dataset

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/sharewise/sharewise/analysis/datafile"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
)

// stamp is what a file system says of a file without its being read.
type stamp struct {
	size    int64
	written time.Time
	taken   time.Time
}

// stampOf is zero for a file that is not there.
func stampOf(path string) stamp {
	info, err := os.Stat(path)
	if err != nil {
		return stamp{}
	}
	return stamp{info.Size(), info.ModTime(), time.Now()}
}

// same reports whether a file that had one stamp and has another is the same. What was
// written just before it was read may have been written again in the same moment.
func (s stamp) same(now stamp) bool {
	return s.size == now.size && s.written.Equal(now.written) && s.taken.Sub(s.written) > layout.Coarse
}

// imagesInputs are the images of a folder as they were read.
type imagesInputs struct {
	path   string
	limits filelimit.Limits
	limit  filelimit.Name
	files  []imageInput
	// names are those of all images that were there, nil where a table lists them.
	names map[string]bool
	list  func() (map[string]bool, error) // what is there now
}

type imageInput struct {
	name   string
	sha256 [sha256.Size]byte
	stamp  stamp
}

// watchImages begins to take down the images of a folder.
func (s *source) watchImages(f study.Files, n int) (*imagesInputs, error) {
	w := &imagesInputs{path: s.study.Path(f.Path), limits: s.study.Limits, limit: filelimit.Image, files: make([]imageInput, 0, n)}
	if f.Index == "" {
		folder, _, err := datafile.FilesIn(f.Path, w.path, datafile.IsImage)
		if err != nil {
			return nil, err
		}
		w.names = folder.All
	}
	w.list = func() (map[string]bool, error) {
		folder, _, err := datafile.FilesIn(w.path, w.path, datafile.IsImage)
		return folder.All, err
	}
	return s.watch(f, w), nil
}

// add takes down an image that was read.
func (w *imagesInputs) add(name string, d *decodedImage) {
	w.files = append(w.files, imageInput{name, d.hash, d.stamp})
}

// failed is the error of a disk that fails while it reads an image.
func (s *source) failed(dir, name string, err error) error {
	if s.confidential {
		name = "an image"
	}
	var e *fs.PathError
	if errors.As(err, &e) { // which has the whole path
		err = e.Err
	}
	return fmt.Errorf("%s: %s: cannot be read: %w", dir, name, err)
}

// changed says which image has changed since it was read, and how; nothing where none
// has.
func (w *imagesInputs) changed(ctx context.Context) (name, what string, err error) {
	for i := range w.files {
		f := &w.files[i]
		if err := ctx.Err(); err != nil {
			return "", "", err
		}
		path := filepath.Join(w.path, filepath.FromSlash(f.name))
		now := stampOf(path)
		if f.stamp.same(now) {
			continue
		}
		data, err := w.limits.ReadFile(path, w.limit)
		if err != nil && f.sha256 != sha256.Sum256(nil) {
			return f.name, "", err
		}
		if sha256.Sum256(data) != f.sha256 {
			return f.name, "has changed since it was read", nil
		}
		f.stamp = now
	}
	if w.names == nil {
		return "", "", nil
	}
	now, err := w.list()
	if err != nil {
		return "", "", err
	}
	var added []string
	for name := range now {
		if !w.names[name] {
			added = append(added, name)
		}
	}
	if len(added) == 0 {
		return "", "", nil
	}
	return slices.Min(added), "was added since the folder was read", nil
}
