package onnxio

import (
	"fmt"
	"slices"
)

// normalizationOps bring values to a common scale.
var normalizationOps = []operator{
	{"", "BatchNormalization", 1, "X scale B mean var -> Y mean? var? saved_mean? saved_var?", "consumed_inputs:ints! epsilon:float is_test:int momentum:float spatial:int", batchNormalization},
	{"", "BatchNormalization", 6, "X scale B mean var -> Y mean? var? saved_mean? saved_var?", "epsilon:float is_test:int momentum:float spatial:int", batchNormalization},
	{"", "BatchNormalization", 7, "X scale B mean var -> Y mean? var? saved_mean? saved_var?", "epsilon:float momentum:float spatial:int", batchNormalization},
	{"", "BatchNormalization", 9, "X scale B mean var -> Y mean? var? saved_mean? saved_var?", "epsilon:float momentum:float", batchNormalization},
	{"", "BatchNormalization", 14, "X scale B input_mean input_var -> Y running_mean? running_var?", "epsilon:float momentum:float training_mode:int", batchNormalization},
	{"", "GroupNormalization", 18, "X scale bias -> Y", "epsilon:float num_groups:int!", sameAsInput},
	{"", "GroupNormalization", 21, "X scale bias -> Y", "epsilon:float num_groups:int! stash_type:int", sameAsInput},
	{"", "Hardmax", 1, "input -> output", "axis:int", softmax},
	{"", "InstanceNormalization", 1, "input scale B -> output", "consumed_inputs:ints epsilon:float", sameAsInput},
	{"", "InstanceNormalization", 6, "input scale B -> output", "epsilon:float", sameAsInput},
	{"", "LRN", 1, "X -> Y", "alpha:float beta:float bias:float size:int!", sameAsInput},
	// Since 17 in ONNX; ONNX Runtime's optimizer writes it into older models.
	{"", "LayerNormalization", 1, "X Scale B? -> Y Mean? InvStdDev?", "axis:int epsilon:float stash_type:int", layerNormalization},
	{"", "LogSoftmax", 1, "input -> output", "axis:int", softmax},
	{"", "LpNormalization", 1, "input -> output", "axis:int p:int", sameAsInput},
	{"", "MeanVarianceNormalization", 9, "X -> Y", "axes:ints", sameAsInput},
	{"", "RMSNormalization", 23, "X scale -> Y", "axis:int epsilon:float stash_type:int", sameAsInput},
	// Of ONNX Runtime's optimizer, before there was RMSNormalization.
	{"", "SimplifiedLayerNormalization", 1, "X scale -> Y inv_std_var?", "axis:int epsilon:float stash_type:int", sameAsInput},
	{"", "RotaryEmbedding", 23, "X cos_cache sin_cache position_ids? -> Y", "interleaved:int num_heads:int rotary_embedding_dim:int", sameAsInput},
	{"", "Softmax", 1, "input -> output", "axis:int", softmax},
}

// batchNormalization: input [N,C,...] with four vectors [C].
func batchNormalization(c *call) error {
	if n, most := len(c.out), map[bool]int{false: 5, true: 3}[c.opset >= 14]; n != 1 && n != most {
		return fmt.Errorf("%d outputs; there are 1 or %d", n, most)
	}
	if c.node.IntOr("spatial", 1) == 1 {
		channels := Dim{Size: -1}
		if x := c.shape(0); len(x) > 1 {
			channels = x[1]
		}
		for i, what := range []string{"scale", "bias", "mean", "variance"} {
			if err := checkVector(c.shape(i+1), channels, what); err != nil {
				return err
			}
		}
	}
	for i, v := range c.out[1:] {
		from := 3 + i%2
		v.Type, v.Shape = c.typ(from), slices.Clone(c.shape(from))
	}
	return sameAsInput(c)
}

// layerNormalization also gives mean and inverse deviation, with size 1 where
// it normalizes.
func layerNormalization(c *call) error {
	dt := DataType(c.node.IntOr("stash_type", int64(Float32)))
	stat := slices.Clone(c.shape(0))
	if stat != nil {
		a, err := axis(c.node.IntOr("axis", -1), len(stat))
		if err != nil {
			return err
		}
		if err := broadcastTo(c.shape(1), stat); err != nil {
			return fmt.Errorf("scale: %w", err)
		}
		if err := broadcastTo(c.shape(2), stat); err != nil {
			return fmt.Errorf("bias: %w", err)
		}
		for i := a; i < len(stat); i++ {
			stat[i] = Dim{Size: 1}
		}
	}
	c.set(1, dt, stat)
	c.set(2, dt, stat)
	return sameAsInput(c)
}

func softmax(c *call) error {
	def := int64(-1)
	if c.opset < 13 {
		def = 1
	}
	if x := c.shape(0); x != nil {
		if len(x) == 0 {
			return fmt.Errorf("a scalar has no axis")
		}
		// Old versions allowed an axis one past the end.
		a := c.node.IntOr("axis", def)
		if _, err := axis(a, len(x)); err != nil && (c.opset >= 13 || a != int64(len(x))) {
			return err
		}
	}
	return sameAsInput(c)
}
