package sessions

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/kernels"
)

// mostWaiting is the number of sessions of equal models that wait at once. It is
// about as many as there are trainings side by side.
const mostWaiting = 4

// Backend opens sessions in another backend, and keeps them.
type Backend struct {
	inner exec.Backend

	mu      sync.Mutex
	waiting map[key][]exec.Session
	closed  bool
}

// key is what sessions have in common that stand in for each other.
type key struct {
	graph   string // name of the graph
	threads int
	sum     [sha256.Size]byte // of the renamed model
}

// New returns a backend that keeps the sessions of b. It must be closed.
func New(b exec.Backend) *Backend {
	return &Backend{inner: b, waiting: map[key][]exec.Session{}}
}

// Name is that of the backend within.
func (b *Backend) Name() string { return b.inner.Name() }

// Kernels are those of the backend within.
func (b *Backend) Kernels() kernels.Set { return kernels.Offered(b.inner) }

// StepsPerRun is that of the backend within.
func (b *Backend) StepsPerRun() int { return exec.StepsPerRun(b.inner) }

// Open returns a session for m, perhaps one that was used before.
func (b *Backend) Open(m *onnxio.Model, opt exec.Options) (exec.Session, error) {
	renamed, names, ok := rename(m)
	if !ok {
		return b.inner.Open(m, opt)
	}
	data, err := renamed.Marshal()
	if err != nil {
		return b.inner.Open(m, opt)
	}
	k := key{m.Graph.Name, opt.Threads, sha256.Sum256(data)}
	s := &session{pool: b, key: k, model: m.Clone(), options: opt, names: names, bindings: map[*binding]struct{}{}}
	if s.inner, err = b.take(k); s.inner != nil || err != nil {
		return s, err
	}
	if s.inner, err = b.inner.Open(renamed, opt); err != nil {
		// Either the model cannot be opened, and the error then tells its own names,
		// or it can.
		return b.inner.Open(m, opt)
	}
	return s, nil
}

// take returns a session that waits, nil if there is none. Those that wait under
// the same name of a graph are then closed.
func (b *Backend) take(k key) (exec.Session, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if w := b.waiting[k]; len(w) > 0 {
		b.waiting[k] = w[:len(w)-1]
		return w[len(w)-1], nil
	}
	return nil, b.drop(func(other key) bool { return other.graph == k.graph })
}

// drop closes sessions that wait.
func (b *Backend) drop(which func(key) bool) error {
	var errs []error
	for k, w := range b.waiting {
		if which(k) {
			for _, s := range w {
				errs = append(errs, s.Close())
			}
			delete(b.waiting, k)
		}
	}
	return errors.Join(errs...)
}

// give takes a session back.
func (b *Backend) give(k key, s exec.Session) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed || len(b.waiting[k]) >= mostWaiting {
		return s.Close()
	}
	b.waiting[k] = append(b.waiting[k], s)
	return nil
}

// Close closes the sessions that wait, and from now on those that are given back.
// Sessions in use stay open.
func (b *Backend) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	return b.drop(func(key) bool { return true })
}

// session is one in use.
type session struct {
	pool    *Backend
	key     key
	model   *onnxio.Model // as it was opened
	options exec.Options
	names   map[string]string // of its inputs and outputs, in the renamed model

	mu       sync.Mutex
	inner    exec.Session // nil once closed
	bindings map[*binding]struct{}
}

func (s *session) open() (exec.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.inner == nil {
		return nil, fmt.Errorf("model %q: %w", s.model.Graph.Name, exec.ErrClosed)
	}
	return s.inner, nil
}

// renamed gives tensors the names that they have in the renamed model. A name
// that the model does not have stays, so that the backend complains.
func (s *session) renamed(tensors map[string]*exec.Tensor) map[string]*exec.Tensor {
	out := make(map[string]*exec.Tensor, len(tensors))
	for name, t := range tensors {
		if n, ok := s.names[name]; ok {
			name = n
		}
		out[name] = t
	}
	return out
}

// again does what failed under the model's own names, for the sake of the error.
func (s *session) again(failed error, do func(exec.Session) error) error {
	if errors.Is(failed, exec.ErrClosed) {
		return failed
	}
	own, err := s.pool.inner.Open(s.model, s.options)
	if err != nil {
		return err
	}
	err = do(own)
	if err := own.Close(); err != nil {
		return errors.Join(failed, err)
	}
	if err != nil {
		return err
	}
	return failed
}

// Run executes the model once.
func (s *session) Run(inputs map[string]*exec.Tensor) (map[string]*exec.Tensor, error) {
	inner, err := s.open()
	if err != nil {
		return nil, err
	}
	got, err := inner.Run(s.renamed(inputs))
	if err != nil {
		return nil, s.again(err, func(own exec.Session) error {
			_, err := own.Run(inputs)
			return err
		})
	}
	out := make(map[string]*exec.Tensor, len(got))
	for _, v := range s.model.Graph.Outputs {
		if t, ok := got[s.names[v.Name]]; ok {
			out[v.Name] = t
		}
	}
	return out, nil
}

// Bind fixes inputs and outputs.
func (s *session) Bind(inputs, outputs map[string]*exec.Tensor) (exec.Binding, error) {
	inner, err := s.open()
	if err != nil {
		return nil, err
	}
	bound, err := inner.Bind(s.renamed(inputs), s.renamed(outputs))
	if err != nil {
		return nil, s.again(err, func(own exec.Session) error {
			_, err := own.Bind(inputs, outputs)
			return err
		})
	}
	b := &binding{session: s, inner: bound, inputs: inputs, outputs: outputs}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bindings[b] = struct{}{}
	return b, nil
}

// Close closes the bindings and gives the session back. To close it again does
// nothing.
func (s *session) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.inner == nil {
		return nil
	}
	var errs []error
	for b := range s.bindings {
		errs = append(errs, b.inner.Close())
	}
	s.bindings = nil
	errs = append(errs, s.pool.give(s.key, s.inner))
	s.inner = nil
	return errors.Join(errs...)
}

// binding is one of a session in use.
type binding struct {
	session         *session
	inner           exec.Binding
	inputs, outputs map[string]*exec.Tensor
}

// Run executes the model once.
func (b *binding) Run() error {
	err := b.inner.Run()
	if err == nil {
		return nil
	}
	return b.session.again(err, func(own exec.Session) error {
		bound, err := own.Bind(b.inputs, b.outputs)
		if err != nil {
			return err
		}
		return errors.Join(bound.Run(), bound.Close())
	})
}

// Close releases the binding.
func (b *binding) Close() error {
	b.session.mu.Lock()
	defer b.session.mu.Unlock()
	delete(b.session.bindings, b)
	return b.inner.Close()
}
