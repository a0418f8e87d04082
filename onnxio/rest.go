package onnxio

type (
	modelRest     struct{}
	graphRest     struct{}
	nodeRest      struct{}
	attributeRest struct{}
	tensorRest    struct{}
	valueRest     struct{}
	functionRest  struct{}
)

type DataType int32
type AttributeType int32
