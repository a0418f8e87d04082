package onnxio

// Model is one ONNX model in memory. Fields of the file that have no Go field
// here (training information, sharding, anything newer than this package) are
// carried along unseen and written back by Save.
type Model struct {
	IRVersion       int64
	Opsets          []Opset
	Producer        string
	ProducerVersion string
	Domain          string
	Version         int64
	Doc             string
	Graph           *Graph
	Functions       []*Function
	Metadata        []Property

	rest modelRest
}

// Opset names one operator set that a model imports. The empty domain is
// ai.onnx, the standard operators.
type Opset struct {
	Domain  string
	Version int64
}

// Property is one key-value pair of a model's metadata.
type Property struct {
	Key, Value string
}

// Graph is a list of nodes in execution order with named inputs and outputs.
type Graph struct {
	Name         string
	Doc          string
	Nodes        []*Node
	Initializers []*Tensor
	Inputs       []*Value
	Outputs      []*Value
	Values       []*Value // value_info: declared types of intermediate values

	rest graphRest
}

// Node is one operator call. An empty name among Inputs or Outputs stands for
// an optional value that is left out.
type Node struct {
	Name    string
	Op      string
	Domain  string
	Doc     string
	Inputs  []string
	Outputs []string
	Attrs   []*Attribute

	rest nodeRest
}

// Attribute is one named constant of a node; Type says which field holds it.
type Attribute struct {
	Name    string
	Type    AttributeType
	Doc     string
	Ref     string // name of the attribute of the enclosing function, if any
	Float   float32
	Int     int64
	String  []byte
	Tensor  *Tensor
	Graph   *Graph
	Floats  []float32
	Ints    []int64
	Strings [][]byte
	Tensors []*Tensor
	Graphs  []*Graph

	rest attributeRest
}

// Tensor is a constant: an initializer or the value of an attribute. Data
// holds the elements in row-major order, little-endian, as raw_data does;
// string tensors use Strings instead.
type Tensor struct {
	Name    string
	Type    DataType
	Shape   []int64
	Doc     string
	Data    []byte
	Strings [][]byte

	rest tensorRest
}

// Value is a named value of a graph with its declared type. Type is Undefined
// where the file declares none or where the value is no tensor.
type Value struct {
	Name  string
	Type  DataType
	Shape Shape
	Doc   string

	rest valueRest
}

// Shape is the shape of a value: nil where the rank is unknown, empty (but not
// nil) for a scalar.
type Shape []Dim

// Dim is one dimension: a known size, a symbol such as "N", or, with Size -1
// and no symbol, unknown. Size is -1 whenever Symbol is set.
type Dim struct {
	Size   int64
	Symbol string
}

// Function is a model-local function.
type Function struct {
	Name    string
	Domain  string
	Doc     string
	Opsets  []Opset
	Inputs  []string
	Outputs []string
	Attrs   []string     // names of attributes without default
	Default []*Attribute // attributes with default
	Nodes   []*Node
	Values  []*Value

	rest functionRest
}
