package training

import (
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/autodiff"
	"github.com/sharewise/sharewise/onnxio/kernels"
)

// Config is what Compile turns into graphs.
type Config struct {
	// Trunk is the forward model that all domains share: one data input whose
	// first dimension is the batch, one output [batch, features] (further
	// dimensions are flattened). Its float initializers and the inputs that
	// carry an initialisation rule are the parameters.
	Trunk *onnxio.Model
	// Features names the value of the trunk that holds the features; what
	// comes after it is left out. Empty means the trunk's only output.
	Features string
	// OwnInputs keeps the trunk's data inputs as they are: there may be several,
	// of any type, and their names stay unless they have a meaning here (then
	// "trunk/" is put before them). The first dimension of each is the batch; if
	// the model works for one batch size only, it must be that of a minibatch,
	// and Eval and Predict take it too.
	// Otherwise there must be one of float32, and its name becomes InputX.
	OwnInputs bool
	// KeepHead trains a whole model: the features are the scores of the only
	// domain, and no head is put on them.
	KeepHead bool
	// Domains in the order of the joined minibatch.
	Domains   []Domain
	Optimizer Optimizer
	// Freeze has patterns of names of the trunk's parameters, as [path.Match]
	// takes them, but with stars that match slashes too: "*" freezes the whole
	// trunk. What matches is an input of the graphs like other parameters, and
	// has no gradient, no state and no update. Batch normalisations whose scale
	// and bias are frozen use the statistics that are stored in the trunk.
	Freeze []string
	// BatchNorm says which statistics the trunk's batch normalisations use;
	// empty means SharedStatistics.
	BatchNorm BatchNorm
	// DomainAdapters gives every layer of the trunk a scale and a shift by channel that
	// belong to one domain: y·(1+scale)+shift, both of which start at zero. Their
	// gradients are weighted as those of the trunk are. A single domain has none, since
	// the layers are its own. Batch normalisations that are not frozen then have
	// DomainStatistics: shared ones would make every domain's loss depend on the others'
	// adapters. It fails where no layer takes any.
	DomainAdapters bool
	// Clip bounds the global norm of the whole gradient; 0 leaves it alone.
	Clip float64
	// Gradients asks for the graphs that keep the domains' gradients of the trunk
	// apart, by which conflict is measured and weights follow from gradients.
	Gradients bool
	// Form says with which passes and kernels Step, Gradients, Update and FormEval are made
	// faster, up to rounding. The zero value makes them of standard operators,
	// of which Eval and Predict always are.
	Form kernels.Form
}

// Domain is one domain's head and loss.
type Domain struct {
	Name string
	// Batch is the number of this domain's rows in every step.
	Batch int
	Loss  Loss
	// Outputs is the number of classes, of labels that are each right or wrong,
	// or of regression targets. With Config.KeepHead it may be 0: the model
	// says how many it has.
	Outputs int
	// Delta is where Huber turns from a square into a line; above 0.
	Delta float64
	// ClassAxis makes CrossEntropy, with Config.KeepHead, judge every position of
	// scores of more than two dimensions: classes lie along this dimension, 1
	// for pixels as PyTorch has them, -1 for tokens. Targets are then int64 of
	// the shape of the scores without that dimension, and the loss of a sample
	// is the mean over its positions.
	ClassAxis int
	// ClassWeights, if given, has one positive number per output: under
	// CrossEntropy the weight of samples of that class, under
	// BinaryCrossEntropy that of the samples that have that label. The
	// objective is the mean of the weighted losses over the rows of a
	// minibatch, whatever their weights add up to.
	ClassWeights []float32
	// Smoothing moves this share of the target evenly to all classes, or, under
	// BinaryCrossEntropy, to both answers; from 0 to below 1.
	Smoothing float64
	// Masked admits targets that are not known, which are NaN: the loss of a
	// sample is the mean over its known outputs, and 0 if there are none. For
	// CrossEntropy only with ClassAxis, where targets below 0 are not known.
	Masked bool
}

// Loss is how a domain's predictions are judged.
type Loss string

// The losses. Targets of CrossEntropy are class numbers, int64 [batch]. Those
// of the others are float32 [batch, outputs], and the loss of a sample is the
// mean over its outputs: of the squared difference, of Huber's loss of the
// difference, or of the cross entropy of a logit with its target, which is 0 or
// 1.
//
// ClassWeights and Smoothing shape what training follows: the losses that Step
// and Gradients report, and their gradients. Eval reports the plain loss, so that
// results compare whatever these settings are.
const (
	CrossEntropy       Loss = "cross_entropy"
	BinaryCrossEntropy Loss = "binary_cross_entropy"
	SquaredError       Loss = "squared_error"
	Huber              Loss = "huber"
)

// BatchNorm says which statistics batch normalisations use. In all cases
// domains share scale and bias, which are parameters.
type BatchNorm string

// In training SharedStatistics normalises with mean and variance of the whole
// joined minibatch, DomainStatistics with those of each domain's own rows;
// evaluation normalises with running statistics, of all domains together or of
// each, which follow those of the minibatches. FrozenStatistics always
// normalises with the statistics that are stored in the trunk.
const (
	SharedStatistics BatchNorm = "shared"
	DomainStatistics BatchNorm = "domain"
	FrozenStatistics BatchNorm = "frozen"
)

// Optimizer says how parameters follow their gradients.
type Optimizer struct {
	Kind         OptimizerKind // empty means SGD
	Momentum     float64       // SGD
	Nesterov     bool          // SGD
	Beta1, Beta2 float64       // AdamW, Adam; 0 means 0.9 and 0.999
	Epsilon      float64       // AdamW, Adam; 0 means 1e-8; Adagrad; 0 means 1e-10
	WeightDecay  float64       // AdamW: decoupled; others: added to the gradient
}

