package remedies_test

import (
	"os"
	"testing"

	"github.com/sharewise/sharewise/onnxio/ort"
)

func TestMain(m *testing.M) {
	ort.MaybeProbe()
	os.Exit(m.Run())
}
