// Package orttest gives tests what they need of the machine: ONNX Runtime, and
// the right to be skipped where something is missing.
//
// A test that is skipped proves nothing, and nobody sees it. Where the
// environment variable SHAREWISE_TESTS is "all", as in continuous integration,
// what is missing is therefore a failure.
package orttest

import (
	"os"
	"testing"

	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/ort"
)

// Variable is the environment variable that forbids skipping, by the value
// "all".
const Variable = "SHAREWISE_TESTS"

// Main runs a package's tests in a program that answers probes, as kernels that nobody has
// proven on this machine yet need.
func Main(m *testing.M) {
	ort.MaybeProbe()
	os.Exit(m.Run())
}

// Backend returns the installed ONNX Runtime. Without one the test is skipped.
func Backend(t testing.TB) exec.Backend {
	t.Helper()
	b, err := ort.Default("")
	if err != nil {
		Missing(t, "needs ONNX Runtime: run 'make runtime' first (%v)", err)
	}
	return b
}

// Missing skips a test for want of something, or fails it where nothing may be
// skipped.
func Missing(t testing.TB, format string, args ...any) {
	t.Helper()
	if os.Getenv(Variable) == "all" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}

// Kernels returns the installed ONNX Runtime if it has kernels. Without any the
// test is skipped.
func Kernels(t testing.TB) exec.Backend {
	t.Helper()
	b := Backend(t)
	if _, err := ort.KernelsOf(b); err != nil {
		Missing(t, "needs kernels: run 'make kernels' first (%v)", err)
	}
	return b
}
