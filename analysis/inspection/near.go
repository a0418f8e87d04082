package inspection

import (
	"context"
	"image"
	"math"
	"math/bits"

	"golang.org/x/image/draw"

	"github.com/sharewise/sharewise/analysis/dataset"
)

// Near counts test images that nearly look like a training image of the same
// domain without being equal: frames of one film, crops of one photograph.
type Near struct {
	// Bits is the most in which the hashes of a match differ.
	Bits int `json:"bits"`
	// Compared is how many test images were looked at: all, or evenly spaced
	// ones where there are too many.
	Compared int `json:"compared"`
	// Suspected is how many of them have a match. The first of the nearest
	// training images is the match, if it correlates.
	Suspected int `json:"suspected"`
	// SameAnswer is how many of these have the label of their match.
	SameAnswer int     `json:"same_answer"`
	Examples   []Match `json:"examples"`
}

const (
	// mostComparisons bounds the pairs of hashes that are held against each
	// other, a second or two.
	mostComparisons = 2e9
	// leastCorrelation is what the pixels of a match correlate at least.
	leastCorrelation = 0.9
)

// nearOf returns nil for domains without images.
func nearOf(ctx context.Context, d *dataset.Domain, most int) (*Near, error) {
	if kindOf(d) != "image" {
		return nil, nil
	}
	training, err := hashes(ctx, d.Train)
	if err != nil {
		return nil, err
	}
	out := &Near{Bits: most}
	x, y := make([]float64, sizeOf(d)), make([]float64, sizeOf(d))
	n := d.Test.Len()
	out.Compared = min(n, max(1, int(mostComparisons/float64(len(training)))))
	for k := range out.Compared {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		i := k * n / out.Compared
		h := differenceHash(d.Test.Preview(i).Image)
		best, at := most+1, -1
		for j, g := range training {
			if b := bits.OnesCount64(h ^ g); b < best {
				best, at = b, j
			}
		}
		if at < 0 {
			continue
		}
		d.Test.Raw(i, x)
		d.Train.Raw(at, y)
		if r := correlation(x, y); r < leastCorrelation || sameBits(x, y) {
			continue
		}
		out.Suspected++
		a, b := placeOf(d, test, i), placeOf(d, train, at)
		if a.Answer == b.Answer {
			out.SameAnswer++
		}
		if len(out.Examples) < mostExamples {
			out.Examples = append(out.Examples, Match{a, b})
		}
	}
	return out, nil
}

func hashes(ctx context.Context, s *dataset.Split) ([]uint64, error) {
	out := make([]uint64, s.Len())
	for i := range out {
		if i%1024 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		out[i] = differenceHash(s.Preview(i).Image)
	}
	return out, nil
}

// differenceHash is the perceptual hash known as dHash (Krawetz 2013): the
// image in grey, scaled to nine by eight pixels, gives a bit for each pixel that
// is darker than its right neighbour.
func differenceHash(m image.Image) uint64 {
	small := image.NewGray(image.Rect(0, 0, 9, 8))
	draw.BiLinear.Scale(small, small.Bounds(), m, m.Bounds(), draw.Src, nil)
	var h uint64
	for y := range 8 {
		for x := range 8 {
			h <<= 1
			if small.Pix[y*small.Stride+x] < small.Pix[y*small.Stride+x+1] {
				h |= 1
			}
		}
	}
	return h
}

// correlation is Pearson's, 0 where a side does not vary.
func correlation(x, y []float64) float64 {
	mx, sx := meanAndDeviation(x)
	my, sy := meanAndDeviation(y)
	if sx == 0 || sy == 0 {
		return 0
	}
	sum := 0.0
	for i := range x {
		sum += (x[i] - mx) * (y[i] - my)
	}
	return math.Min(1, sum/float64(len(x))/(sx*sy))
}
