package train

import (
	"testing"

	"github.com/sharewise/sharewise/onnxio/ort/orttest"
)

func TestMain(m *testing.M) { orttest.Main(m) }
