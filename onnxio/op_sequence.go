package onnxio

// sequenceOps work on lists of tensors, which have no shape of their own.
var sequenceOps = []operator{
	{"", "ConcatFromSequence", 11, "input_sequence -> concat_result", "axis:int! new_axis:int", nil},
	{"", "SequenceAt", 11, "input_sequence position -> tensor", "", nil},
	{"", "SequenceConstruct", 11, "inputs... -> output_sequence", "", nil},
	{"", "SequenceEmpty", 11, "-> output", "dtype:int", nil},
	{"", "SequenceErase", 11, "input_sequence position? -> output_sequence", "", nil},
	{"", "SequenceInsert", 11, "input_sequence tensor position? -> output_sequence", "", nil},
	{"", "SequenceLength", 11, "input_sequence -> length", "", sequenceLength},
	{"", "SequenceMap", 17, "input_sequence additional_inputs* -> out_sequence...", "body:graph!", nil},
	{"", "SplitToSequence", 11, "input split? -> output_sequence", "axis:int keepdims:int", nil},
}

func sequenceLength(c *call) error {
	c.set(0, Int64, Shape{})
	return nil
}
