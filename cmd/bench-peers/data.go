package main

import (
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"github.com/sharewise/sharewise/analysis/atomicfile"
)

// dataVariable names the folder of the real images.
const dataVariable = "SHAREWISE_DATA"

// dataFolder gives the folder of images that the studies of them name: the user's,
// or one with pictures of noise of the same number and size.
func dataFolder(folder string) []string {
	if os.Getenv(dataVariable) != "" {
		return nil
	}
	return []string{dataVariable + "=" + filepath.Join(filepath.Dir(folder), "images")}
}

// imageFiles are the files of the study four-images: samples and side.
var imageFiles = []struct {
	stem        string
	count, side int
}{
	{"mnist/train", 60_000, 28}, {"mnist/t10k", 10_000, 28}, {"usps/usps", 9_298, 16},
	{"fashion-mnist/train", 60_000, 28}, {"fashion-mnist/t10k", 10_000, 28}, {"notmnist/t10k", 10_000, 28},
}

// writeImages writes what is missing of the files of the study four-images: of
// every class a picture of its own, under noise.
func writeImages(folder string) error {
	for i, f := range imageFiles {
		images := filepath.Join(folder, filepath.FromSlash(f.stem)+"-images-idx3-ubyte.gz")
		labels := filepath.Join(folder, filepath.FromSlash(f.stem)+"-labels-idx1-ubyte.gz")
		if _, err := os.Stat(labels); err == nil {
			continue // written after the images, so that these are there
		}
		if err := os.MkdirAll(filepath.Dir(images), 0o755); err != nil {
			return err
		}
		rng := rand.New(rand.NewPCG(3, uint64(i)))
		size := f.side * f.side
		classes := make([]byte, 10*size)
		for k := range classes {
			classes[k] = byte(rng.IntN(3) / 2 * 128)
		}
		pixels, class := make([]byte, f.count*size), make([]byte, f.count)
		for n := range class {
			class[n] = byte(rng.IntN(10))
			for k := range size {
				if v := classes[int(class[n])*size+k]; v > 0 || rng.IntN(4) == 0 {
					pixels[n*size+k] = v + byte(rng.IntN(128))
				}
			}
		}
		if err := writeIDX(images, pixels, f.count, f.side, f.side); err != nil {
			return err
		}
		if err := writeIDX(labels, class, f.count); err != nil {
			return err
		}
	}
	return nil
}

// writeIDX writes bytes as MNIST has them, packed.
func writeIDX(file string, data []byte, shape ...int) error {
	head := []byte{0, 0, 8, byte(len(shape))}
	for _, d := range shape {
		head = binary.BigEndian.AppendUint32(head, uint32(d))
	}
	var packed strings.Builder
	z, err := gzip.NewWriterLevel(&packed, gzip.BestSpeed)
	if err != nil {
		return err
	}
	for _, part := range [][]byte{head, data} {
		if _, err := z.Write(part); err != nil {
			return err
		}
	}
	if err := z.Close(); err != nil {
		return err
	}
	return atomicfile.WriteBytes(file, []byte(packed.String()))
}

// Sizes of the study of tables.
const (
	tableCount, tableRows, tableColumns = 29, 500, 9
)

// writeTables writes a study of small tables with two classes: which one follows
// from a line and a square, of which tables have a part in common.
func writeTables(folder string) (string, error) {
	shared := rand.New(rand.NewPCG(5, 0))
	common := make([]float64, tableColumns)
	for i := range common {
		common[i] = shared.NormFloat64()
	}
	var domains strings.Builder
	for t := range tableCount {
		rng := rand.New(rand.NewPCG(5, uint64(t+1)))
		own, square := make([]float64, tableColumns), make([]float64, tableColumns)
		for i := range own {
			own[i], square[i] = common[i]+rng.NormFloat64(), rng.NormFloat64()
		}
		var b strings.Builder
		for i := range tableColumns {
			fmt.Fprintf(&b, "c%d,", i+1)
		}
		b.WriteString("class\n")
		for range tableRows {
			line, curve := rng.NormFloat64()/2, 0.0
			for i := range tableColumns {
				x := rng.NormFloat64()
				line, curve = line+own[i]*x, curve+square[i]*x
				fmt.Fprintf(&b, "%.5g,", x)
			}
			class := "low"
			if line+curve*curve/4 > 1 {
				class = "high"
			}
			b.WriteString(class + "\n")
		}
		name := fmt.Sprintf("site%02d", t+1)
		if err := writeNew(filepath.Join(folder, name+".csv"), b.String()); err != nil {
			return "", err
		}
		fmt.Fprintf(&domains, "  - {name: %s, data: %s.csv}\n", name, name)
	}
	file := filepath.Join(folder, "study.yaml")
	return file, writeNew(file, `# 29 small tables, for make bench-peers.
version: 1
name: small-tables
seeds: 3
input: {kind: table}
defaults: {columns: {label: class}}
training: {batch: 32}
arms: {pairs: true}
domains:
`+domains.String())
}

// writeNew writes a file, unless it is there with the same contents.
func writeNew(file, text string) error {
	old, err := os.ReadFile(file)
	if err == nil && string(old) == text {
		return nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return atomicfile.WriteBytes(file, []byte(text))
}
