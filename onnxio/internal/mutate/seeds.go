package mutate

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/onnxio"
)

// Seeds returns the files of small real models: trunks, and networks that
// PyTorch exported in several operator sets, in an order that stays. testdata is the path of the
// project's folder of that name.
func Seeds(testdata string) ([][]byte, error) {
	var files []string
	for _, pattern := range []string{
		"architectures/*.onnx", "opsets/*-[79].onnx", "opsets/*-1[0137].onnx",
		"models/*-w0.25.onnx", "examples/models/*.onnx",
	} {
		found, err := filepath.Glob(filepath.Join(testdata, pattern))
		if err != nil {
			return nil, fmt.Errorf("mutate: %w", err)
		}
		if len(found) == 0 {
			return nil, fmt.Errorf("mutate: nothing in %s matches %s", testdata, pattern)
		}
		files = append(files, found...)
	}
	files = slices.DeleteFunc(files, func(f string) bool {
		return strings.Contains(f, ".values.") || strings.Contains(f, ".steps.")
	})
	var seeds [][]byte
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			return nil, fmt.Errorf("mutate: %w", err)
		}
		seeds = append(seeds, data)
	}
	return seeds, nil
}

// Damaged parses a seed that is damaged as code says, at most as far as the
// first most bytes of it: in the fields of its file if wire is set, else in its
// graph. It returns nil where what is left is no model.
func Damaged(seed []byte, wire bool, code []byte, most int) *onnxio.Model {
	code = code[:min(len(code), most)]
	if wire {
		seed = Wire(seed, code)
	}
	m, err := onnxio.Parse(seed)
	if err != nil {
		return nil
	}
	if !wire {
		m = Graph(m, code)
	}
	return m
}
