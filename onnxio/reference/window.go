package reference

// A window is the geometry of a kernel that slides over spatial dimensions.
type window struct {
	in, kernel, strides, dilations, begin, end, out []int
}

// Special taps.
const (
	padding = -1 // inside the padding
	beyond  = -2 // beyond it: the last window of ceil_mode may hang over
)

// newWindow reads the attributes that convolution and pooling share. in is
// the spatial shape of the input.
func newWindow(c *call, in, kernel []int) *window {
	w := &window{in: in, kernel: kernel}
	if k := c.ints("kernel_shape"); k != nil {
		if kernel != nil && !equalInts(k, kernel) {
			failf("kernel_shape %v, the weight says %v", k, kernel)
		}
		w.kernel = k
	}
	n := len(in)
	w.strides, w.dilations = orOnes(c.ints("strides"), n), orOnes(c.ints("dilations"), n)
	pads := c.ints("pads")
	if pads == nil {
		pads = make([]int, 2*n)
	}
	if len(w.kernel) != n || len(w.strides) != n || len(w.dilations) != n || len(pads) != 2*n {
		failf("kernel_shape, strides, dilations or pads do not have %d spatial dimensions", n)
	}
	for i := range n {
		if w.kernel[i] < 1 || w.strides[i] < 1 || w.dilations[i] < 1 {
			failf("kernel_shape %v, strides %v, dilations %v must be positive", w.kernel, w.strides, w.dilations)
		}
	}
	w.begin, w.end = pads[:n:n], pads[n:]
	return w
}

func orOnes(v []int, n int) []int {
	if v != nil {
		return v
	}
	v = make([]int, n)
	for i := range v {
		v[i] = 1
	}
	return v
}

func equalInts(a, b []int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// extent is the length that a dilated kernel covers.
func (w *window) extent(i int) int { return (w.kernel[i]-1)*w.dilations[i] + 1 }

// slide resolves auto_pad and computes how many windows there are.
func (w *window) slide(autoPad string, ceil bool) {
	w.out = make([]int, len(w.in))
	for i, size := range w.in {
		switch autoPad {
		case "NOTSET", "":
		case "VALID":
			w.begin[i], w.end[i] = 0, 0
		case "SAME_UPPER", "SAME_LOWER":
			windows := (size + w.strides[i] - 1) / w.strides[i]
			total := max((windows-1)*w.strides[i]+w.extent(i)-size, 0)
			w.begin[i], w.end[i] = total/2, total-total/2
			if autoPad == "SAME_LOWER" {
				w.begin[i], w.end[i] = w.end[i], w.begin[i]
			}
		default:
			failf("auto_pad %q", autoPad)
		}
		room := size + w.begin[i] + w.end[i] - w.extent(i)
		if room < 0 {
			failf("a window of %d does not fit into %d", w.extent(i), size+w.begin[i]+w.end[i])
		}
		w.out[i] = room/w.strides[i] + 1
		// A window may hang over the end only if it starts before the end
		// padding.
		if ceil && room%w.strides[i] != 0 && w.out[i]*w.strides[i] < size+w.begin[i] {
			w.out[i]++
		}
	}
}

// taps gives, for every window and every kernel element (both in row-major
// order), the position of the input element under it, or padding or beyond.
func (w *window) taps() [][]int {
	size(append(append([]int{}, w.out...), w.kernel...)) // stops where that would be too many
	all := [][]int{{}}
	// One dimension after the other, each refining windows and kernels.
	for i, size := range w.in {
		var next [][]int
		for _, lead := range all {
			for o := range w.out[i] {
				row := make([]int, 0, max(len(lead), 1)*w.kernel[i])
				for _, p := range orOrigin(lead, i) {
					for k := range w.kernel[i] {
						at := o*w.strides[i] + k*w.dilations[i] - w.begin[i]
						switch {
						case p < 0:
							row = append(row, p)
						case at >= 0 && at < size:
							row = append(row, p*size+at)
						case at >= size+w.end[i]:
							row = append(row, beyond)
						default:
							row = append(row, padding)
						}
					}
				}
				next = append(next, row)
			}
		}
		all = next
	}
	return all
}

// orOrigin starts the refinement of taps at the only position of an empty
// product of dimensions.
func orOrigin(lead []int, dim int) []int {
	if dim == 0 {
		return []int{0}
	}
	return lead
}
