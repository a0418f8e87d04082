package appraisal

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/grouping/economics"
)

// TestValidate refuses numbers of options that there are none of, and groups of others.
func TestValidate(t *testing.T) {
	for says, damage := range map[string]func(*Appraisal){
		"":                                func(*Appraisal) {},
		"best: there is no element 2":     func(a *Appraisal) { a.Best = 2 },
		"subject: there is no element -1": func(a *Appraisal) { a.Subject = -1 },
		"draws: -1":                       func(a *Appraisal) { a.Draws = -1 },
		"options[1]: groups of 1 of 2":    func(a *Appraisal) { a.Options[1].Groups = [][]string{{"a"}} },
		"options[1]: 2 is no chance":      func(a *Appraisal) { a.Options[1].Pays = 2 },
		`domains[0]: "c" is none`:         func(a *Appraisal) { a.Domains[0].Name = "c" },
		`samples[0]: "c" is none`:         func(a *Appraisal) { a.Samples = []Samples{{Domain: "c"}} },
		"tornado[0]: there is no":         func(a *Appraisal) { a.Tornado = []economics.Bar{{BestAtHigh: 5}} },
	} {
		a := &Appraisal{
			Domains: []Domain{{Name: "a"}, {Name: "b"}}, Best: 1, Subject: 1,
			Options: []Option{{Name: "independent", Groups: [][]string{{"a"}, {"b"}}}, {Name: "joint", Groups: [][]string{{"b", "a"}}}},
		}
		damage(a)
		if err := a.Validate(); (says == "") != (err == nil) || !strings.Contains(fmt.Sprint(err), says) {
			t.Errorf("%v, want %q", err, says)
		}
	}
}
