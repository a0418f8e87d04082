package artifacts

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/training"
)

// Bundle is what one folder will hold.
type Bundle struct {
	Manifest
	models []model
	params []training.Param // of Manifest.Tensors
	seed   uint64
}

type model struct {
	file string
	*onnxio.Model
}

// outputRoles are the roles of outputs that are named after them.
var outputRoles = map[string]Role{
	training.OutputLosses:       RoleLosses,
	training.OutputSampleLosses: RoleSampleLosses,
	training.OutputGradNorm:     RoleGradNorm,
	training.OutputPrediction:   RolePrediction,
	training.OutputConfidence:   RoleConfidence,
	training.OutputCorrect:      RoleCorrect,
	training.OutputScores:       RoleScores,
}

// add adds a graph under the roles of its inputs. describe completes outputs.
func (b *Bundle) add(file string, m *onnxio.Model, roles map[string]Role, describe func(*Output)) *Graph {
	b.models = append(b.models, model{file, m})
	g := &Graph{File: file}
	for _, v := range m.Graph.Inputs {
		g.Inputs = append(g.Inputs, Input{Value: describeValue(v, roles[v.Name])})
	}
	for _, v := range m.Graph.Outputs {
		o := Output{Value: describeValue(v, outputRoles[v.Name])}
		if describe != nil {
			describe(&o)
		}
		g.Outputs = append(g.Outputs, o)
	}
	return g
}

func describeValue(v *onnxio.Value, role Role) Value {
	shape := make([]int64, len(v.Shape))
	for i, d := range v.Shape {
		shape[i] = d.Size
		if !d.Known() {
			shape[i] = -1
		}
	}
	return Value{Name: v.Name, Role: role, DType: v.Type.String(), Shape: shape}
}

// WriteTo writes the bundle's files into a folder, which exists. A failure may
// leave some of them: write into a folder of its own and rename that.
func (b *Bundle) WriteTo(dir string) error {
	for _, m := range b.models {
		data, err := m.Marshal()
		if err != nil {
			return fmt.Errorf("artifacts: %s: %w", m.file, err)
		}
		if err := writeWhole(filepath.Join(dir, m.file), data); err != nil {
			return fmt.Errorf("artifacts: %w", err)
		}
	}
	if b.Kind == KindTraining {
		for _, file := range []string{ParametersFile, OptimizerFile} {
			if err := b.writeTensors(dir, file); err != nil {
				return fmt.Errorf("artifacts: %w", err)
			}
		}
	}
	text, err := json.MarshalIndent(&b.Manifest, "", "  ")
	if err != nil {
		return fmt.Errorf("artifacts: manifest: %w", err)
	}
	if err := writeWhole(filepath.Join(dir, ManifestFile), append(text, '\n')); err != nil {
		return fmt.Errorf("artifacts: %w", err)
	}
	return nil
}

// writeWhole writes a file, and looks whether all of it is there: some file systems say
// that they wrote what they did not.
func writeWhole(path string, data []byte) error {
	if err := os.WriteFile(path, data, 0o666); err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err == nil && info.Size() != int64(len(data)) {
		err = fmt.Errorf("the file system lost what was written: %s has %d bytes of %d", path, info.Size(), len(data))
	}
	return err
}

// writeTensors writes the tensors of one file where they belong. What is zero
// stays unwritten: the file has its full size.
func (b *Bundle) writeTensors(dir, file string) (err error) {
	f, err := os.OpenFile(filepath.Join(dir, file), os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o666)
	if err != nil {
		return err
	}
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
	}()
	end := int64(0)
	for i, t := range b.Tensors {
		if t.File != file {
			continue
		}
		end = t.Offset + t.Bytes
		if b.params[i].Init.Rule == "zeros" {
			continue
		}
		if err := writeFloats(f, t.Offset, b.start(b.params[i])); err != nil {
			return err
		}
	}
	return f.Truncate(end)
}

// writeFloats writes numbers at an offset, and reads them again: that the file has its
// length does not tell that it has all of them.
func writeFloats(f *os.File, offset int64, v []float32) error {
	const piece = 1 << 16
	buf := make([]byte, 0, 4*min(piece, len(v)))
	back := make([]byte, cap(buf))
	for part := range slices.Chunk(v, piece) {
		buf = buf[:0]
		for _, x := range part {
			buf = binary.LittleEndian.AppendUint32(buf, math.Float32bits(x))
		}
		if _, err := f.WriteAt(buf, offset); err != nil {
			return err
		}
		if _, err := f.ReadAt(back[:len(buf)], offset); err != nil {
			return err
		}
		if !bytes.Equal(back[:len(buf)], buf) {
			return fmt.Errorf("the file system lost what was written to %s", f.Name())
		}
		offset += int64(len(buf))
	}
	return nil
}

// start returns the first elements of a tensor. Every tensor is drawn from a
// stream of its own, so that the start of one does not depend on which others
// there are.
func (b *Bundle) start(p training.Param) []float32 {
	if p.Init.Rule == "value" {
		return p.Value
	}
	h := fnv.New64a()
	h.Write([]byte(p.Name))
	return training.Initialize(p, rand.New(rand.NewPCG(b.seed, h.Sum64())))
}
