package remedies

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis"
)

// TestValidate refuses harms and remedies that no search writes.
func TestValidate(t *testing.T) {
	for says, damage := range map[string]func(*File){
		"":                            func(*File) {},
		`harms[0]: domain "c"`:        func(f *File) { f.Harms[0].Domain = "c" },
		"remedies[0]: it has no name": func(f *File) { f.Remedies[0].Name = "" },
		"remedies[0]: -1":             func(f *File) { f.Remedies[0].Trainings = -1 },
		`remedies[0]: "c" is none`:    func(f *File) { f.Remedies[0].Outcome.Others[0].Domain = "c" },
		"remedies[0]: 7 is no chance": func(f *File) { f.Remedies[0].Outcome.Domains[0].Adjusted = 7 },
		"trial: -5":                   func(f *File) { f.Trial.Seeds = -5 },
	} {
		pool := []string{"a", "b"}
		f := &File{
			Harms: []Harm{{Key: analysis.Key{Arm: "joint", Domain: "a"}, Pool: pool}}, Trial: &Trial{Seeds: 5},
			Remedies: []Remedy{{Name: "width 2", Pool: pool, Outcome: &Outcome{Domains: []Change{{Domain: "a", Adjusted: 0.1}}, Others: []Change{{Domain: "b"}}}}},
		}
		damage(f)
		if err := f.Validate(); (says == "") != (err == nil) || !strings.Contains(fmt.Sprint(err), says) {
			t.Errorf("%v, want %q", err, says)
		}
	}
}
