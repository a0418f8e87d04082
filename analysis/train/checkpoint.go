package train

import (
	"bufio"
	"encoding/binary"
	"encoding/gob"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"io/fs"
	"maps"
	"slices"
	"time"

	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/training"
)

// checkpoint is everything that a run needs to go on as if it had never
// stopped. Streams of minibatches are not in it: they follow from Step.
//
// Its file is a line that says what it is, the head, the elements of the tensors as
// they are in memory, and a sum of all of it by which damage is told. Who wrote it is
// who reads it: on other machines, where sums of training come out otherwise, it has
// no use. Only its head is for others too, see [layout.RunFolder.Standing].
type checkpoint struct {
	checkpointHead
	Vars map[string][]float32
	Best bestEpoch
}

// checkpointHead is what a checkpoint begins with: all but numbers of tensors.
type checkpointHead struct {
	Hash      string // of the run
	Backend   string // and the form of its graphs: sums differ between versions and forms
	Step      int    // steps taken
	Method    []byte // state of the weighting
	Sums      epochSums
	History   []layout.HistoryRow
	BestEpoch int
	BestLoss  float64
	// Vars and Best say which tensors follow, and how long they are, in the order
	// of their names.
	Vars, Best []tensorSize
}

// fits reports whether a run could have been at the checkpoint.
func (c *checkpoint) fits(job *Job) bool {
	want, have := newEpochSums(len(job.Domains)), c.Sums
	for _, pair := range [][2][]float64{
		{want.Loss, have.Loss}, {want.Weight, have.Weight}, {want.Gram.Cosine, have.Gram.Cosine},
		{want.Gram.Opposed, have.Gram.Opposed}, {want.Gram.Ahead, have.Gram.Ahead}, {want.Gram.Norm, have.Gram.Norm},
	} {
		if len(pair[0]) != len(pair[1]) {
			return false
		}
	}
	n := len(have.Gram.Curvature)
	return c.Step >= 0 && c.Step <= job.steps() && have.Steps >= 0 && (n == 0 || n == len(job.Domains))
}

// tensorSize is the number of elements of a tensor.
type tensorSize struct {
	Name string
	Len  int
}

// bestEpoch remembers the model with the least validation loss, for selection
// "best".
type bestEpoch struct {
	Epoch  int // from 1; 0 means none yet
	Loss   float64
	Params map[string][]float32 // parameters and buffers
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// startCheckpoint writes a checkpoint as far as the system's memory, after which its
// tensors may change. What it returns brings it to the disk and puts it in the place
// of the one before.
func startCheckpoint(path string, c *checkpoint) (finish func() error, err error) {
	return atomicfile.Start(path, func(w io.Writer) error {
		sum := crc32.New(castagnoli)
		out := io.MultiWriter(w, sum)
		head := c.checkpointHead
		head.BestEpoch, head.BestLoss = c.Best.Epoch, c.Best.Loss
		head.Vars, head.Best = sizes(c.Vars), sizes(c.Best.Params)
		if err := writeHead(out, &head); err != nil {
			return err
		}
		for _, part := range []struct {
			sizes  []tensorSize
			values map[string][]float32
		}{{head.Vars, c.Vars}, {head.Best, c.Best.Params}} {
			for _, s := range part.sizes {
				if _, err := out.Write(bytesOf(part.values[s.Name])); err != nil {
					return err
				}
			}
		}
		return binary.Write(w, binary.NativeEndian, sum.Sum32())
	})
}

func sizes(values map[string][]float32) []tensorSize {
	var out []tensorSize
	for _, name := range slices.Sorted(maps.Keys(values)) {
		out = append(out, tensorSize{name, len(values[name])})
	}
	return out
}

// bytesOf returns the elements, which are not copied, as they are in memory.
func bytesOf(v []float32) []byte { return (&exec.Tensor{Data: v}).Bytes() }

func writeHead(w io.Writer, head *checkpointHead) error {
	if _, err := io.WriteString(w, layout.CheckpointMagic); err != nil {
		return err
	}
	return gob.NewEncoder(w).Encode(head)
}

// readCheckpoint returns nil when there is none that this run can use: none at
// all, one of another specification, backend or form, or an unreadable one. The
// run then starts over, which costs time and no correctness; why says so, unless
// there is none.
func readCheckpoint(path, hash, backend string) (c *checkpoint, why string, err error) {
	f, err := filelimit.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", fmt.Errorf("train: read checkpoint: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, "", fmt.Errorf("train: read checkpoint: %w", err)
	}
	switch c, err := decodeCheckpoint(bufio.NewReaderSize(f, 1<<18), info.Size()); {
	case err != nil:
		return nil, fmt.Sprintf("its checkpoint cannot be read: %v", err), nil
	case c.Hash != hash:
		return nil, "its checkpoint is of another study", nil
	case c.Backend != backend:
		return nil, fmt.Sprintf("after %d steps, as its checkpoint was trained by %s, and this is %s, whose sums differ in their last digits", c.Step, c.Backend, backend), nil
	default:
		return c, "", nil
	}
}

