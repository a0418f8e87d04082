package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
)

// ErrProgram is matched where the program that speaks with stores is not there.
var ErrProgram = errors.New("object stores are reached by the program sharewise-store, which is neither beside sharewise nor on PATH; build it in the sources: go build -C cmd/sharewise-store -o FOLDER")

// ErrUnreachable is matched where a store did not do what it was asked for, for another
// reason than what is in it: it cannot be reached, refuses, or fails.
var ErrUnreachable = errors.New("the object store failed")

// Program is a running sharewise-store.
type Program struct {
	cmd  *exec.Cmd
	in   io.WriteCloser
	said tail

	writing sync.Mutex
	mu      sync.Mutex
	last    int
	waiting map[int]chan answer
	ended   error // nil while it runs
}

type request struct {
	ID      int     `json:"id"`
	Op      string  `json:"op"`
	Bucket  string  `json:"bucket"`
	Key     string  `json:"key,omitempty"`
	Prefix  string  `json:"prefix,omitempty"`
	File    string  `json:"file,omitempty"`
	Data    []byte  `json:"data,omitempty"`
	Absent  bool    `json:"absent,omitempty"`
	Seconds float64 `json:"seconds,omitempty"`
}

type answer struct {
	ID      int      `json:"id"`
	Error   string   `json:"error"`
	Kind    string   `json:"kind"`
	Data    []byte   `json:"data"`
	Objects []Object `json:"objects"`
}

// Find is the path of the program: what SHAREWISE_STORE says, beside this one, or on PATH.
func Find() (string, error) {
	name := "sharewise-store"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	if given := os.Getenv("SHAREWISE_STORE"); given != "" {
		return given, nil
	}
	if self, err := os.Executable(); err == nil {
		beside := filepath.Join(filepath.Dir(self), name)
		if info, err := os.Stat(beside); err == nil && info.Mode().IsRegular() {
			return beside, nil
		}
	}
	found, err := exec.LookPath(name)
	if err != nil {
		return "", ErrProgram
	}
	return found, nil
}

// Start starts the program at a path, by [Find].
func Start(file string) (*Program, error) {
	p := &Program{cmd: exec.Command(file), waiting: map[int]chan answer{}}
	apart(p.cmd) // an interrupt is for sharewise to act on, which needs the store for that
	p.cmd.Stderr = &p.said
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	go p.listen(out)
	return p, nil
}

// listen hands answers to who waits for them.
func (p *Program) listen(out io.Reader) {
	for dec := json.NewDecoder(out); ; {
		var a answer
		if err := dec.Decode(&a); err != nil {
			p.mu.Lock()
			p.ended = fmt.Errorf("%w: the program sharewise-store has ended: %s", ErrUnreachable, &p.said)
			for id, to := range p.waiting {
				close(to)
				delete(p.waiting, id)
			}
			p.mu.Unlock()
			return
		}
		p.mu.Lock()
		to := p.waiting[a.ID]
		delete(p.waiting, a.ID)
		p.mu.Unlock()
		if to != nil {
			to <- a
		}
	}
}

// Close ends the program.
func (p *Program) Close() error {
	_ = p.in.Close()
	_ = p.cmd.Wait() // it has nothing to say that its answers did not
	return nil
}

// ask sends a request and waits for its answer.
func (p *Program) ask(ctx context.Context, r request) (answer, error) {
	to := make(chan answer, 1)
	p.mu.Lock()
	if p.ended != nil {
		p.mu.Unlock()
		return answer{}, p.ended
	}
	p.last++
	r.ID = p.last
	p.waiting[r.ID] = to
	p.mu.Unlock()
	data, err := json.Marshal(r)
	if err != nil { // of strings and numbers
		panic(err)
	}
	p.writing.Lock()
	_, err = p.in.Write(append(data, '\n'))
	p.writing.Unlock()
	if err != nil {
		return answer{}, fmt.Errorf("%w: the program sharewise-store takes nothing any more: %w", ErrUnreachable, err)
	}
	select {
	case <-ctx.Done():
		return answer{}, fmt.Errorf("%w: %w", ErrUnreachable, ctx.Err())
	case a, ok := <-to:
		switch {
		case !ok:
			p.mu.Lock()
			defer p.mu.Unlock()
			return a, p.ended
		case a.Error == "":
			return a, nil
		case a.Kind == "absent":
			return a, &fs.PathError{Op: r.Op, Path: r.Key, Err: fs.ErrNotExist}
		case a.Kind == "exists":
			return a, &fs.PathError{Op: r.Op, Path: r.Key, Err: fs.ErrExist}
		}
		return a, fmt.Errorf("%w: %s %s of %s: %s", ErrUnreachable, r.Op, r.Key+r.Prefix, (Location{Bucket: r.Bucket}), a.Error)
	}
}

// Bucket is a bucket that the program reaches, by its URL.
func (p *Program) Bucket(url string) Bucket { return bucket{p, url} }

type bucket struct {
	program *Program
	url     string
}

func (b bucket) List(ctx context.Context, prefix string) ([]Object, error) {
	a, err := b.program.ask(ctx, request{Op: "list", Bucket: b.url, Prefix: prefix})
	return a.Objects, err
}

func (b bucket) Get(ctx context.Context, key, file string) error {
	_, err := b.program.ask(ctx, request{Op: "get", Bucket: b.url, Key: key, File: file})
	return err
}

// promptly bounds requests for a few bytes, on which claims rest.
const promptly = 30

func (b bucket) Read(ctx context.Context, key string) ([]byte, error) {
	a, err := b.program.ask(ctx, request{Op: "read", Bucket: b.url, Key: key, Seconds: promptly})
	return a.Data, err
}

func (b bucket) Put(ctx context.Context, key, file string, absent bool) (Object, error) {
	a, err := b.program.ask(ctx, request{Op: "put", Bucket: b.url, Key: key, File: file, Absent: absent})
	if err != nil || len(a.Objects) != 1 {
		return Object{}, err
	}
	return a.Objects[0], nil
}

func (b bucket) Write(ctx context.Context, key string, data []byte, absent bool) error {
	_, err := b.program.ask(ctx, request{Op: "write", Bucket: b.url, Key: key, Data: data, Absent: absent, Seconds: promptly})
	return err
}

func (b bucket) Delete(ctx context.Context, key string) error {
	_, err := b.program.ask(ctx, request{Op: "delete", Bucket: b.url, Key: key, Seconds: promptly})
	return err
}

// tail keeps the end of what a program says.
type tail struct {
	mu   sync.Mutex
	data []byte
}

func (t *tail) Write(p []byte) (int, error) {
	const most = 2000
	t.mu.Lock()
	defer t.mu.Unlock()
	t.data = append(t.data, p...)
	t.data = t.data[max(0, len(t.data)-most):]
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.data)
}
