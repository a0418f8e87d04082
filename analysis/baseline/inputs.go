package baseline

import (
	"fmt"
	"strings"

	"github.com/sharewise/sharewise/analysis/dataset"
)

// inputs turns samples of a domain into rows of numbers.
type inputs struct {
	size    int // numbers of a sample as they are gathered
	columns int // of a row
	// words are the sizes of the columns of words, whose codes end a sample.
	words []int
	// Pictures and windows that are averaged: their shape, and the side of a
	// block, 1 for none.
	planes, height, width, block int
}

// mostPlain is the number of numbers of a picture or window that is taken as it
// is.
const mostPlain = 4096

func inputsOf(d *dataset.Domain) *inputs {
	in := &inputs{size: 1, block: 1}
	for _, s := range d.Shape {
		in.size *= s
	}
	in.columns = in.size
	for _, c := range d.Categories {
		in.words = append(in.words, len(c.Words)+1)
		in.columns += len(c.Words)
	}
	if n := len(d.Shape); n > 1 && in.size > mostPlain {
		in.width, in.height = d.Shape[n-1], 1
		if n > 2 {
			in.height = d.Shape[n-2]
		}
		in.planes = in.size / (in.width * in.height)
		for in.columns > mostPlain && in.block < max(in.width, in.height) {
			in.block++
			in.columns = in.planes * blocks(in.height, in.block) * blocks(in.width, in.block)
		}
	}
	return in
}

func blocks(n, side int) int { return (n + side - 1) / side }

// note says what was done to samples, empty for nothing.
func (in *inputs) note(d *dataset.Domain) string {
	if in.block == 1 {
		return ""
	}
	shape := strings.ReplaceAll(strings.Trim(fmt.Sprint(d.Shape), "[]"), " ", " × ")
	side := fmt.Sprintf("%d × %d", in.block, in.block)
	if in.height == 1 {
		side = fmt.Sprint(in.block)
	}
	return fmt.Sprintf("samples of %s numbers were averaged over blocks of %s, which leaves %d", shape, side, in.columns)
}

// row writes the row of a sample, x, into out.
func (in *inputs) row(x, out []float32) {
	if in.block > 1 {
		in.average(x, out)
		return
	}
	numbers := len(x) - len(in.words)
	copy(out, x[:numbers])
	clear(out[numbers:])
	at := numbers
	for k, size := range in.words {
		if code := int(x[numbers+k]); code >= 0 && code < size {
			out[at+code] = 1
		}
		at += size
	}
}

// average writes the means of blocks.
func (in *inputs) average(x, out []float32) {
	rows, cols := blocks(in.height, in.block), blocks(in.width, in.block)
	for p := range in.planes {
		plane := x[p*in.height*in.width:]
		for r := range rows {
			for c := range cols {
				top, left := r*in.block, c*in.block
				bottom, right := min(top+in.block, in.height), min(left+in.block, in.width)
				sum := 0.0
				for y := top; y < bottom; y++ {
					for _, v := range plane[y*in.width+left : y*in.width+right] {
						sum += float64(v)
					}
				}
				out[(p*rows+r)*cols+c] = float32(sum / float64((bottom-top)*(right-left)))
			}
		}
	}
}

// reader reads rows of a split.
func (in *inputs) reader(s *dataset.Split) func(sample int, out []float32) error {
	x, one := make([]float32, in.size), make([]int, 1)
	return func(sample int, out []float32) error {
		one[0] = sample
		if err := s.Gather(one, x); err != nil {
			return err
		}
		in.row(x, out)
		return nil
	}
}
