package effect

import (
	"testing"

	"github.com/sharewise/sharewise/analysis/measures"
)

// TestErrorForms makes sure that every measure has an error, and no other has
// one: those of answers and losses are means of what runs hold.
func TestErrorForms(t *testing.T) {
	for _, m := range measures.All {
		if f := errorForms[m.Name]; (f.parts != nil) != m.Apart() {
			t.Errorf("%s: form %v, gains apart from effects: %t", m.Name, f.parts != nil, m.Apart())
		}
	}
	for name := range errorForms {
		if !measures.Known(name) {
			t.Errorf("the form of %q belongs to no measure", name)
		}
	}
}
