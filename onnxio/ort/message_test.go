package ort

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio/exec"
)

func TestInnermost(t *testing.T) {
	for message, want := range map[string]string{
		"Node (/g/Gemm) failed": "Node (/g/Gemm) failed",
		"/src/core/graph/model.cc:202 onnxruntime::Model::Model(onnx::ModelProto&&, const Options&) Unsupported model IR version: 99 (of 13)":                                                     "Unsupported model IR version: 99 (of 13)",
		`D:\a\core\utils.h:46 void Check(std::function<void (int)>, const string&) const No such thing`:                                                                                           "No such thing",
		"Exception during initialization: /src/element_wise_ops.h:256 Div<T>::Div(const Info&) [with T = long int] b_data[i] != T{0} was false. Integer division by zero":                         "Integer division by zero",
		"tensorprotoutils.cc:1469 ValidateSize Initializer 'pw': raw_data size does not match":                                                                                                    "Initializer 'pw': raw_data size does not match",
		"Exception during initialization: /src/ops.cc:2310 onnxruntime::Mod::Mod(const onnxruntime::OpKernelInfo&) [ONNXRuntimeError] : 1 : FAIL : ops.cc:2256 operator() Integer modulo by zero": "Integer modulo by zero",
		"[ONNXRuntimeError] : 10 : INVALID_GRAPH : Cycle detected: evil:F -> evil:F":                                                                                                              "Cycle detected: evil:F -> evil:F",
		"Could not find an implementation for Erf(13) node with name 'gelu/Erf'":                                                                                                                  `nothing here computes node "gelu/Erf" (Erf) in its type of numbers; export the model in float32`,
		"/src/a.cc:1 void f(":                      "/src/a.cc:1 void f(",
		"/src/a.cc:1 void f()":                     "/src/a.cc:1 void f()",
		"/models/a.onnx: no such file (or folder)": "/models/a.onnx: no such file (or folder)",
	} {
		err := fmt.Errorf("make a session: %w", fmt.Errorf("call: %w", errors.New(message)))
		if got := innermost(err).Error(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestNodeErrors reads messages about nodes, of which that within a loop is to blame.
func TestNodeErrors(t *testing.T) {
	for message, want := range map[string]string{
		"Non-zero status code returned while running Gather node. Name:'words' Status Message: indices element out of data bounds, idx=4 must be within the inclusive range [-4,3]":                                                                             `node "words" (Gather) cannot compute what it is given: indices element out of data bounds, idx=4 must be within the inclusive range [-4,3]`,
		"Non-zero status code returned while running Add node. Name:'it's' Status Message: /src/ops.h:583 void Iterator::Append(ptrdiff_t) axis == 1 || axis == largest was false. Attempting to broadcast an axis by a dimension other than 1. 4 by 10":        `node "it's" (Add) cannot compute what it is given: Attempting to broadcast an axis by a dimension other than 1. 4 by 10`,
		"Non-zero status code returned while running Loop node. Name:'l' Status Message: Non-zero status code returned while running Neg node. Name:'' Status Message: /src/a.h:31 int f() Failed to allocate memory for requested buffer of size 274877906944": `node (Neg) cannot compute what it is given: not enough memory for 274877906944 bytes`,
	} {
		err := innermost(errors.New(message))
		of := new(exec.NodeError)
		if !errors.As(err, &of) || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
		if errors.Is(err, exec.ErrMemory) != strings.Contains(message, "allocate") {
			t.Errorf("%v: memory %t", err, errors.Is(err, exec.ErrMemory))
		}
	}
	long := innermost(errors.New("In Node, (" + strings.Repeat("x", 1<<20) + ") it fails"))
	if n := len(long.Error()); n > 1100 {
		t.Errorf("a message of %d bytes", n)
	}
}
