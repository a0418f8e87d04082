package zoo_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/zoo"
)

var update = flag.Bool("update", false, "write testdata/models again")

// sampleShapes has, for every trunk, a shape of samples that it takes.
var sampleShapes = map[string][]int{
	"bag":         {64},
	"cnn":         {1, 28, 28},
	"mlp":         {1, 28, 28},
	"resnet20":    {1, 28, 28},
	"tcn":         {1, 1024},
	"transformer": {1, 1024},
}

// configOf asks for a trunk for such samples.
func configOf(name string, width float64) zoo.Config {
	c := zoo.Config{Input: sampleShapes[name], Width: width}
	if name == "bag" {
		c.Vocabulary = 1000
	}
	return c
}

// TestGolden compares the trunks with the files that the project ships. They
// are models, so a change here changes the results of everybody's studies.
func TestGolden(t *testing.T) {
	for _, name := range zoo.Names() {
		input := sampleShapes[name]
		for _, width := range []float64{0.25, 0.5, 1, 2} {
			m, err := zoo.Build(name, configOf(name, width))
			if err != nil {
				t.Fatal(err)
			}
			got, err := m.Marshal()
			if err != nil {
				t.Fatal(err)
			}
			file := fmt.Sprintf("%s-%s-w%s.onnx", name, zoo.FormatShape(input), strconv.FormatFloat(width, 'g', -1, 64))
			path := filepath.Join("..", "..", "testdata", "models", file)
			if *update {
				if err := os.WriteFile(path, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s differs from what Build gives (rewrite with -update)", path)
			}
		}
	}
}

// TestBuild checks what every trunk promises, over shapes and widths.
func TestBuild(t *testing.T) {
	tests := []struct {
		name   string
		input  []int
		width  float64
		want   string // shape of features
		params int64
	}{
		{"mlp", []int{1, 28, 28}, 1, "[N,256]", 784*256 + 256 + 256*256 + 256},
		{"mlp", []int{12}, 0.5, "[N,128]", 12*128 + 128 + 128*128 + 128},
		{"mlp", []int{3}, 0.001, "[N,4]", 3*4 + 4 + 4*4 + 4},
		{"mlp", []int{2, 3, 4, 5}, 0, "[N,256]", 120*256 + 256 + 256*256 + 256},
		{"cnn", []int{1, 28, 28}, 1, "[N,128]", 160 + 16*32*9 + 32 + 1568*128 + 128},
		{"cnn", []int{3, 32, 32}, 0.25, "[N,32]", 3*4*9 + 4 + 4*8*9 + 8 + 8*64*32 + 32},
		{"cnn", []int{1, 8, 8}, 0.5, "[N,64]", 9*8 + 8 + 8*16*9 + 16 + 16*4*64 + 64},
		{"cnn", []int{3, 9, 17}, 2, "[N,256]", 3*32*9 + 32 + 32*64*9 + 64 + 64*2*4*256 + 256},
		// The paper's 0.27 million, less the 650 of the last layer, and running
		// statistics.
		{"resnet20", []int{3, 32, 32}, 1, "[N,64]", 269722 - 650 + 2*(7*16+6*32+6*64)},
		{"resnet20", []int{1, 9, 15}, 0.25, "[N,16]", 9*(4+6*4*4+4*8+5*8*8+8*16+5*16*16) + 4*(7*4+6*8+6*16)},
		{"resnet20", []int{1, 8, 8}, 0.35, "[N,24]", 9*(4+6*4*4+4*12+5*12*12+12*24+5*24*24) + 4*(7*4+6*12+6*24)},
		{"tcn", []int{1, 1024}, 1, "[N,64]", 32*32 + 32 + 4*(32*32*4+64)},
		{"tcn", []int{1, 1 << 20}, 1, "[N,64]", 32*32 + 32 + 4*(32*32*4+64)},
		{"tcn", []int{14, 30}, 0.25, "[N,16]", 8*14*5 + 8 + 4*(8*8*4+16)},
		{"tcn", []int{3, 128}, 4, "[N,256]", 128*3*8 + 128 + 4*(128*128*4+256)},
		{"tcn", []int{2, 8}, 0.5, "[N,32]", 16*2*5 + 16 + 3*(16*16*4+32)},
		{"transformer", []int{1, 1024}, 1, "[N,64]", encoderParams(64) + 32*64 + 64 + 32*64},
		{"transformer", []int{14, 30}, 0.25, "[N,16]", encoderParams(16) + 14*16 + 16 + 30*16},
		{"transformer", []int{3, 130}, 4, "[N,256]", encoderParams(256) + 3*8*256 + 256 + 17*256},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%s/%s/%g", tt.name, zoo.FormatShape(tt.input), tt.width), func(t *testing.T) {
			m, err := zoo.Build(tt.name, zoo.Config{Input: tt.input, Width: tt.width})
			if err != nil {
				t.Fatal(err)
			}
			if err := onnxio.Check(m); err != nil {
				t.Error(err)
			}
			values, err := onnxio.InferShapes(m)
			if err != nil {
				t.Fatal(err)
			}
			if got := values["features"].Shape.String(); got != tt.want {
				t.Errorf("features have shape %s, want %s", got, tt.want)
			}
			checkInputs(t, m, tt.params)
		})
	}
}

