package merging

import (
	"math"
	"slices"
)

// Average is the mean of models,
//
//	(1/n) Σ θ_i
//
// (federated averaging: McMahan et al., Communication-Efficient Learning of Deep
// Networks from Decentralized Data, AISTATS 2017).
func Average(models [][]float32) []float32 {
	out := make([]float32, len(models[0]))
	for k := range out {
		sum := 0.0
		for _, m := range models {
			sum += float64(m[k])
		}
		out[k] = float32(sum / float64(len(models)))
	}
	return out
}

// Arithmetic adds the task vectors to the start,
//
//	θ0 + λ Σ (θ_i − θ0)
//
// (Ilharco et al., Editing Models with Task Arithmetic, ICLR 2023). A scale λ of 0
// stands for 1/√n, which leaves the sum of vectors that have nothing to do with each
// other as long as one of them; 1/n is the average.
func Arithmetic(start []float32, models [][]float32, scale float64) []float32 {
	if scale == 0 {
		scale = 1 / math.Sqrt(float64(len(models)))
	}
	out := make([]float32, len(start))
	for k, s := range start {
		sum := 0.0
		for _, m := range models {
			sum += float64(m[k]) - float64(s)
		}
		out[k] = float32(float64(s) + scale*sum)
	}
	return out
}

// TIES trims, elects signs and merges (Yadav et al., TIES-Merging: Resolving
// Interference When Merging Models, NeurIPS 2023):
//
//  1. Of every task vector the share density of its elements that are largest in
//     magnitude stays, and the others become 0. 0 stands for the authors' 0.2.
//  2. The sign of an element is that of the sum of the trimmed vectors.
//  3. The merged element is the mean of those trimmed elements, not 0, that have
//     this sign, and 0 where none has.
//
// The merged vector times scale is added to the start; 0 stands for 1.
func TIES(start []float32, models [][]float32, density, scale float64) []float32 {
	vectors := make([][]float32, len(models))
	for i, m := range models {
		vectors[i] = trimmed(start, m, density)
	}
	return elected(start, vectors, scale)
}

// elected is what TIES makes of trimmed task vectors.
func elected(start []float32, vectors [][]float32, scale float64) []float32 {
	if scale == 0 {
		scale = 1
	}
	out := make([]float32, len(start))
	for k, s := range start {
		votes := 0.0
		for _, v := range vectors {
			votes += float64(v[k])
		}
		sum, n := 0.0, 0
		for _, v := range vectors {
			if x := float64(v[k]); x*votes > 0 {
				sum, n = sum+x, n+1
			}
		}
		out[k] = s
		if n > 0 {
			out[k] = float32(float64(s) + scale*sum/float64(n))
		}
	}
	return out
}

// trimmed is a task vector of which a share of the elements stays, rounded up. Of
// equals those that come first stay.
func trimmed(start, model []float32, density float64) []float32 {
	if density == 0 {
		density = 0.2
	}
	v := make([]float32, len(start))
	sizes := make([]float32, len(start))
	for k := range v {
		v[k] = model[k] - start[k]
		sizes[k] = max(v[k], -v[k])
	}
	keep := min(len(v), int(math.Ceil(density*float64(len(v))-1e-9)))
	slices.Sort(sizes)
	least := float32(math.Inf(1))
	if keep > 0 {
		least = sizes[len(sizes)-keep]
	}
	above := 0
	for _, x := range v {
		if max(x, -x) > least {
			above++
		}
	}
	equals := keep - above
	for k, x := range v {
		switch size := max(x, -x); {
		case size > least:
		case size == least && equals > 0:
			equals--
		default:
			v[k] = 0
		}
	}
	return v
}
