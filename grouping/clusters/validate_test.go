package clusters

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/effect"
)

// TestValidate refuses views of which parts do not belong together, and takes those of Look.
func TestValidate(t *testing.T) {
	look := func() *Views {
		v, err := Look([]string{"a", "b", "c", "d"}, [][]float64{{0, 0.2, -0.1, -0.1}, {0.2, 0, -0.1, -0.1}, {-0.1, -0.1, 0, 0.2}, {-0.1, -0.1, 0.2, 0}}, Config{Gains: true, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for says, damage := range map[string]func(*Views){
		"":                                     func(*Views) {},
		"domains: \"a\" stands there twice":    func(v *Views) { v.Domains = []string{"a", "a", "b", "c"} },
		"order: groups of 3 of 4 domains":      func(v *Views) { v.Order = v.Order[:3] },
		"matrix: 3 elements instead of 4":      func(v *Views) { v.Matrix = v.Matrix[:3] },
		"matrix[1]: 2 elements instead of 4":   func(v *Views) { v.Matrix[1] = v.Matrix[1][:2] },
		"views[2].groups: groups of":           func(v *Views) { v.Views[2].Groups = v.Views[2].Groups[:1] },
		"views[0].within: 0 elements instead":  func(v *Views) { v.Views[0].Within = nil },
		"views[0].together: 9 elements instea": func(v *Views) { v.Views[0].Together = append(v.Views[0].Together, make([]effect.Number, 9)...)[:9] },
		"views[1]: -1 counts nothing":          func(v *Views) { v.Views[1].K = -1 },
		"views[1]: 7 is no chance":             func(v *Views) { v.Views[1].P = 7 },
	} {
		v := look()
		damage(v)
		if err := v.Validate(); (says == "") != (err == nil) || !strings.Contains(fmt.Sprint(err), says) {
			t.Errorf("%v, want %q", err, says)
		}
	}
}
