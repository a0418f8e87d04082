package onnxio

import (
	"fmt"
	"math"

	"google.golang.org/protobuf/proto"

	"github.com/sharewise/sharewise/onnxio/internal/onnxpb"
)

// Parse decodes a model. Tensors whose elements lie in other files stay
// without them (see [Tensor.IsExternal]); Load reads those too. Parse checks
// nothing beyond the file format: see [Check].
func Parse(data []byte) (*Model, error) {
	var p onnxpb.ModelProto
	if err := proto.Unmarshal(data, &p); err != nil {
		return nil, fmt.Errorf("parse: %w: %w", ErrFormat, err)
	}
	// Almost any short file is a valid protobuf message of unknown fields.
	if p.Graph == nil && len(p.Functions) == 0 {
		return nil, fmt.Errorf("parse: %w: no graph found", ErrFormat)
	}
	return decodeModel(&p), nil
}

// Marshal encodes m. Equal models give equal bytes. Tensors with external data
// that were not read are written as the references they are.
func (m *Model) Marshal() ([]byte, error) {
	p := encodeModel(m)
	if size := proto.Size(p); size > math.MaxInt32 {
		return nil, fmt.Errorf("marshal: %w: it takes %d bytes", ErrTooLarge, size)
	}
	data, err := proto.MarshalOptions{Deterministic: true}.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("marshal: %w", err)
	}
	return data, nil
}
