package lower_test

import "github.com/sharewise/sharewise/onnxio"

func signalSamples() []sample {
	one := func(v int64) operand { return operand{shape: []int64{}, longs: []int64{v}, fixed: true} }
	dft := func(about string, in []operand, attrs ...*onnxio.Attribute) sample {
		return sample{about: about, op: "DFT", in: in, attrs: attrs}
	}
	all := []sample{
		dft("real", []operand{of(2, 6, 1)}),
		dft("complex", []operand{of(2, 5, 2)}),
		dft("one side", []operand{of(2, 7, 1)}, intA("onesided", 1)),
		dft("inverse", []operand{of(2, 6, 2)}, intA("inverse", 1)),
		dft("first of two dimensions", []operand{of(2, 3, 4, 1)}, intA("axis", 1)),
		dft("second of two dimensions", []operand{of(2, 3, 4, 2)}, intA("axis", 2)),
		dft("longer", []operand{of(2, 5, 1), one(8)}),
		dft("shorter", []operand{of(2, 5, 1), one(4)}, intA("onesided", 1)),
		{about: "axis is an input", op: "DFT", opset: 20, in: []operand{of(2, 3, 4, 1), none, one(1)}},
		{about: "window", op: "STFT", in: []operand{of(2, 20, 1), one(4), weight(8)}},
		{about: "no window", op: "STFT", in: []operand{of(2, 21, 1), one(5), none, one(6)}, attrs: attrs(intA("onesided", 0))},
		{about: "length", op: "STFT", in: []operand{of(1, 16, 1), one(2), weight(8), one(8)}},
	}
	return all
}
