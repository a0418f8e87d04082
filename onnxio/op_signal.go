package onnxio

// signalOps transform signals; their shapes are not inferred.
var signalOps = []operator{
	{"", "BlackmanWindow", 17, "size -> output", "output_datatype:int periodic:int", nil},
	{"", "DFT", 17, "input dft_length? -> output", "axis:int inverse:int onesided:int", nil},
	{"", "DFT", 20, "input dft_length? axis? -> output", "inverse:int onesided:int", nil},
	{"", "HammingWindow", 17, "size -> output", "output_datatype:int periodic:int", nil},
	{"", "HannWindow", 17, "size -> output", "output_datatype:int periodic:int", nil},
	{"", "MelWeightMatrix", 17, "num_mel_bins dft_length sample_rate lower_edge_hertz upper_edge_hertz -> output", "output_datatype:int", nil},
	{"", "STFT", 17, "signal frame_step window? frame_length? -> output", "onesided:int", nil},
}
