package evaluate

import (
	"slices"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/imagefile"
)

// sampleShape is how a sample lies in the input.
func (m *Model) sampleShape(d *dataset.Domain) []int {
	own := m.form.shapeOf(d)
	shape := slices.Clone(own)
	if m.form.Layout == ChannelsLast {
		shape = append(shape[1:], own[0])
	}
	if in := m.input.Shape; in != nil && !matches(in[1:], shape) {
		shape = shape[:0] // the input takes the same numbers in another shape: see layoutOf
		for _, k := range in[1:] {
			n := product(own)
			if k.Known() {
				n = int(k.Size)
			} else if len(in) > 2 {
				n = own[len(shape)+len(own)-len(in)+1]
			}
			shape = append(shape, n)
		}
	}
	return shape
}

// level brings images of 8 and of 16 bits to the depth that the form scales.
func (f *Form) level(x []float64, depth dataset.Depth) {
	own := f.Depth
	if own == "" && f.Learned != "" && depth == imagefile.Uint16 {
		own = imagefile.Uint8 // what models without that key take: see Deployment
	}
	if own == "" || own == depth {
		return
	}
	factor := float64(own.White() / depth.White())
	for i := range x {
		x[i] *= factor
	}
}

// scale normalises a raw sample into x.
func (f *Form) scale(raw []float64, x []float32) {
	if len(f.Mean) == 0 {
		for i, v := range raw {
			x[i] = float32(v)
		}
		return
	}
	if f.Rows != nil {
		for i, v := range raw {
			x[i] = float32(v)
		}
		f.Rows.Apply(x)
		for i, v := range x {
			x[i] = (v - f.Mean[i]) / f.Std[i]
		}
		return
	}
	area := len(x) / len(f.Mean)
	for c, mean := range f.Mean {
		offset := 0.0
		if f.Offset != nil {
			offset = f.Offset[c]
		}
		for i := c * area; i < (c+1)*area; i++ {
			x[i] = (float32(raw[i]-offset) - mean) / f.Std[c]
		}
	}
}

// lay writes a sample, channels first, in the layout of the input.
func (f *Form) lay(x, dst []float32, shape []int) {
	if f.Layout != ChannelsLast {
		copy(dst, x)
		return
	}
	channels := shape[0]
	area := len(x) / channels
	for c := range channels {
		for i := range area {
			dst[i*channels+c] = x[c*area+i]
		}
	}
}