// OptimizerKind names an update rule.
type OptimizerKind string

// The update rules, as PyTorch's optimizers of these names define them.
const (
	SGD     OptimizerKind = "sgd"
	AdamW   OptimizerKind = "adamw"
	Adam    OptimizerKind = "adam"
	Adagrad OptimizerKind = "adagrad"
)

// Program is a compiled Config: graphs and what their values mean.
//
// Step takes InputX float32 [sum of batches, sample shape], one TargetName(d)
// per domain, InputWeights float32 [domains], InputRate float32 [], InputStep
// float32 [] (the number of this step, from 1) and every Param, State and Buffer
// by name. It gives OutputLosses float32 [domains] (mean loss per domain, not
// weighted), OutputSampleLosses float32 [sum of batches], OutputGradNorm
// float32 [1] (global norm before clipping) and NextName(v) for every Param
// that is not frozen, State and Buffer. The trunk follows the sum over domains of
// weight times mean loss, and so do adapters, each its own domain's part of it; a head
// follows its own domain's mean loss, whatever the
// weight, so that weights say how domains share the trunk and nothing else.
//
// Eval[d] takes InputX float32 [N, sample shape], TargetName(d) and the Params
// and Buffers of trunk and that domain; it gives, per sample, OutputSampleLosses float32
// [N]; under CrossEntropy OutputPrediction int64 [N], OutputConfidence float32
// [N] (softmax of the predicted class) and OutputCorrect bool [N]; else
// OutputPrediction float32 [N, outputs]: values, or under BinaryCrossEntropy
// probabilities.
//
// Gradients, Gram and Update are a step in three parts, where weights are to follow
// from the gradients of the step itself. Gradients takes what Step takes, less weights,
// rate, step and State. It gives OutputLosses, GradientName(d, p) for every Param of the
// trunk that is not frozen and every Param of a head, the gradient of the domain's own
// unweighted mean loss, and NextName(b) for every Buffer. Gram takes StackedName(p)
// float32 [domains, StackedLen(p)], the gradients of all domains in rows of their
// elements and zeros, and gives OutputGram float32 [domains, domains]: their inner
// products. Update takes the same, GradientName of the heads, InputWeights, InputRate,
// InputStep, Params that are not frozen and State, and gives OutputGradNorm and
// NextName of Params and State. There are none if the whole trunk is frozen.
// Batch normalisations use the statistics that a step would, so the three parts do
// what Step does, up to rounding and the masks of dropout.
//
// Predict[d] is the deployable forward model of trunk and one head: InputX in,
// OutputScores float32 [N, outputs] out (logits or values; with Config.KeepHead
// of the shape that the model gives), parameters and buffers as inputs until
// Bake fills them in and joins the domains.
//
// Params are those of the trunk, in the trunk's order, then every head's weight,
// bias and adapters. State is empty, or holds one or two tensors per parameter that is
// not frozen; it starts at zero. Buffers are the running statistics of batch normalisations:
// a step moves them, but by no gradient.
//
// Inputs are the data inputs of Step, in the trunk's order; see
// Config.OwnInputs for their names, which stand for InputX above.
type Program struct {
	Step *onnxio.Model
	// Steps takes any number of steps in one run, as what Loop returns does and with the same
	// inputs and outputs, faster than a run of Step for each. It is nil where the
	// form has no kernel for that, or the trunk is no chain of dense layers.
	Steps *onnxio.Model
	Eval  []*onnxio.Model // by domain
	// FormEval is Eval in Config.Form.
	FormEval []*onnxio.Model // by domain
	Predict  []*onnxio.Model // by domain
	// Gradients, Gram and Update are nil unless asked for, and where nothing is shared
	// that trains.
	Gradients, Gram, Update *onnxio.Model
	Inputs                  []*onnxio.Value
	Domains                 []Domain // as configured, with Outputs found out
	Params                  []Param
	State                   []Param
	Buffers                 []Param
	// Choices says of the nodes of Step for which there are kernels whether
	// they are used.
	Choices []kernels.Choice
}

// Param is one tensor that a step updates, unless it is frozen.
type Param struct {
	Name string
	// Source is the name in the trunk of the initializer, input or Constant that
	// holds the tensor; empty for heads and state.
	Source string
	Shape  []int64
	// Init says how the tensor starts.
	Init Init
	// Value is the start where Init.Rule is "value".
	Value []float32
	// Domain is the domain that the parameter or buffer belongs to, empty if
	// all share it.
	Domain string
	// Frozen parameters stay as they start.
	Frozen bool
	// Stop says why no gradient reaches a parameter that is not frozen: a step
	// does nothing to it but what the optimizer does by itself, such as weight
	// decay. nil for all others.
	Stop *autodiff.Stop
	// Of names the parameter that state belongs to.
	Of string
}

// Names of the fixed inputs and outputs of the graphs.
const (
	InputX             = "x"
	InputWeights       = "loss_weights"
	InputRate          = "learning_rate"
	InputStep          = "step"
	OutputLosses       = "losses"
	OutputSampleLosses = "sample_losses"
	OutputGradNorm     = "grad_norm"
	OutputGram         = "gram"
	OutputPrediction   = "prediction"
	OutputConfidence   = "confidence"
	OutputCorrect      = "correct"
	OutputScores       = "scores"
)

// TargetName is the name of a domain's target input.
func TargetName(domain string) string { return "target/" + domain }

// NextName is the output of Step that holds the next value of a Param, State
// or Buffer.
func NextName(param string) string { return "next/" + param }
