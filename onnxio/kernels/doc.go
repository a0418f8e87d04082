// Package kernels describes the operators of a library for ONNX Runtime that
// computes convolutions, products of matrices, attention, normalisation, pooling,
// their gradients and whole optimizers faster than graphs of standard operators do.
// The library is optional, and its operators, of the domain "sharewise.kernels", never occur
// in a model that leaves this program: they are what training graphs are
// rewritten to, in memory, on a machine where the library has been proven.
//
// Activations are float32 and channels last: [N,H,W,C], and [N,L,C] for
// series. Weights are [K,C/group,kernel...], as the parameters of Conv are.
//
//	operator        inputs                          outputs
//	Conv            x, w, bias?, add?               y = [pool][relu](x∗w + bias + add)
//	ConvGradInput   dy, w                           dx
//	ConvGradWeight  x, dy                           dw, dbias?
//	BatchNorm       x, scale, bias, add?            y = [relu](norm(x) + add), mean, variance, inverse
//	BatchNormGrad   dy, x, y?, scale, mean, inverse dx, dscale, dbias, dadd?
//	MaxPool         x                               y, index?
//	MaxPoolGrad     dy, index                       dx
//	ReluGrad        dy, y                           dy where y > 0
//	Gemm            a, b, bias?                     y = [relu](a'·b' + bias), sums?
//	Gelu            x                               y = x·Φ(x)
//	GeluGrad        dy, x                           dx
//	LayerNorm       x, scale, bias                  y, mean, inverse
//	LayerNormGrad   dy, x, scale, mean, inverse     dx, dscale, dbias
//	SoftmaxGrad     dy, y                           dx = y·(dy − Σ dy·y)
//	Attention       q, k?, v?                       y, weights
//	AttentionGrad   dy, weights, q, k?, v?          dq, dk?, dv?
//	SGD             rate, clip, p…, g…, v…          squares, next p…, next v…
//	AdamW           rate, clip, step, p…, g…, m…, v…  squares, next p…, m…, v…
//	Adagrad         rate, clip, p…, g…, h…          squares, next p…, next h…
//	SumSquares      tensors…                        squares
//	DenseSteps      rates, numbers, weights, x, targets, classes, shapes, p…, states…
//	                                                losses, samples, norms, next p…, next states…
//
// Conv with the attribute pool takes the largest of every window of 2×2 pixels, or of 2
// of a series, that follow on each other, and adds nothing then. BatchNorm normalises with the statistics of the batch and gives these, the
// variance being that of a population, and inverse = 1/√(variance + epsilon).
// The index of MaxPool is, with the attribute ties, a mask of the places in the
// window that hold its maximum, among which MaxPoolGrad then shares, and else
// the first such place; with the attribute relu a window without a positive
// element has none, 0 and 255. ConvGradWeight with the attribute exact gives zeros where
// all summands are. Convolutions with the attribute direct do without Winograd's algorithm, and so do their gradients. Gemm transposes factors that transA and transB name, and its
// sums are those of the columns of a transposed a, the gradient of a bias. LayerNorm,
// its gradient and that of Softmax are over the last dimension. Queries, keys and
// values of Attention are [batch,tokens,heads,size], or q holds all three, along the
// heads; weights are the softmax [batch,heads,tokens,tokens]. Optimizers multiply every gradient by clip; squares is
// the sum of the squared gradients before that, [1]. Package training has their
// formulas, which attributes parametrise.
//
// DenseSteps takes steps of training of layers y = [relu](x·W + bias) in turn, and of one such
// layer, a head, with a loss for the rows of each domain: as many steps as there are rates, of
// which each has its number, weights of the domains, [steps,domains], rows, [steps,rows,…], and
// targets, [steps,targets]: class numbers of the cross entropy, values of other losses, domain
// after domain. Attributes have by layer the units, whether Relu follows, whether there
// is a bias, and whether weights are [units,inputs] (turned) or [inputs,units]; by domain the
// outputs, the rows, the loss (0 cross entropy, 1 binary cross entropy, 2 squared error, 3 Huber's)
// and whether targets may be no numbers and then are left out (masked); further the update rule (0 SGD, 1 AdamW, 2
// Adagrad) with its attributes, and the norm above which gradients are clipped, or 0. Classes are
// the weights of all outputs, shapes, [domains,2], smoothing and Huber's delta. p are the weights and
// bias of each layer, then of each head; states follow in the same order.
package kernels
