package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"

	"github.com/sharewise/sharewise/analysis/claim"
)

// space is a claim.Space of objects. Folders are those of the working copy: the claims of
// DIR/runs/x are the objects PREFIX/runs/x/claim.1.json and so on.
type space struct {
	bucket Bucket
	at     Location
	dir    string
}

// Claims are where the claims of the folder's runs are kept, for claim.Options.
func (m *Mirror) Claims() claim.Space { return space{m.bucket, m.at, string(m.dir)} }

// ctx is for claims, which end when they are given back, also after an interrupt.
func (space) ctx() context.Context { return context.Background() }

func (s space) key(dir string, number int) (string, error) {
	rel, err := filepath.Rel(s.dir, dir)
	if err != nil || !filepath.IsLocal(rel) && rel != "." {
		return "", fmt.Errorf("claim: %s is not in %s", dir, s.dir)
	}
	name := path.Join(filepath.ToSlash(rel), claim.FileName(number))
	if number == 0 {
		name = path.Dir(name) + "/"
		if name == "./" {
			name = ""
		}
	}
	return s.at.key(name), nil
}

// Prepare has nothing to do: stores remember nothing of what they were asked before.
func (space) Prepare(string, string) error { return nil }

func (s space) Numbers(dir string) ([]int, error) {
	prefix, err := s.key(dir, 0)
	if err != nil {
		return nil, err
	}
	objects, err := s.bucket.List(s.ctx(), prefix+claim.FilePrefix)
	if err != nil {
		return nil, fmt.Errorf("claim: %w", err)
	}
	var out []int
	for _, o := range objects {
		if n := claim.Number(o.Key[len(prefix):]); n > 0 {
			out = append(out, n)
		}
	}
	return out, nil
}

func (s space) Read(dir string, number int) ([]byte, error) {
	key, err := s.key(dir, number)
	if err != nil {
		return nil, err
	}
	data, err := s.bucket.Read(s.ctx(), key)
	if err != nil {
		return nil, fmt.Errorf("claim: %w", err)
	}
	return data, nil
}

func (s space) Create(dir string, number int, content []byte, _ string) error {
	key, err := s.key(dir, number)
	if err != nil {
		return err
	}
	if err = s.bucket.Write(s.ctx(), key, content, true); err == nil {
		return nil
	}
	// The reply to a write that succeeded may have been lost, so that it was tried again.
	if got, e := s.bucket.Read(s.ctx(), key); e == nil && bytes.Equal(got, content) {
		return nil
	}
	return fmt.Errorf("claim: %w", err)
}

func (s space) Replace(dir string, number int, content []byte, _ string) error {
	key, err := s.key(dir, number)
	if err != nil {
		return err
	}
	if err := s.bucket.Write(s.ctx(), key, content, false); err != nil {
		return fmt.Errorf("claim: %w", err)
	}
	return nil
}

func (s space) Remove(dir string, number int) error {
	key, err := s.key(dir, number)
	if err != nil {
		return err
	}
	return s.bucket.Delete(s.ctx(), key)
}

func (s space) Clear(dir string) error {
	all, err := s.Numbers(dir)
	if err != nil {
		return err
	}
	slices.Sort(all)
	for _, n := range all {
		if e := s.Remove(dir, n); e != nil && !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	return err
}
