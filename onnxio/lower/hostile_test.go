package lower_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/lower"
)

// TestHostileNodes lowers every operator with any number of inputs and outputs and
// without attributes: whatever that gives, it is no panic.
func TestHostileNodes(t *testing.T) {
	names := append(lower.Operators(), "SplitToSequence", "SequenceInsert", "SequenceErase", "Optional")
	for _, name := range names {
		at := strings.LastIndex(name, ".")
		for inputs := range 10 {
			for outputs := range 3 {
				for _, x := range []string{"x", "c", "s", ""} {
					n := &onnxio.Node{Name: "node", Domain: name[:max(at, 0)], Op: name[at+1:], Inputs: slices.Repeat([]string{x}, inputs)}
					for j := range outputs {
						n.Outputs = append(n.Outputs, string(rune('a'+j)))
					}
					m := graph(place("c", 1), &onnxio.Node{Op: "SequenceInsert", Inputs: []string{"x"}, Outputs: []string{"s"}}, n, node("SequenceAt", "a c", "y"))
					m.Opsets = append(m.Opsets, onnxio.Opset{Domain: "com.microsoft", Version: 1}, onnxio.Opset{Domain: "ai.onnx.ml", Version: 1})
					_, _, _ = lower.Model(m)
				}
			}
		}
	}
}
