package effect

import (
	"testing"

	"github.com/sharewise/sharewise/analysis/measures"
)

// TestErrorForms makes sure that every measure has an error, and no other has
// one: that of losses is a mean of what runs hold.
func TestErrorForms(t *testing.T) {
	for _, m := range measures.All {
		if f := errorForms[m.Name]; (f.parts != nil) != (m.Name != measures.Loss) {
			t.Errorf("%s: form %v", m.Name, f.parts != nil)
		}
	}
	for name := range errorForms {
		if !measures.Known(name) {
			t.Errorf("the form of %q belongs to no measure", name)
		}
	}
}
