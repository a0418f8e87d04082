package onnxio

import "fmt"

// broadcast returns the common shape of shapes by ONNX's rule, which is
// NumPy's: sizes are compared from the last dimension on, and a 1 stretches.
// It returns nil if one of the ranks is unknown.
func broadcast(shapes ...Shape) (Shape, error) {
	rank := 0
	for _, s := range shapes {
		if s == nil {
			return nil, nil
		}
		rank = max(rank, len(s))
	}
	out := make(Shape, rank)
	for i := range out {
		out[i] = Dim{Size: 1}
		for _, s := range shapes {
			k := i - (rank - len(s))
			if k < 0 {
				continue
			}
			d, ok := broadcastDim(out[i], s[k])
			if !ok {
				return nil, fmt.Errorf("shapes %v do not broadcast", shapes)
			}
			out[i] = d
		}
	}
	return out, nil
}

// broadcastDim combines two sizes. A symbol facing a known size above 1 must
// turn out to be that size or 1.
func broadcastDim(a, b Dim) (d Dim, ok bool) {
	one := Dim{Size: 1}
	switch {
	case a == b, b == one:
		return a, true
	case a == one:
		return b, true
	case a.Known() && b.Known():
		return Dim{}, false
	case a.Known():
		return a, true
	case b.Known():
		return b, true
	}
	return Dim{Size: -1}, true
}

// broadcastTo checks that s can stretch to target without changing it.
func broadcastTo(s, target Shape) error {
	if s == nil || target == nil {
		return nil
	}
	out, err := broadcast(s, target)
	if err != nil {
		return err
	}
	if len(out) != len(target) {
		return fmt.Errorf("shape %v does not stretch to %v", s, target)
	}
	for i := range out {
		if out[i].Known() && target[i].Known() && out[i] != target[i] {
			return fmt.Errorf("shape %v does not stretch to %v", s, target)
		}
	}
	return nil
}

// elementwise combines the contents of two small integer tensors, of which
// one may be a single element. It returns nil if one is unknown.
func elementwise(a, b []number, f func(a, b number) number) []number {
	n := max(len(a), len(b))
	if a == nil || b == nil || len(a) != n && len(a) != 1 || len(b) != n && len(b) != 1 {
		return nil
	}
	out := make([]number, n)
	for i := range out {
		out[i] = f(a[min(i, len(a)-1)], b[min(i, len(b)-1)])
	}
	return out
}
