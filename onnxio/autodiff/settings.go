package autodiff

import "github.com/sharewise/sharewise/onnxio"

// settingInputs lists, by operator, floating-point inputs that are settings
// or statistics, not weights.
var settingInputs = map[string][]int{
	"BatchNormalization": {3, 4}, // running mean and variance
	"Clip":               {1, 2},
	"DequantizeLinear":   {1},
	"Dropout":            {1},
	"OneHot":             {2},
	"Pad":                {2},
	"QuantizeLinear":     {1},
	"Resize":             {1, 2},
}

// Settings returns the names of values that nodes use as settings or statistics:
// tensors of these names are nothing to train.
func Settings(nodes []*onnxio.Node) map[string]bool {
	names := map[string]bool{}
	for _, n := range nodes {
		for _, i := range settingInputs[n.OpName()] {
			if i < len(n.Inputs) {
				names[n.Inputs[i]] = true
			}
		}
	}
	return names
}
