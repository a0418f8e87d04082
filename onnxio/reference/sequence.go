package reference

// nonZero lists the places of the elements that are not zero: [rank, number].
func nonZero(c *call) *value {
	x := c.input(0)
	stride := strides(x.shape)
	places := make([][]int64, max(x.rank(), 1))
	for p := range x.len() {
		if x.number(p) == 0 {
			continue
		}
		if x.rank() == 0 {
			places[0] = append(places[0], 0)
		}
		for i, d := range x.shape {
			places[i] = append(places[i], int64(p/stride[i]%d))
		}
	}
	var all []int64
	for _, row := range places {
		all = append(all, row...)
	}
	return intValue([]int{len(places), len(places[0])}, all)
}

// reverseSequence turns the first elements of every sequence round, as many as
// its length says.
func reverseSequence(c *call) *value {
	x, lengths := c.input(0), c.input(1).ints()
	batch, time := c.int("batch_axis", 1), c.int("time_axis", 0)
	if x.rank() < 2 || batch == time || batch < 0 || batch > 1 || time < 0 || time > 1 || len(lengths) != x.shape[batch] {
		failf("%d lengths of shape %v along axes %d and %d", len(lengths), x.shape, batch, time)
	}
	stride := strides(x.shape)
	at := make([]int, x.len())
	for p := range at {
		t, n := p/stride[time]%x.shape[time], lengths[p/stride[batch]%x.shape[batch]]
		if n < 0 || n > x.shape[time] {
			failf("length %d of %d", n, x.shape[time])
		}
		at[p] = p
		if t < n {
			at[p] += (n - 1 - 2*t) * stride[time]
		}
	}
	return x.pick(x.shape, at, nil)
}
