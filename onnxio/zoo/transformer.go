package zoo

import (
	"fmt"
	"math"

	"github.com/sharewise/sharewise/onnxio"
)

// Sizes of the transformer at width 1.
const (
	maxPatches  = 32 // that a window is cut into
	modelSize   = 64 // elements of a token
	headSize    = 16 // of an attention head, at any width
	layerCount  = 2
	feedForward = 2 // hidden units per element of a token
)

// padMask is what attention adds to the scores of padding: large enough that
// no other score matters, small enough that sums stay finite.
const padMask = -1e9

// encoder is a transformer under construction. Values between its parts are
// matrices with a row per token, [N·tokens, size].
type encoder struct {
	*layers
	size, heads, tokens int
	mask                string // [N,1,1,tokens], added to scores; "" for none
}

// transformer is an encoder for windows or, with a vocabulary, for tokens.
func transformer(l *layers) error {
	e := &encoder{layers: l, size: max(headSize, headSize*int(math.Round(l.cfg.Width*modelSize/headSize)))}
	e.heads = e.size / headSize
	kept, err := e.embed()
	if err != nil {
		return err
	}
	for i := range layerCount {
		e.layer(fmt.Sprintf("layers.%d", i))
	}
	l.last = e.norm("norm", l.last)
	e.mean(kept)
	return nil
}

// embed brings samples to tokens and returns which of them are no padding,
// [N,tokens] with 0 and 1; "" says that all are.
func (e *encoder) embed() (kept string, err error) {
	if e.cfg.Vocabulary > 0 {
		if len(e.shape) != 1 {
			return "", fmt.Errorf("samples of shape %s; tokens need the length alone", FormatShape(e.shape))
		}
		e.tokens = e.shape[0]
		kept = e.embedTokens()
	} else {
		if len(e.shape) != 2 || e.shape[1] < minLength {
			return "", fmt.Errorf("samples of shape %s; need channels x length, with a length of %d or more, or a vocabulary for tokens",
				FormatShape(e.shape), minLength)
		}
		e.embedWindow()
	}
	positions := e.param("positions", "truncated_normal std=0.02", e.tokens, e.size)
	e.last = e.b.Op("Add", []string{e.last, positions})
	e.last = e.rows(e.last, e.size)
	return kept, nil
}

// embedTokens looks up the vector of every token and masks padding.
func (e *encoder) embedTokens() (kept string) {
	v := e.cfg.Vocabulary
	table := e.param("embedding.weight", "truncated_normal std=0.02", v, e.size)
	ids := e.b.Op("Cast", []string{e.last}, onnxio.IntAttr("to", int64(onnxio.Int64)))
	e.last = e.b.Op("Gather", []string{table, ids}, onnxio.IntAttr("axis", 0))
	padding := e.b.Op("Equal", []string{ids, e.b.Int64(int64(e.cfg.Padding))})
	padding = e.b.Op("Cast", []string{padding}, onnxio.IntAttr("to", int64(onnxio.Float32)))
	mask := e.b.Op("Mul", []string{padding, e.b.Float(padMask)})
	e.mask = e.b.Op("Unsqueeze", []string{mask, e.b.Int64s(1, 2)})
	return e.b.Op("Sub", []string{e.b.Float(1), padding})
}

// embedWindow cuts the window into patches, the last of which zeros complete.
func (e *encoder) embedWindow() {
	length, patch := e.shape[1], 1
	for ceilDiv(length, patch) > maxPatches {
		patch *= 2
	}
	e.tokens = ceilDiv(length, patch)
	in := e.shape[0]
	w := e.param("patch.weight", heUniform(in*patch), e.size, in, patch)
	bias := e.param("patch.bias", "zeros", e.size)
	attrs := []*onnxio.Attribute{onnxio.IntsAttr("kernel_shape", int64(patch)), onnxio.IntsAttr("strides", int64(patch))}
	if rest := e.tokens*patch - length; rest > 0 {
		attrs = append(attrs, onnxio.IntsAttr("pads", 0, int64(rest)))
	}
	x := e.b.Op("Conv", []string{e.last, w, bias}, attrs...)
	e.last = e.b.Op("Transpose", []string{x}, onnxio.IntsAttr("perm", 0, 2, 1))
}

