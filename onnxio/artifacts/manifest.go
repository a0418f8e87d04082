package artifacts

// Version is the version of the manifest's format.
const Version = 1

// Names of the files in a folder.
const (
	ManifestFile   = "manifest.json"
	TrainFile      = "train.onnx"
	EvalFile       = "eval.onnx"
	ModelFile      = "model.onnx"
	GradientFile   = "gradient.onnx"
	ParametersFile = "parameters.bin"
	OptimizerFile  = "optimizer.bin"
)

// Kind says what a folder is for.
type Kind string

// The kinds.
const (
	KindTraining Kind = "training"
	KindGradient Kind = "gradient"
)

// Manifest is manifest.json.
type Manifest struct {
	Schema  string `json:"$schema" jsonschema:"address of the JSON Schema of this file"`
	Version int    `json:"version" jsonschema:"version of this format"`
	Kind    Kind   `json:"kind" jsonschema:"what the folder is for: training has train, eval, model and tensors, gradient has gradient"`
	Model   Model  `json:"model" jsonschema:"the model that everything was made from"`
	Batch   int64  `json:"batch,omitempty" jsonschema:"rows of a minibatch, which train.onnx and gradient.onnx take exactly; absent if inputs are scalars"`

	Loss      *Loss      `json:"loss,omitempty" jsonschema:"what is minimized or differentiated; absent for the gradient of plain outputs"`
	Optimizer *Optimizer `json:"optimizer,omitempty" jsonschema:"how parameters follow their gradients"`

	Train    *Graph `json:"train,omitempty" jsonschema:"one training step"`
	Eval     *Graph `json:"eval,omitempty" jsonschema:"losses and predictions of any number of samples"`
	Deploy   *Graph `json:"deploy,omitempty" jsonschema:"the model to deploy; its weights lie in parameters.bin"`
	Gradient *Graph `json:"gradient,omitempty" jsonschema:"the model with derivatives"`

	Tensors []Tensor `json:"tensors,omitempty" jsonschema:"what training starts with, in the order of the inputs of train.onnx"`
}

// Merged names the parameters that are trained apart although the model has one
// initializer for them and others, in the order of Tensors.
func (m *Manifest) Merged() []string {
	var names []string
	for _, t := range m.Tensors {
		if t.Initializer != nil && t.Initializer.Merged != "" {
			names = append(names, t.Name)
		}
	}
	return names
}

// Model is the model that was given.
type Model struct {
	File   string `json:"file" jsonschema:"name of the file, without its folder"`
	SHA256 string `json:"sha256" jsonschema:"of the file, in hexadecimal; external data are not included"`
}

// Loss is how scores are judged; see training.Loss for the formulas.
type Loss struct {
	Name         string    `json:"name" jsonschema:"cross_entropy, binary_cross_entropy, squared_error or huber"`
	Of           string    `json:"of,omitempty" jsonschema:"the value of the model that the loss is put on; absent if it is the model's only output"`
	Outputs      int       `json:"outputs" jsonschema:"classes, labels or targets of a sample"`
	ClassAxis    int       `json:"class_axis,omitempty" jsonschema:"cross_entropy of every position: the dimension that classes lie along"`
	NewHead      bool      `json:"new_head,omitempty" jsonschema:"the scores are those of a new linear layer on the value"`
	Delta        float64   `json:"delta,omitempty" jsonschema:"huber: where the square turns into a line"`
	Smoothing    float64   `json:"smoothing,omitempty" jsonschema:"share of the target that is spread evenly"`
	ClassWeights []float32 `json:"class_weights,omitempty" jsonschema:"weight of each output"`
	Masked       bool      `json:"masked,omitempty" jsonschema:"targets may be NaN, or with class_axis negative, which is unknown"`
}

// Optimizer is the update rule; see training.Optimizer.
type Optimizer struct {
	Name        string  `json:"name" jsonschema:"sgd, adamw, adam or adagrad"`
	Momentum    float64 `json:"momentum,omitempty" jsonschema:"sgd"`
	Nesterov    bool    `json:"nesterov,omitempty" jsonschema:"sgd"`
	Beta1       float64 `json:"beta1,omitempty" jsonschema:"adamw, adam: decay of the mean gradient"`
	Beta2       float64 `json:"beta2,omitempty" jsonschema:"adamw, adam: decay of the mean squared gradient"`
	Epsilon     float64 `json:"epsilon,omitempty" jsonschema:"adamw, adam, adagrad"`
	WeightDecay float64 `json:"weight_decay,omitempty" jsonschema:"adamw: decoupled; others: added to the gradient"`
	Clip        float64 `json:"clip,omitempty" jsonschema:"bound of the gradient's global norm"`
}

