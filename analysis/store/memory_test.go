package store

import (
	"bytes"
	"context"
	"crypto/md5"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
)

// memory is a bucket whose clock is an hour off, and with faults.
type memory struct {
	mu      sync.Mutex
	objects map[string][]byte
	mods    map[string]int64
	clock   int64
	// fault, where it is not nil, is asked before every write: "" does it, "lost" loses the
	// request, "answer" does it and loses the answer, "twice" does it and tries it again,
	// "swallowed" answers well and does nothing, "short" writes half of it.
	fault func(op, key string) string
}

func newMemory() *memory {
	return &memory{objects: map[string][]byte{}, mods: map[string]int64{}, clock: -3600e9}
}

func (m *memory) List(_ context.Context, prefix string) ([]Object, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []Object
	for key, data := range m.objects {
		if strings.HasPrefix(key, prefix) {
			sum := md5.Sum(data)
			out = append(out, Object{key, int64(len(data)), m.mods[key], sum[:]})
		}
	}
	slices.SortFunc(out, func(a, b Object) int { return strings.Compare(a.Key, b.Key) })
	return out, nil
}

func (m *memory) Read(_ context.Context, key string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	data, ok := m.objects[key]
	if !ok {
		return nil, &fs.PathError{Op: "read", Path: key, Err: fs.ErrNotExist}
	}
	return bytes.Clone(data), nil
}

func (m *memory) Get(ctx context.Context, key, file string) error {
	data, err := m.Read(ctx, key)
	if err != nil {
		return err
	}
	return os.WriteFile(file, data, 0o644)
}

func (m *memory) Put(ctx context.Context, key, file string, absent bool) (Object, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return Object{}, err
	}
	if err := m.Write(ctx, key, data, absent); err != nil {
		return Object{}, err
	}
	found, _ := m.List(ctx, key)
	if len(found) == 0 {
		return Object{}, &fs.PathError{Op: "put", Path: key, Err: fs.ErrNotExist} // as the program says of attributes
	}
	return found[0], nil
}

func (m *memory) write(key string, data []byte, absent bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.objects[key]; ok && absent {
		return &fs.PathError{Op: "write", Path: key, Err: fs.ErrExist}
	}
	m.clock++
	m.objects[key], m.mods[key] = bytes.Clone(data), m.clock
	return nil
}

func (m *memory) Write(_ context.Context, key string, data []byte, absent bool) error {
	what := ""
	if m.fault != nil {
		what = m.fault("write", key)
	}
	switch what {
	case "lost":
		return fmt.Errorf("%w: lost", ErrUnreachable)
	case "swallowed":
		return nil
	case "short":
		data = data[:len(data)/2]
	}
	err := m.write(key, data, absent)
	switch what {
	case "answer":
		return fmt.Errorf("%w: no answer", ErrUnreachable)
	case "twice": // as a client does that had no answer
		return m.write(key, data, absent)
	}
	return err
}

func (m *memory) Delete(_ context.Context, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.objects, key)
	return nil
}
