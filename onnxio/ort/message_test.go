package ort

import (
	"errors"
	"fmt"
	"testing"
)

func TestInnermost(t *testing.T) {
	for message, want := range map[string]string{
		"Node (/g/Gemm) failed": "Node (/g/Gemm) failed",
		"/src/core/graph/model.cc:202 onnxruntime::Model::Model(onnx::ModelProto&&, const Options&) Unsupported model IR version: 99 (of 13)": "Unsupported model IR version: 99 (of 13)",
		`D:\a\core\utils.h:46 void Check(std::function<void (int)>, const string&) const No such thing`:                                       "No such thing",
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
