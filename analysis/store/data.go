package store

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"github.com/sharewise/sharewise/analysis/atomicfile"
)

// Data brings objects that a study names to this machine: into files below a folder that
// have the keys as paths, so that files beside each other stay so.
type Data struct {
	open  func(bucketURL string) (Bucket, error)
	cache string

	mu      sync.Mutex
	fetched map[string]string
}

// NewData makes a Data whose files go below cache. open opens a bucket by its URL.
func NewData(open func(bucketURL string) (Bucket, error), cache string) *Data {
	return &Data{open: open, cache: cache, fetched: map[string]string{}}
}

// Fetch brings what a URL names, an object, all objects of a folder or all that match a
// pattern with *, ? or [], and returns the path that stands for it. What is there already, and is
// still the same in the store, is not fetched again. A URL that names nothing is
// fs.ErrNotExist. A process asks for each URL once: what it goes on with does not change.
func (d *Data) Fetch(ctx context.Context, url string) (string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if file, ok := d.fetched[url]; ok {
		return file, nil
	}
	at, err := Parse(url)
	if err != nil {
		return "", err
	}
	b, err := d.open(at.Bucket)
	if err != nil {
		return "", err
	}
	file, err := d.fetch(ctx, b, at)
	if err != nil {
		return "", err
	}
	d.fetched[url] = file
	return file, nil
}

func (d *Data) fetch(ctx context.Context, b Bucket, at Location) (string, error) {
	root := Location{Bucket: at.Bucket}
	m, err := Open(b, root, filepath.Join(d.cache, "data"))
	if err != nil {
		return "", err
	}
	prefix, pattern := at.Prefix, strings.ContainsAny(at.Prefix, "*?[")
	if pattern {
		prefix = prefix[:strings.IndexAny(prefix, "*?[")]
	}
	objects, err := b.List(ctx, prefix)
	if err != nil {
		return "", fmt.Errorf("%s: %w", at, err)
	}
	var names []string
	listed := map[string]Object{}
	for _, o := range objects {
		if !at.names(o.Key, pattern) || strings.HasSuffix(o.Key, "/") || !filepath.IsLocal(filepath.FromSlash(o.Key)) {
			continue
		}
		names, listed[o.Key] = append(names, o.Key), o
	}
	if len(names) == 0 {
		return "", &fs.PathError{Op: "open", Path: at.String(), Err: fs.ErrNotExist}
	}
	known, err := m.index.all()
	if err != nil {
		return "", err
	}
	if err := m.dropData(at, pattern, known, listed); err != nil {
		return "", err
	}
	if err := each(ctx, names, func(name string) error { return m.fetch(ctx, name, listed[name], known[name]) }); err != nil {
		return "", err
	}
	for _, name := range names {
		if _, err := os.Stat(m.path(name)); err != nil {
			return "", fmt.Errorf("%s: it was removed while it was fetched: %w", at, err)
		}
	}
	return m.path(at.Prefix), nil
}

// names reports whether a location stands for an object: it is that, a folder above it, or a
// pattern that matches; a model goes with the files of its weights.
func (l Location) names(key string, pattern bool) bool {
	if pattern {
		ok, err := path.Match(l.Prefix, key)
		return ok && err == nil
	}
	return key == l.Prefix || strings.HasPrefix(key, l.below()) ||
		strings.HasSuffix(l.Prefix, ".onnx") && strings.HasPrefix(key, l.Prefix)
}

// dropData removes files of a location that are gone from the store, so that a folder has what
// the store has.
func (m *Mirror) dropData(at Location, pattern bool, known map[string]entry, listed map[string]Object) error {
	for name := range known {
		if _, ok := listed[name]; ok || !at.names(name, pattern) {
			continue
		}
		if err := atomicfile.RemoveFile(m.path(name)); err != nil {
			return fmt.Errorf("store: %w", err)
		}
		if err := m.index.forget(name); err != nil {
			return err
		}
	}
	return nil
}