// decodeCheckpoint reads a checkpoint of so many bytes.
func decodeCheckpoint(r io.Reader, size int64) (*checkpoint, error) {
	in := &summing{r: r, sum: crc32.New(castagnoli)}
	magic := make([]byte, len(layout.CheckpointMagic))
	if _, err := io.ReadFull(in, magic); err != nil || string(magic) != layout.CheckpointMagic {
		return nil, layout.ErrDamagedCheckpoint
	}
	c := new(checkpoint)
	if err := gob.NewDecoder(in).Decode(&c.checkpointHead); err != nil {
		return nil, layout.DamagedCheckpoint(err)
	}
	head := &c.checkpointHead
	c.Best.Epoch, c.Best.Loss = head.BestEpoch, head.BestLoss
	var err error
	if c.Vars, err = readTensors(in, head.Vars, size); err == nil {
		c.Best.Params, err = readTensors(in, head.Best, size)
	}
	if err != nil {
		return nil, layout.DamagedCheckpoint(err)
	}
	want := in.sum.Sum32()
	var got uint32
	if err := binary.Read(r, binary.NativeEndian, &got); err != nil || got != want {
		return nil, layout.ErrDamagedCheckpoint
	}
	return c, nil
}

// readTensors reads tensors that are said to follow in a file of so many bytes.
func readTensors(r io.Reader, sizes []tensorSize, most int64) (map[string][]float32, error) {
	out := make(map[string][]float32, len(sizes))
	for _, s := range sizes {
		if s.Len < 0 || int64(s.Len) > most/4 {
			return nil, layout.ErrDamagedCheckpoint
		}
		v := make([]float32, s.Len)
		if _, err := io.ReadFull(r, bytesOf(v)); err != nil {
			return nil, err
		}
		out[s.Name] = v
	}
	return out, nil
}

// summing sums what is read. It reads single bytes too, so that a decoder takes no
// more than what it decodes.
type summing struct {
	r   io.Reader
	sum hash.Hash32
}

func (s *summing) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	s.sum.Write(p[:n])
	return n, err
}

func (s *summing) ReadByte() (byte, error) {
	var one [1]byte
	_, err := io.ReadFull(s, one[:])
	return one[0], err
}

// Checkpoints are at least so far apart, and at least so many times as long as the
// last one took until it was on the disk: a tiny model waits longer for the disk than
// it trains from one epoch to the next. Training itself waits for a small part of it.
const (
	leastApart = 100 * time.Millisecond
	mostOften  = 20
)

// saver writes the checkpoints of a run, one at a time, and waits for the disk in a
// goroutine of its own while training goes on.
type saver struct {
	path    string
	last    time.Time     // when the last one was begun, at first the run
	took    time.Duration // by the last one, until it was on the disk and wherever kept brings it
	kept    func()        // nil where nothing is to be done with it
	pending chan saved    // nil where none is under way
}

// saved says how the writing of a checkpoint ended.
type saved struct {
	took time.Duration
	err  error
}

// due reports whether it is time for another one.
func (s *saver) due() bool {
	if s.pending != nil {
		select {
		case end := <-s.pending:
			s.took = end.took
			s.pending <- end // for wait, which tells of errors
		default:
			return false // the disk is slower than the epochs
		}
	}
	return time.Since(s.last) > max(leastApart, mostOften*s.took)
}

// save begins to write a checkpoint. Errors may be those of the one before.
func (s *saver) save(c *checkpoint) error {
	if err := s.wait(); err != nil {
		return err
	}
	s.last = time.Now()
	finish, err := startCheckpoint(s.path, c)
	if err != nil {
		return fmt.Errorf("train: checkpoint: %w", err)
	}
	began, pending := s.last, make(chan saved, 1)
	s.pending = pending
	go func() {
		err := finish()
		if err == nil && s.kept != nil {
			s.kept()
		}
		pending <- saved{time.Since(began), err}
	}()
	return nil
}

// wait ends what is under way.
func (s *saver) wait() error {
	if s.pending == nil {
		return nil
	}
	end := <-s.pending
	s.pending, s.took = nil, end.took
	if end.err != nil {
		return fmt.Errorf("train: checkpoint: %w", end.err)
	}
	return nil
}

// unfrozen leaves out the variables that stay as they start.
func unfrozen(variables []training.Param) []training.Param {
	return slices.DeleteFunc(variables, func(p training.Param) bool { return p.Frozen })
}

// elements are the current elements of variables, which are not copied.
func (e *engine) elements(variables []training.Param) map[string][]float32 {
	out := make(map[string][]float32, len(variables))
	for _, p := range variables {
		out[p.Name] = e.values(p.Name)
	}
	return out
}

// snapshot copies the current elements of variables.
func (e *engine) snapshot(variables []training.Param) map[string][]float32 {
	out := e.elements(variables)
	for name, v := range out {
		out[name] = slices.Clone(v)
	}
	return out
}

// load puts snapshot values back into tensors. It reports whether every tensor
// was there with the right size.
func load(vars map[string]*exec.Tensor, values map[string][]float32) bool {
	for name, v := range values {
		t, ok := vars[name]
		if !ok || len(t.Float32()) != len(v) {
			return false
		}
		copy(t.Float32(), v)
	}
	return true
}
