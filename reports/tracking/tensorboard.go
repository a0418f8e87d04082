package tracking

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"

	"github.com/sharewise/sharewise/analysis/atomicfile"
	"google.golang.org/protobuf/encoding/protowire"
)

// events writes an event file for each run, in a folder of the run's ID, which is the
// run's name in TensorBoard.
type events struct{ dir string }

func (e *events) close() error { return nil }

func (e *events) add(r *Run) (err error) {
	dir := filepath.Join(e.dir, r.ID)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	began := float64(r.Ended.UnixMilli())/1000 - r.Done.Seconds
	f, err := atomicfile.NewFile(filepath.Join(dir, fmt.Sprintf("events.out.tfevents.%010d.sharewise", int64(began))))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := bufio.NewWriter(f)
	if err := record(w, protowire.AppendString(protowire.AppendTag(event(began, 0), 3, protowire.BytesType), "brain.Event:2")); err != nil {
		return err
	}
	for _, s := range slices.Concat(r.Curves, r.Tests) {
		var value []byte
		value = protowire.AppendString(protowire.AppendTag(value, 1, protowire.BytesType), s.Name)
		value = protowire.AppendFixed32(protowire.AppendTag(value, 2, protowire.Fixed32Type), math.Float32bits(float32(s.Value)))
		summary := protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), value)
		if err := record(w, protowire.AppendBytes(protowire.AppendTag(event(began+float64(s.Epoch), s.Epoch), 5, protowire.BytesType), summary)); err != nil {
			return err
		}
	}
	return w.Flush()
}

// event begins an Event with its time, in seconds since 1970, and its step.
func event(seconds float64, step int) []byte {
	b := protowire.AppendFixed64(protowire.AppendTag(nil, 1, protowire.Fixed64Type), math.Float64bits(seconds))
	if step != 0 {
		b = protowire.AppendVarint(protowire.AppendTag(b, 2, protowire.VarintType), uint64(step))
	}
	return b
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// masked is the checksum of TFRecord files: CRC-32C, turned by 15 bits, plus a constant.
func masked(data []byte) uint32 {
	c := crc32.Checksum(data, castagnoli)
	return (c>>15 | c<<17) + 0xa282ead8
}

// record writes a record of a TFRecord file.
func record(w io.Writer, data []byte) error {
	length := binary.LittleEndian.AppendUint64(nil, uint64(len(data)))
	b := binary.LittleEndian.AppendUint32(length, masked(length))
	b = append(b, data...)
	_, err := w.Write(binary.LittleEndian.AppendUint32(b, masked(data)))
	return err
}
