package lower

import "github.com/sharewise/sharewise/onnxio"

// refused is the rewriting of an operator that is known and has none.
func refused(why string) rewrite {
	return func(*call) []string {
		keepf("%s", why)
		return nil
	}
}

// foreign are domains of which no operator is rewritten, with what to do.
var foreign = map[string]string{
	"ai.onnx.ml":                 "this operator of classical machine learning has no gradient here; choose an output before it, or train the model with the library that it comes from",
	"com.microsoft.nchwc":        "it works on blocks of one machine; save the optimised model at level ORT_ENABLE_EXTENDED or below, or take the model as it was before optimisation",
	"com.ms.internal.nhwc":       "it belongs to another execution provider; save the optimised model with the CPU provider alone, or take the model as it was before optimisation",
	"ai.onnx.preview.training":   "it is a training step already, which ONNX Runtime does not run; take the model that it trains",
	"com.microsoft.experimental": "it belongs to an experimental execution provider; take the model as it was before optimisation",
	"org.pytorch.aten":           "it is an operator of PyTorch that its exporter did not translate; export it with operator_export_type ONNX or in a newer operator set",
	"aten":                       "it is an operator of PyTorch that its exporter did not translate; export it with operator_export_type ONNX or in a newer operator set",
	"prim":                       "it is an operator of PyTorch that its exporter did not translate; export it with operator_export_type ONNX or in a newer operator set",
	"pkg.onnxscript.torch_lib":   "its function is not in the model; export it again, with functions or with them inlined",
	"ai.onnx.contrib":            "it is an operator of onnxruntime-extensions, for pre- and postprocessing; cut it off",
	"com.microsoft.extensions":   "it is an operator of onnxruntime-extensions, for pre- and postprocessing; cut it off",
}

// hopeless are operators of ONNX Runtime that are not rewritten, with what to do.
var hopeless = map[string]string{
	"DecoderMaskedMultiHeadAttention": "it attends to keys and values kept from earlier steps; export the model without a cache of these",
	"GroupQueryAttention":             "it attends to keys and values kept from earlier steps; export the model without a cache of these (for example by optimum as task text-generation, not text-generation-with-past)",
	"PagedAttention":                  "it attends to keys and values kept from earlier steps; export the model without a cache of these",
	"SparseAttention":                 "it attends to keys and values kept from earlier steps; export the model without a cache of these",
	"BeamSearch":                      "it generates text; take the model inside that it calls",
	"GreedySearch":                    "it generates text; take the model inside that it calls",
	"Sampling":                        "it generates text; take the model inside that it calls",
	"WhisperBeamSearch":               "it generates text; take the model inside that it calls",
	"NhwcConv":                        "its channels come last; optimise the model without the NHWC transformer, or take it as it was before",
	"NhwcMaxPool":                     "its channels come last; quantize the model without the NHWC transformer, or take it as it was before",
	"NhwcFusedConv":                   "its channels come last; optimise the model without the NHWC transformer, or take it as it was before",
}

// unknown is why a node of a domain that is not ours has no gradient, nil if
// nothing more than that is known.
func unknown(n *onnxio.Node) rewrite {
	if why, ok := foreign[n.Domain]; ok {
		return refused(why)
	}
	if n.Domain == "com.microsoft" {
		if why, ok := hopeless[n.Op]; ok {
			return refused(why)
		}
		return refused("this operator of ONNX Runtime has no gradient here; take the model as it was before ONNX Runtime's optimizer or quantizer, or choose an output before it")
	}
	return nil
}