// encoderParams counts the parameters of two layers and the last normalisation.
func encoderParams(size int64) int64 {
	layer := 4*size*(size+1) + 2*2*size*size + 3*size + 2*2*size
	return 2*layer + 2*size
}

// checkInputs verifies that every input but x is a parameter whose rule fits
// its shape, and counts the elements of all parameters.
func checkInputs(t *testing.T, m *onnxio.Model, params int64) {
	for _, c := range m.Graph.Initializers {
		if c.Type == onnxio.Float32 && len(c.Shape) > 0 {
			t.Errorf("the constant %s of shape %v would be trained", c.Name, c.Shape)
		}
	}
	total := int64(0)
	for i, in := range m.Graph.Inputs {
		if i == 0 {
			if in.Name != "x" {
				t.Errorf("the first input is %q, not x", in.Name)
			}
			continue
		}
		dims, ok := in.Shape.Ints()
		if !ok {
			t.Fatalf("parameter %s has shape %v", in.Name, in.Shape)
		}
		n := int64(1)
		for _, d := range dims {
			n *= d
		}
		total += n
		want := startOf(m, in.Name, dims)
		if rule, _ := m.Property("sharewise.init/" + in.Name); !slices.Contains(want, rule) {
			t.Errorf("parameter %s %v has rule %q, want one of %q", in.Name, in.Shape, rule, want)
		}
	}
	if total != params {
		t.Errorf("%d parameters, want %d", total, params)
	}
}

// startOf lists the rules that a parameter may have.
func startOf(m *onnxio.Model, name string, dims []int64) []string {
	in := int64(1)
	for _, d := range dims[1:] {
		in *= d
	}
	switch {
	case name == "positions" || name == "embedding.weight":
		return []string{"truncated_normal std=0.02"}
	case len(dims) == 1:
		return []string{"zeros", "ones"}
	case strings.HasPrefix(name, "layers.") && len(dims) == 2:
		return []string{fmt.Sprintf("xavier_uniform fan_in=%d fan_out=%d", in, dims[0])}
	}
	fan := branches(m, name) * in
	return []string{fmt.Sprintf("he_uniform fan_in=%d", fan), fmt.Sprintf("he_normal fan_in=%d", fan)}
}

// TestWidths builds every trunk at the ends of a ladder of widths and between
// them: every rung has more parameters and takes more operations.
func TestWidths(t *testing.T) {
	for _, name := range zoo.Names() {
		var last onnxio.Cost
		for _, width := range []float64{0.25, 0.5, 1, 2, 4} {
			m, err := zoo.Build(name, configOf(name, width))
			if err != nil {
				t.Fatal(err)
			}
			if err := onnxio.Check(m); err != nil {
				t.Errorf("%s at width %g: %v", name, width, err)
			}
			values, err := onnxio.InferShapes(m)
			if err != nil {
				t.Fatal(err)
			}
			c := onnxio.Totals(onnxio.Costs(m, values, func(input string) bool { return input != "x" }))
			if !c.Exact || 2*c.Params < 3*last.Params || 2*c.FLOPs < 3*last.FLOPs {
				t.Errorf("%s at width %g costs %+v, the rung below it %+v", name, width, c, last)
			}
			last = c
		}
	}
}

// branches is the number of residual blocks that the results of a weight are
// added up over, 1 where they are not.
func branches(m *onnxio.Model, weight string) int64 {
	if !strings.HasPrefix(weight, "block") || !strings.HasSuffix(weight, ".conv2.weight") {
		return 1
	}
	n := int64(0)
	for _, in := range m.Graph.Inputs {
		if strings.HasSuffix(in.Name, ".conv2.weight") {
			n++
		}
	}
	return n
}

