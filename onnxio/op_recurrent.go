package onnxio

import (
	"fmt"
)

// recurrentOps run over a sequence [steps, batch, features], or [batch,
// steps, features] in layout 1.
var recurrentOps = []operator{
	{"", "GRU", 1, "X W R B? sequence_lens? initial_h? -> Y? Y_h", "activation_alpha:floats activation_beta:floats activations:strings clip:float direction:string hidden_size:int output_sequence:int", recurrent},
	{"", "GRU", 3, "X W R B? sequence_lens? initial_h? -> Y? Y_h?", "activation_alpha:floats activation_beta:floats activations:strings clip:float direction:string hidden_size:int linear_before_reset:int output_sequence:int", recurrent},
	{"", "GRU", 7, "X W R B? sequence_lens? initial_h? -> Y? Y_h?", "activation_alpha:floats activation_beta:floats activations:strings clip:float direction:string hidden_size:int linear_before_reset:int", recurrent},
	{"", "GRU", 14, "X W R B? sequence_lens? initial_h? -> Y? Y_h?", "activation_alpha:floats activation_beta:floats activations:strings clip:float direction:string hidden_size:int layout:int linear_before_reset:int", recurrent},
	{"", "LSTM", 1, "X W R B? sequence_lens? initial_h? initial_c? P? -> Y? Y_h? Y_c?", "activation_alpha:floats activation_beta:floats activations:strings clip:float direction:string hidden_size:int input_forget:int output_sequence:int", recurrent},
	{"", "LSTM", 7, "X W R B? sequence_lens? initial_h? initial_c? P? -> Y? Y_h? Y_c?", "activation_alpha:floats activation_beta:floats activations:strings clip:float direction:string hidden_size:int input_forget:int", recurrent},
	{"", "LSTM", 14, "X W R B? sequence_lens? initial_h? initial_c? P? -> Y? Y_h? Y_c?", "activation_alpha:floats activation_beta:floats activations:strings clip:float direction:string hidden_size:int input_forget:int layout:int", recurrent},
	{"", "RNN", 1, "X W R B? sequence_lens? initial_h? -> Y? Y_h?", "activation_alpha:floats activation_beta:floats activations:strings clip:float direction:string hidden_size:int output_sequence:int", recurrent},
	{"", "RNN", 7, "X W R B? sequence_lens? initial_h? -> Y? Y_h?", "activation_alpha:floats activation_beta:floats activations:strings clip:float direction:string hidden_size:int", recurrent},
	{"", "RNN", 14, "X W R B? sequence_lens? initial_h? -> Y? Y_h?", "activation_alpha:floats activation_beta:floats activations:strings clip:float direction:string hidden_size:int layout:int", recurrent},
}

func recurrent(c *call) error {
	x, r := c.shape(0), c.shape(2)
	if x != nil && len(x) != 3 {
		return fmt.Errorf("input has shape %v, need rank 3", x)
	}
	steps, batch, hidden := Dim{Size: -1}, Dim{Size: -1}, Dim{Size: -1}
	layout := c.node.IntOr("layout", 0)
	if x != nil {
		steps, batch = x[0], x[1]
		if layout != 0 {
			steps, batch = batch, steps
		}
	}
	if h := c.node.IntOr("hidden_size", -1); h > 0 {
		hidden = Dim{Size: h}
	} else if c.node.Attr("hidden_size") != nil {
		return fmt.Errorf("attribute hidden_size is %d", h)
	} else if len(r) == 3 {
		hidden = r[2]
	}
	directions := Dim{Size: 1}
	switch d := c.node.StringOr("direction", "forward"); d {
	case "forward", "reverse":
	case "bidirectional":
		directions = Dim{Size: 2}
	default:
		return fmt.Errorf("attribute direction: unknown value %q", d)
	}
	all, last := Shape{steps, directions, batch, hidden}, Shape{directions, batch, hidden}
	if layout != 0 {
		all, last = Shape{batch, steps, directions, hidden}, Shape{batch, directions, hidden}
	}
	c.set(0, c.typ(0), all)
	c.set(1, c.typ(0), last)
	c.set(2, c.typ(0), last)
	return nil
}
