package onnxio

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/sharewise/sharewise/analysis/filelimit"
)

// deepest is more levels than models have: a graph within an attribute of a node is
// three more.
const deepest = 300

// bounded counts the parts of a model file before they are made: an empty node takes
// two bytes in a file and hundreds in memory.
func bounded(data []byte, of protoreflect.MessageDescriptor) error {
	n := int64(0)
	var walk func(data []byte, of protoreflect.MessageDescriptor, level int) error
	walk = func(data []byte, of protoreflect.MessageDescriptor, level int) error {
		if level > deepest {
			return fmt.Errorf("%w: its parts lie in one another without end", ErrFormat)
		}
		for len(data) > 0 {
			number, kind, size := protowire.ConsumeTag(data)
			if size < 0 {
				return nil // said by the decoder
			}
			data = data[size:]
			if size = protowire.ConsumeFieldValue(number, kind, data); size < 0 {
				return nil
			}
			field := of.Fields().ByNumber(number)
			if kind == protowire.BytesType && field != nil && field.Message() != nil {
				n++
				if most := (filelimit.Limits{}).Of(filelimit.Nodes); n > most {
					return filelimit.Limits{}.Check(filelimit.Nodes, n, fmt.Sprintf("the model has %d parts or more", n))
				}
				content, _ := protowire.ConsumeBytes(data)
				if err := walk(content, field.Message(), level+1); err != nil {
					return err
				}
			}
			data = data[size:]
		}
		return nil
	}
	return walk(data, of, 0)
}