// TestCostOfLength verifies that a tcn's cost grows with its first convolution
// only: by no more than the window.
func TestCostOfLength(t *testing.T) {
	cost := func(length int) onnxio.Cost {
		m, err := zoo.Build("tcn", zoo.Config{Input: []int{2, length}})
		if err != nil {
			t.Fatal(err)
		}
		values, err := onnxio.InferShapes(m)
		if err != nil {
			t.Fatal(err)
		}
		return onnxio.Totals(onnxio.Costs(m, values, func(name string) bool { return name != "x" }))
	}
	short, long := cost(1024), cost(64*1024)
	if !short.Exact || !long.Exact {
		t.Fatal("the cost is not exact")
	}
	if long.FLOPs > 64*short.FLOPs || long.Params != short.Params {
		t.Errorf("64 times the window takes %d times the operations and %d parameters instead of %d",
			long.FLOPs/short.FLOPs, long.Params, short.Params)
	}
}

// TestLengths builds a tcn for every short window and checks that it computes
// features of the size that it declares.
func TestLengths(t *testing.T) {
	for length := 8; length < 1100; length++ {
		m, err := zoo.Build("tcn", zoo.Config{Input: []int{1, length}, Width: 0.25})
		if err != nil {
			t.Fatal(err)
		}
		if err := onnxio.Check(m); err != nil {
			t.Fatalf("length %d: %v", length, err)
		}
		positions := 0
		values, err := onnxio.InferShapes(m)
		if err != nil {
			t.Fatalf("length %d: %v", length, err)
		}
		for _, n := range m.Graph.Nodes {
			if n.Op == "Relu" && positions == 0 {
				positions = int(values[n.Outputs[0]].Shape[2].Size)
			}
		}
		if positions < 8 || positions > 64 {
			t.Errorf("length %d: %d positions", length, positions)
		}
	}
}

func TestBuildErrors(t *testing.T) {
	tests := []struct {
		name string
		cfg  zoo.Config
		want string
	}{
		{"vgg", zoo.Config{Input: []int{1, 28, 28}}, `unknown trunk "vgg"; there are bag, cnn, mlp, resnet20, tcn, transformer`},
		{"mlp", zoo.Config{}, "shape of a sample is missing"},
		{"mlp", zoo.Config{Input: []int{0}}, "out of range"},
		{"mlp", zoo.Config{Input: []int{1 << 20, 1 << 20}}, "out of range"},
		{"mlp", zoo.Config{Input: []int{4}, Width: -1}, "width -1"},
		{"mlp", zoo.Config{Input: []int{4}, Width: 1000}, "width 1000"},
		{"cnn", zoo.Config{Input: []int{28, 28}}, "need channels x height x width"},
		{"cnn", zoo.Config{Input: []int{1, 7, 28}}, "8x8 or more"},
		{"resnet20", zoo.Config{Input: []int{28, 28}}, "need channels x height x width"},
		{"tcn", zoo.Config{Input: []int{1, 28, 28}}, "need channels x length"},
		{"tcn", zoo.Config{Input: []int{3, 7}}, "length of 8 or more"},
		{"transformer", zoo.Config{Input: []int{12}}, "or a vocabulary for tokens"},
		{"transformer", zoo.Config{Input: []int{1, 12}, Vocabulary: 9}, "tokens need the length alone"},
		{"transformer", zoo.Config{Input: []int{12}, Vocabulary: -1}, "vocabulary of -1"},
		{"mlp", zoo.Config{Input: []int{12}, Vocabulary: 9}, "mlp takes no tokens"},
		{"bag", zoo.Config{Input: []int{12}}, "needs the size of their vocabulary"},
		{"bag", zoo.Config{Input: []int{12}, Vocabulary: 9, Padding: 9}, "the token 9 for padding is not among 9"},
	}
	for _, tt := range tests {
		_, err := zoo.Build(tt.name, tt.cfg)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Build(%q, %+v) = %v, want an error with %q", tt.name, tt.cfg, err, tt.want)
		}
	}
}

func TestParseShape(t *testing.T) {
	for _, s := range []string{"12", "1x28x28", "3x224x224"} {
		shape, err := zoo.ParseShape(s)
		if err != nil || zoo.FormatShape(shape) != s {
			t.Errorf("ParseShape(%q) = %v, %v", s, shape, err)
		}
	}
	for _, s := range []string{"", "x", "1x", "0", "-3", "1x28x", "1,28,28"} {
		if shape, err := zoo.ParseShape(s); err == nil {
			t.Errorf("ParseShape(%q) = %v, want an error", s, shape)
		}
	}
}