// Graph is one ONNX file.
type Graph struct {
	File    string   `json:"file" jsonschema:"name of the file in this folder"`
	Inputs  []Input  `json:"inputs" jsonschema:"in the order of the graph; all must be fed"`
	Outputs []Output `json:"outputs" jsonschema:"in the order of the graph; ask for those that you need"`
}

// Value is what inputs and outputs have in common.
type Value struct {
	Name  string  `json:"name" jsonschema:"name in the graph"`
	Role  Role    `json:"role" jsonschema:"what it is for"`
	DType string  `json:"dtype" jsonschema:"element type: float32, int64, bool, ..."`
	Shape []int64 `json:"shape" jsonschema:"sizes; -1 is any number of rows"`
}

// Input is an input of a graph.
type Input struct {
	Value
	Of string `json:"of,omitempty" jsonschema:"cotangent: the output whose elements it weighs"`
}

// Output is an output of a graph.
type Output struct {
	Value
	Feeds string `json:"feeds,omitempty" jsonschema:"next: the tensor whose next value this is, an input of the next step"`
	Wrt   string `json:"wrt,omitempty" jsonschema:"gradient: the value of the model that it is with respect to"`
}

// Role says what an input or output is for.
type Role string

// The roles of inputs. Tensors are parameters, buffers and state.
const (
	RoleData         Role = "data"          // an input of the model, one row per sample
	RoleTarget       Role = "target"        // class numbers, or values to predict
	RoleLossWeights  Role = "loss_weights"  // factor of the loss, 1 unless losses are to be weighed
	RoleLearningRate Role = "learning_rate" // a scalar
	RoleStep         Role = "step"          // number of the step, from 1, a scalar
	RoleParameter    Role = "parameter"     // follows its gradient unless it is frozen
	RoleBuffer       Role = "buffer"        // running statistics: follow the minibatches
	RoleState        Role = "state"         // what the optimizer remembers
	RoleCotangent    Role = "cotangent"     // factors of an output's elements
)

// The roles of outputs.
const (
	RoleLosses       Role = "losses"        // mean loss, one number
	RoleSampleLosses Role = "sample_losses" // loss of every sample
	RoleGradNorm     Role = "grad_norm"     // global norm of the gradient before clipping
	RoleNext         Role = "next"          // the next value of a tensor
	RolePrediction   Role = "prediction"    // class number, or values
	RoleConfidence   Role = "confidence"    // probability of the predicted class
	RoleCorrect      Role = "correct"       // whether the class is the target
	RoleScores       Role = "scores"        // logits or values
	RoleOutput       Role = "output"        // an output of the model
	RoleGradient     Role = "gradient"      // a derivative
)

// Tensor is a tensor that training starts with and a step replaces.
type Tensor struct {
	Name   string  `json:"name" jsonschema:"name of the input of train.onnx"`
	Role   Role    `json:"role" jsonschema:"parameter, buffer or state"`
	DType  string  `json:"dtype" jsonschema:"float32, little-endian in the file"`
	Shape  []int64 `json:"shape" jsonschema:"sizes, row-major"`
	File   string  `json:"file" jsonschema:"where the elements lie"`
	Offset int64   `json:"offset" jsonschema:"where in the file they begin, in bytes"`
	Bytes  int64   `json:"bytes" jsonschema:"how many bytes they have"`
	Next   string  `json:"next,omitempty" jsonschema:"the output of train.onnx that replaces it; absent if it is frozen"`
	Param  string  `json:"parameter,omitempty" jsonschema:"state: the parameter that it belongs to"`
	Stuck  string  `json:"stuck,omitempty" jsonschema:"parameter: why no gradient reaches it, so that a step leaves it as it is, weight decay apart; absent for those that train"`

	Initializer *Initializer `json:"initializer,omitempty" jsonschema:"parameter or buffer: where the model has it; absent for new layers and for what stands in functions and subgraphs; running statistics that share one initializer are trained apart"`
}

// Initializer is where a parameter stands in the model that was given.
type Initializer struct {
	Name  string `json:"name" jsonschema:"name of the initializer, or of the input that stands for one, or of the output of the Constant or Identity node"`
	DType string `json:"dtype" jsonschema:"element type there; convert to it before writing back"`
	Where string `json:"where" jsonschema:"initializer, constant, input or identity"`
	// Merged is given with identity.
	Merged string `json:"merged,omitempty" jsonschema:"identity: the initializer that the file has for this parameter and others, which started alike and are trained apart; to write back, put an initializer of the name in the place of the Identity node"`
}
