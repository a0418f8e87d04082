package inspection

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"testing"
)

// scene is a smooth random picture: a few waves.
func scene(seed uint64) *image.Gray {
	rng := rand.New(rand.NewPCG(seed, 0))
	m := image.NewGray(image.Rect(0, 0, 32, 32))
	var k [5][3]float64
	for i := range k {
		k[i] = [3]float64{rng.Float64()*0.5 - 0.25, rng.Float64()*0.5 - 0.25, 6 * rng.Float64()}
	}
	for y := range 32 {
		for x := range 32 {
			v := 0.0
			for _, w := range k {
				v += math.Sin(w[0]*float64(x) + w[1]*float64(y) + w[2])
			}
			m.SetGray(x, y, color.Gray{uint8(128 + 20*v)})
		}
	}
	return m
}

// frame is the next frame of a film: a little noise, a little brighter.
func frame(m *image.Gray, seed uint64) *image.Gray {
	rng := rand.New(rand.NewPCG(seed, 1))
	out := image.NewGray(m.Rect)
	for i, p := range m.Pix {
		out.Pix[i] = uint8(min(255, max(0, int(p)+5+rng.IntN(5))))
	}
	return out
}

// TestNear plants frames of the same scenes in training and test data.
func TestNear(t *testing.T) {
	dir := t.TempDir()
	for _, domain := range []string{"one", "two"} {
		offset := uint64(len(domain) + int(domain[0]))
		for i := range uint64(20) {
			write(t, dir, fmt.Sprintf("%s/train/%c/%02d.png", domain, 'a'+i%2, i), picture(t, scene(offset*100+i)))
		}
		for i := range uint64(4) {
			write(t, dir, fmt.Sprintf("%s/test/%c/%02d.png", domain, 'a'+i%2, i), picture(t, scene(offset*100+50+i)))
		}
	}
	// Three frames of training scenes in the test data of one, one with another
	// label, and one exact copy, which is no near one.
	first := uint64(len("one") + int('o'))
	write(t, dir, "one/test/a/near0.png", picture(t, frame(scene(first*100), 1)))
	write(t, dir, "one/test/b/near1.png", picture(t, frame(scene(first*100+1), 2)))
	write(t, dir, "one/test/b/near2.png", picture(t, frame(scene(first*100+2), 3)))
	write(t, dir, "one/test/a/copy.png", picture(t, scene(first*100+4)))
	body := `input: {image: [32, 32]}
domains:
  - {name: one, data: one/train, test: one/test, split: {validation: 0}}
  - {name: two, data: two/train, test: two/test, split: {validation: 0}}
`
	r := inspect(t, dir, body, Options{Near: 6})
	n := r.Domains[0].Near
	if n.Compared != 8 || n.Suspected != 3 || n.SameAnswer != 2 || len(n.Examples) != 3 {
		t.Fatalf("%+v", n)
	}
	for _, m := range n.Examples {
		var a, b int
		if _, err := fmt.Sscanf(m.A.Member[2:], "near%d.png", &a); err != nil {
			t.Errorf("example %v", m)
		}
		if _, err := fmt.Sscanf(m.B.Member[2:], "%d.png", &b); err != nil || a != b {
			t.Errorf("example %v", m)
		}
	}
	if n := r.Domains[1].Near; n.Suspected != 0 {
		t.Errorf("two: %+v", n)
	}
	if d := r.Domains[0].Duplicates; d.TestInTraining != 1 {
		t.Errorf("%+v", d)
	}
	if !warns(r, Leak, "one", "3 of 8 test images compared (38 %) nearly look like a training image, 2 of them with its label") {
		t.Errorf("%v", r.Warnings)
	}
	if r := inspect(t, dir, body, exactly); r.Domains[0].Near != nil {
		t.Error("looked for near images unasked")
	}
}

func TestDifferenceHash(t *testing.T) {
	// A ramp to the right is darker than its right neighbour everywhere.
	ramp, flat := image.NewGray(image.Rect(0, 0, 27, 16)), image.NewGray(image.Rect(0, 0, 27, 16))
	for i := range ramp.Pix {
		ramp.Pix[i] = uint8(9 * (i % 27))
	}
	if h := differenceHash(ramp); h != math.MaxUint64 {
		t.Errorf("ramp: %016x", h)
	}
	if h := differenceHash(flat); h != 0 {
		t.Errorf("flat: %016x", h)
	}
}

// TestSheet takes samples of every class, evenly.
func TestSheet(t *testing.T) {
	dir := t.TempDir()
	for i := range 10 {
		write(t, dir, fmt.Sprintf("a/x/%d.png", i), picture(t, scene(uint64(i))))
		write(t, dir, fmt.Sprintf("a/y/%d.png", i), picture(t, scene(uint64(100+i))))
	}
	write(t, dir, "t.csv", rows(plain(30, 0)...))
	for _, c := range []struct{ name, body string }{
		{"images", "input: {image: [32, 32]}\ndomains: [{name: one, data: a}, {name: two, data: a}]"},
		{"table", "domains: [{name: one, data: t.csv, columns: {label: y}}, {name: two, data: t.csv, columns: {targets: [z], ignore: [y]}}]"},
	} {
		x := open(t, dir, c.body)
		for _, d := range x.domains {
			s, err := NewSheet(d, 3, 5)
			if err != nil {
				t.Fatal(err)
			}
			if len(s.Rows) != max(1, len(d.Task.Classes)) {
				t.Fatalf("%s: %d rows", c.name, len(s.Rows))
			}
			for _, r := range s.Rows {
				if len(r.Samples) != 3 {
					t.Errorf("%s: %d samples of class %q", c.name, len(r.Samples), r.Class)
				}
				for _, p := range r.Samples {
					if r.Class != "" && p.Answer != r.Class || p.Split != "train" {
						t.Errorf("%s: %+v among class %q", c.name, p.Place, r.Class)
					}
					if c.name == "images" {
						m, err := png.Decode(bytes.NewReader(p.PNG))
						if err != nil || m.Bounds().Dx() != 32 {
							t.Errorf("picture %v", err)
						}
					} else if len(p.Values) != len(s.Columns) || len(s.Columns) == 0 {
						t.Errorf("%d values, columns %v", len(p.Values), s.Columns)
					}
				}
			}
		}
	}
}
