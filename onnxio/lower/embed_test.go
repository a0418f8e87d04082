package lower_test

func embedSamples() []sample {
	const microsoft = "com.microsoft"
	words := operand{shape: []int64{2, 3}, ints: []int32{4, 0, 2, 1, 1, 3}}
	segments := operand{shape: []int64{2, 3}, ints: []int32{0, 1, 1, 0, 0, 1}}
	mask := operand{shape: []int64{2, 3}, ints: []int32{1, 1, 0, 1, 1, 1}}
	places := operand{shape: []int64{2, 3}, ints: []int32{2, 1, 0, 3, 3, 1}}
	tables := []operand{weight(5, 8), weight(4, 8), weight(2, 8), weight(8), weight(8)}
	embed := func(about string, in ...operand) sample {
		return sample{about: about, domain: microsoft, op: "EmbedLayerNormalization", outputs: 2, in: in, attrs: attrs(floatA("epsilon", 1e-3))}
	}
	with := func(first, second operand, more ...operand) []operand {
		return append(append([]operand{first, second}, tables...), more...)
	}
	all := []sample{
		embed("segments", with(words, segments)...),
		embed("no segments", words, none, tables[0], tables[1], none, tables[3], tables[4]),
		embed("mask and positions", with(words, segments, mask, places)...),
	}
	angles := []operand{weight(6, 2), weight(6, 2)}
	first := operand{shape: []int64{1}, longs: []int64{2}}
	at := operand{shape: []int64{2, 3}, longs: []int64{0, 1, 2, 5, 4, 3}}
	for _, s := range []sample{
		{about: "rank 4", in: []operand{of(2, 2, 3, 4), at, angles[0], angles[1]}},
		{about: "rank 3", in: []operand{of(2, 3, 8), at, angles[0], angles[1]}},
		{about: "interleaved", in: []operand{of(2, 2, 3, 4), at, angles[0], angles[1]}, attrs: attrs(intA("interleaved", 1))},
		{about: "first position", in: []operand{of(2, 2, 3, 4), first, angles[0], angles[1]}},
		{about: "part of a head", in: []operand{of(2, 3, 12), at, angles[0], angles[1]}, attrs: attrs(intA("num_heads", 2), intA("rotary_embedding_dim", 4))},
		{about: "scaled", in: []operand{of(2, 2, 3, 4), at, angles[0], angles[1]}, attrs: attrs(floatA("scale", 0.5)), kept: "scale"},
	} {
		s.domain, s.op = microsoft, "RotaryEmbedding"
		all = append(all, s)
	}
	for _, s := range []sample{
		{about: "standard", in: []operand{of(2, 2, 3, 4), angles[0], angles[1], at}},
		{about: "standard, rank 3", in: []operand{of(2, 3, 8), angles[0], angles[1], at}, attrs: attrs(intA("num_heads", 2))},
		{about: "standard, no positions", in: []operand{of(2, 2, 3, 4), weight(2, 3, 2), weight(2, 3, 2)}, attrs: attrs(intA("interleaved", 1))},
	} {
		s.op, s.opset = "RotaryEmbedding", 23
		all = append(all, s)
	}
	return all
}
