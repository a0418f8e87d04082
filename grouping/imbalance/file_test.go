package imbalance

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/effect"
)

// TestValidate refuses lists that do not belong together.
func TestValidate(t *testing.T) {
	for says, damage := range map[string]func(*File){
		"":                        func(*File) {},
		"levels[1].samples: 1":    func(f *File) { f.Levels[1].Samples = []int{7} },
		"levels[0].samples: -3":   func(f *File) { f.Levels[0].Samples[1] = -3 },
		"domains[0].gains: 0":     func(f *File) { f.Domains[0].Gains = nil },
		"levels: there are none":  func(f *File) { f.Levels, f.Domains[0].Gains, f.Domains[1].Gains = nil, nil, nil },
		"level: 3 is no chance":   func(f *File) { f.Level = 3 },
		"domains[1].gains: 3 ele": func(f *File) { f.Domains[1].Gains = make([]effect.Interval, 3) },
	} {
		f := &File{Judgement: Judgement{
			Levels:  []Level{{Samples: []int{100, 400}}, {Samples: []int{100, 100}, Equal: true}},
			Domains: []Domain{{Name: "a", Gains: make([]effect.Interval, 2)}, {Name: "b", Gains: make([]effect.Interval, 2)}},
		}}
		damage(f)
		if err := f.Validate(); (says == "") != (err == nil) || !strings.Contains(fmt.Sprint(err), says) {
			t.Errorf("%v, want %q", err, says)
		}
	}
}