// layer is attention and then a feed-forward network, each on the normalised
// tokens and added to them.
func (e *encoder) layer(name string) {
	x := e.last
	a := e.attention(name+".self_attn", e.norm(name+".norm1", x))
	x = e.b.Op("Add", []string{x, a})
	h := e.project(name+".linear1", e.norm(name+".norm2", x), e.size, feedForward*e.size)
	h = e.project(name+".linear2", e.gelu(h), feedForward*e.size, e.size)
	e.last = e.b.Op("Add", []string{x, h})
}

// attention is softmax(Q·Kᵀ/√d)·V per head, projected.
func (e *encoder) attention(name, x string) string {
	joint := e.gemm(x, name+".in_proj_weight", name+".in_proj_bias", e.size, 3*e.size)
	tokens, d := int64(e.tokens), int64(headSize)
	joint = e.b.Op("Reshape", []string{joint, e.b.Int64s(-1, tokens, int64(3*e.heads), d)})
	joint = e.b.Op("Transpose", []string{joint}, onnxio.IntsAttr("perm", 0, 2, 1, 3))
	h := int64(e.heads)
	parts := e.b.Ops("Split", 3, []string{joint, e.b.Int64s(h, h, h)}, onnxio.IntAttr("axis", 1))
	q := e.b.Op("Mul", []string{parts[0], e.b.Float(float32(1 / math.Sqrt(headSize)))})
	k := e.b.Op("Transpose", []string{parts[1]}, onnxio.IntsAttr("perm", 0, 1, 3, 2))
	scores := e.b.Op("MatMul", []string{q, k})
	if e.mask != "" {
		scores = e.b.Op("Add", []string{scores, e.mask})
	}
	weights := e.b.Op("Softmax", []string{scores}, onnxio.IntAttr("axis", -1))
	y := e.b.Op("MatMul", []string{weights, parts[2]})
	y = e.b.Op("Transpose", []string{y}, onnxio.IntsAttr("perm", 0, 2, 1, 3))
	return e.project(name+".out_proj", e.rows(y, e.size), e.size, e.size)
}

// project is a fully connected layer over every token.
func (e *encoder) project(name, x string, in, out int) string {
	return e.gemm(x, name+".weight", name+".bias", in, out)
}

func (e *encoder) gemm(x, weight, bias string, in, out int) string {
	w := e.param(weight, fmt.Sprintf("xavier_uniform fan_in=%d fan_out=%d", in, out), out, in)
	b := e.param(bias, "zeros", out)
	return e.b.Op("Gemm", []string{x, w, b}, onnxio.IntAttr("transB", 1))
}

func (e *encoder) norm(name, x string) string {
	scale := e.param(name+".weight", "ones", e.size)
	bias := e.param(name+".bias", "zeros", e.size)
	return e.b.Op("LayerNormalization", []string{x, scale, bias}, onnxio.IntAttr("axis", -1))
}

// gelu is x·Φ(x) (Hendrycks, Gimpel: Gaussian Error Linear Units, 2016).
func (e *encoder) gelu(x string) string {
	erf := e.b.Op("Erf", []string{e.b.Op("Mul", []string{x, e.b.Float(float32(math.Sqrt(0.5)))})})
	half := e.b.Op("Mul", []string{x, e.b.Float(0.5)})
	return e.b.Op("Mul", []string{half, e.b.Op("Add", []string{erf, e.b.Float(1)})})
}

// rows makes a matrix with a row per token.
func (e *encoder) rows(x string, size int) string {
	return e.b.Op("Reshape", []string{x, e.b.Int64s(-1, int64(size))})
}

// mean is that of a sample's tokens, of those that are kept.
func (e *encoder) mean(kept string) {
	x := e.b.Op("Reshape", []string{e.last, e.b.Int64s(-1, int64(e.tokens), int64(e.size))})
	e.shape = []int{e.size}
	if kept == "" {
		e.last = e.b.Op("ReduceMean", []string{x}, onnxio.IntsAttr("axes", 1), onnxio.IntAttr("keepdims", 0))
		return
	}
	weights := e.b.Op("Unsqueeze", []string{kept, e.b.Int64s(1)}) // [N,1,tokens]
	sum := e.b.Op("Squeeze", []string{e.b.Op("MatMul", []string{weights, x}), e.b.Int64s(1)})
	count := e.b.Op("ReduceSum", []string{kept, e.b.Int64s(1)}, onnxio.IntAttr("keepdims", 1))
	count = e.b.Op("Max", []string{count, e.b.Float(1)})
	e.last = e.b.Op("Div", []string{sum, count})
}
