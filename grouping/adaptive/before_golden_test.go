package adaptive

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// goldenBefore is what the program of that time made of a planted study.
type goldenBefore struct {
	Seed     uint64          `json:"seed"`
	Kind     kind            `json:"kind"`
	Domains  int             `json:"domains"`
	Seeds    int             `json:"seeds"`
	Gains    [][][3]float64  `json:"gains,omitempty"` // by pool and member: gain, lo, hi
	Share    float64         `json:"share"`
	Clear    bool            `json:"clear"`
	Groups   [][]string      `json:"groups,omitempty"`
	Outcomes []goldenOutcome `json:"outcomes,omitempty"` // for that program
}

// goldenOutcome are which samples of a domain a run gets wrong.
type goldenOutcome struct {
	Arm    []string `json:"arm"`
	Seed   int      `json:"seed"`
	Domain string   `json:"domain"`
	Wrong  string   `json:"wrong"`
}

// goldenCases are the studies that testdata/before.json is about.
func goldenCases() []goldenBefore {
	var out []goldenBefore
	for _, n := range []int{2, 4} {
		for _, k := range kinds {
			for _, seeds := range []int{2, 3, 5} {
				out = append(out, goldenBefore{Seed: uint64(n*10 + seeds), Kind: k, Domains: n, Seeds: seeds})
			}
		}
	}
	return append(out, goldenBefore{Seed: 1, Kind: weak, Domains: 6, Seeds: 10}, goldenBefore{Seed: 1, Kind: harmful, Domains: 6, Seeds: 10})
}

// TestBefore holds what is taken for the rule and the intervals of before against
// the program of that time. With SHAREWISE_BEFORE=FILE it writes the outcomes of the
// studies, from which testdata/before.json was made by commit 459888a.
func TestBefore(t *testing.T) {
	if file := os.Getenv("SHAREWISE_BEFORE"); file != "" {
		writeOutcomes(t, file)
		return
	}
	data, err := os.ReadFile(filepath.Join("testdata", "before.json"))
	if err != nil {
		t.Fatal(err)
	}
	var list []goldenBefore
	if err := json.Unmarshal(data, &list); err != nil {
		t.Fatal(err)
	}
	if len(list) != len(goldenCases()) {
		t.Fatalf("%d studies, want %d", len(list), len(goldenCases()))
	}
	clear := 0
	for _, want := range list {
		name := fmt.Sprintf("%s %d, seed %d, %d seeds", want.Kind, want.Domains, want.Seed, want.Seeds)
		w := newWorld(want.Seed, want.Kind, want.Domains, 0)
		p := w.problemBefore(want.Seeds)
		p.Conditional = false
		for k, pool := range p.Pools {
			for i := range pool.Members {
				got := [3]float64{pool.Gain[i], pool.Lo[i], pool.Hi[i]}
				for x := range got {
					if math.Abs(got[x]-want.Gains[k][i][x]) > 1e-6 {
						t.Errorf("%s: gain of member %d of pool %v is %.4f, was %.4f", name, i, pool.Members, got, want.Gains[k][i])
						break
					}
				}
			}
		}
		v, err := ruleBefore(p, 400)
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(v.groups) != fmt.Sprint(want.Groups) || math.Abs(v.share-want.Share) > 0.08 || v.settled != want.Clear && math.Abs(want.Share-0.9) > 0.04 {
			t.Errorf("%s: %v, best in %.2f of draws, clear: %v; was %v, %.2f, %v", name, v.groups, v.share, v.settled, want.Groups, want.Share, want.Clear)
		}
		if want.Clear {
			clear++
		}
	}
	if clear == 0 || clear == len(list) {
		t.Errorf("%d of %d studies were clear", clear, len(list))
	}
}

func writeOutcomes(t *testing.T, file string) {
	list := goldenCases()
	for c := range list {
		g := &list[c]
		w := newWorld(g.Seed, g.Kind, g.Domains, 0)
		for _, r := range w.fixed(g.Seeds) {
			table := w.table(r)
			o := goldenOutcome{Arm: r.Domains, Seed: int(r.Seed)}
			for i, name := range table.Domain {
				if name != o.Domain {
					if o.Domain != "" {
						g.Outcomes = append(g.Outcomes, o)
					}
					o.Domain, o.Wrong = name, ""
				}
				if table.Correct[i] {
					o.Wrong += "0"
				} else {
					o.Wrong += "1"
				}
			}
			g.Outcomes = append(g.Outcomes, o)
		}
	}
	data, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
