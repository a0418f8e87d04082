package autodiff

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio/lower"
	"github.com/sharewise/sharewise/onnxio/reference"
)

var update = flag.Bool("update", false, "write the golden files anew")

// limits says what a rule or a rewriting does not cover. TestOperatorTable
// fails for an operator that is in neither table.
var limits = map[string]string{
	"Attention":                        "no past keys and values",
	"BatchNormalization":               "by the first output; running statistics have no gradient in training mode",
	"Dropout":                          "in training mode by the mask that the node itself draws",
	"DequantizeLinear":                 "constants become floating-point weights",
	"DFT":                              "as a matrix: of a known length, not one side of a spectrum inverted",
	"STFT":                             "as a matrix: of a known length, step and frame",
	"Einsum":                           "no letter twice in one operand",
	"com.microsoft.FusedMatMul":        "no transposed batches",
	"If":                               "the condition must be known before the graph runs",
	"LSTM":                             "the number of steps must be known",
	"GRU":                              "the number of steps must be known",
	"RNN":                              "the number of steps must be known",
	"Scan":                             "the number of steps must be known; version 9 on",
	"Loop":                             "the trip count must be known and the body must not decide when to stop",
	"LayerNormalization":               "by the first output",
	"com.microsoft.Attention":          "no past, no rotary embedding, no masks of rank 4",
	"com.microsoft.MultiHeadAttention": "no past, no masks of rank 4",
	"Pad":                              "reflected, repeated and wrapped margins no wider than the value",
	"QuantizeLinear":                   "straight through: rounding counts as none, the range as Clip",
	"Resize":                           "no aspect ratio policy; scales must be known",
	"ScatterElements":                  "indices must not repeat unless values are reduced",
	"ScatterND":                        "indices must not repeat unless values are reduced",
	"Slice":                            "bounds must be known",
}

// operatorTable lists what can be differentiated, from the tables themselves.
func operatorTable() string {
	rows := map[string][]string{} // gradient, versions
	for op := range rules {
		name := op.Name
		rows[name] = append(rows[name], fmt.Sprintf("%02d", op.Since))
	}
	var lines []string
	for name, since := range rows {
		slices.Sort(since)
		for i := range since {
			since[i] = strings.TrimLeft(since[i], "0")
		}
		lines = append(lines, fmt.Sprintf("| %s | %s | rule | %s | %s |", name, strings.Join(since, ", "), forward("", name), limits[name]))
	}
	for _, name := range lower.Operators() {
		if rows[name] != nil {
			continue
		}
		domain, op := "", name
		if at := strings.LastIndex(name, "."); at >= 0 {
			domain, op = name[:at], name[at+1:]
		}
		lines = append(lines, fmt.Sprintf("| %s | | lowered | %s | %s |", name, forward(domain, op), limits[name]))
	}
	for name := range stops {
		lines = append(lines, fmt.Sprintf("| %s | | ends here | %s | |", name, forward("", name)))
	}
	slices.Sort(lines)
	var others []string
	for _, name := range reference.Operators() {
		listed := slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l, "| "+name+" |") })
		if !listed {
			others = append(others, name)
		}
	}
	return `# Operators that gradients pass

This file is written from the tables of onnxio/autodiff and onnxio/lower by
` + "`go test ./onnxio/autodiff -run TestOperatorTable -update`" + `.

Models of operator sets 6 to 12 are upgraded to 17 first, so that the version
of a rule is the one from which on the operator has the meaning that the rule
is for, up to operator set 26. "Lowered" operators become others of this list
before differentiation. "Evaluated" are those that the float64 reference
computes itself. Where an operator gives integers or truth values (Shape, Size,
ArgMax, NonZero, comparisons, casts), gradients end without further notice.

| operator | since version | gradient | reference | limits |
|---|---|---|---|---|
` + strings.Join(lines, "\n") + `

Operators without gradients that the reference evaluates, among constants,
shapes and indices: ` + strings.Join(others, ", ") + ".\n"
}

// forward says whether the reference has an operator.
func forward(domain, op string) string {
	opset := int64(maxOpset)
	if domain != "" {
		opset = 1
	}
	if reference.Supports(domain, op, opset) {
		return "evaluated"
	}
	return ""
}

// TestOperatorTable: the table in the documentation is that of the rules.
func TestOperatorTable(t *testing.T) {
	file := filepath.Join("..", "..", "testdata", "docs", "operators.md")
	table := operatorTable()
	if *update {
		if err := os.WriteFile(file, []byte(table), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	golden, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(golden) != table {
		t.Errorf("%s is not what the tables say; run the test with -update", file)
	}
	for name := range limits {
		if !strings.Contains(table, "| "+name+" |") {
			t.Errorf("limits of %s, which is in no table", name)
		}
	}
}
