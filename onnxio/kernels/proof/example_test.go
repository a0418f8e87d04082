package proof_test

import (
	"fmt"

	"github.com/sharewise/sharewise/onnxio/kernels/proof"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// ExampleCase_Run holds a backend's kernel against what it must compute: here the
// pure Go one, whose operators are the definition.
func ExampleCase_Run() {
	rng := proof.Random(1)
	for _, c := range []*proof.Case{
		proof.Gemm(rng, proof.Product{Rows: 5, Columns: 7, Inner: 3, TransA: true, Sums: true}),
		proof.LayerNorm(rng, 4, 9),
	} {
		fmt.Println(c.Op, c.Run(reference.Backend(), 1))
	}
	// Output:
	// Gemm <nil>
	// LayerNorm <nil>
}
