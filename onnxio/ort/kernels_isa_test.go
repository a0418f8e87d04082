package ort_test

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio/ort"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
)

// TestInstructionSets runs the other tests of kernels with the loops for less than
// this processor has, each in a process of its own: a library chooses once.
func TestInstructionSets(t *testing.T) {
	const variable = "SHAREWISE_KERNELS_ISA"
	k, err := ort.KernelsOf(orttest.Kernels(t))
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv(variable) != "" {
		fmt.Println("instructions:", k.ISA)
		return
	}
	for _, isa := range []string{"avx2", "plain"} {
		t.Run(isa, func(t *testing.T) {
			if isa == "avx2" && k.ISA != "avx2" && k.ISA != "avx512" {
				orttest.Missing(t, "needs a processor with AVX2")
			}
			const tests = "^(TestInstructionSets|TestKernelsAreProven|TestKernelCases|TestKernelsOnRandomShapes|TestKernelsDoNotDependOnThreads|TestKernelsOnEmptyBatches)$"
			cmd := exec.Command(os.Args[0], "-test.run", tests, "-test.v")
			cmd.Env = append(os.Environ(), variable+"="+isa, orttest.Variable+"=all", "SHAREWISE_KERNELS_ROUNDS=20")
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			if text := string(out); !strings.Contains(text, "instructions: "+isa) || strings.Count(text, "--- PASS") != 6 {
				t.Errorf("not all was tried:\n%s", text)
			}
		})
	}
}
