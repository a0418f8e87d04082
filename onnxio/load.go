package onnxio

import (
	"fmt"
	"path/filepath"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/sharewise/sharewise/analysis/filekind"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/onnxio/internal/onnxpb"
)

// Parse decodes a model. Tensors whose elements lie in other files stay
// without them (see [Tensor.IsExternal]); Load reads those too. Parse checks
// nothing beyond the file format: see [Check].
func Parse(data []byte) (*Model, error) {
	if len(data) == 0 {
		return nil, fmt.Errorf("parse: %w: it is empty", ErrFormat)
	}
	var p onnxpb.ModelProto
	if err := bounded(data, p.ProtoReflect().Descriptor()); err != nil {
		return nil, fmt.Errorf("parse: %w", err)
	}
	if err := proto.Unmarshal(data, &p); err != nil {
		return nil, fmt.Errorf("parse: %w, or not the whole of one: %w", ErrFormat, err)
	}
	// Almost any short file is a valid protobuf message of unknown fields.
	if p.Graph == nil && len(p.Functions) == 0 {
		return nil, fmt.Errorf("parse: %w: no graph found", ErrFormat)
	}
	return decodeModel(&p), nil
}

// Load reads a model file together with its external data, which must lie in
// the folder of the file.
func Load(path string) (*Model, error) {
	data, err := filelimit.ReadFile(path, filelimit.Model)
	if err != nil {
		return nil, fmt.Errorf("load: %w", err)
	}
	m, err := Parse(data)
	if err != nil {
		if what := otherKind(data); what != "" {
			return nil, fmt.Errorf("load %s: %w: it is %s", path, ErrFormat, what)
		}
		return nil, fmt.Errorf("load %s: %w", path, err)
	}
	if err := readExternal(m, filepath.Dir(path)); err != nil {
		return nil, fmt.Errorf("load %s: %w", path, err)
	}
	return m, nil
}

// otherKind says what a file is that is no model, as far as that is known, and
// what to do.
func otherKind(data []byte) string {
	head := data[:min(len(data), filekind.HeadBytes)]
	what := filekind.Of(head)
	if what == "" || filekind.IsLFS(head) {
		return what
	}
	what, _, _ = strings.Cut(what, ";")
	return what + "; export the model as ONNX with the program that it comes from"
}
