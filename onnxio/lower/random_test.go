package lower_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/internal/random"
	"github.com/sharewise/sharewise/onnxio/lower"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// randomUses says how many uses of every operator TestRandomUses draws, if the
// environment does not.
const randomUses = 8

// A draw is where random uses of operators come from.
type draw struct{ random.Draw }

// maybe adds an attribute or does not.
func (d draw) maybe(list []*onnxio.Attribute, a *onnxio.Attribute) []*onnxio.Attribute {
	if d.Chance(0.5) {
		return append(list, a)
	}
	return list
}

// TestRandomUses draws uses of operators that are rewritten, or written in old
// operator sets, and compares what they become with what ONNX Runtime computes.
// Uses that it refuses are passed over, and so are those that are left with a
// reason that is expected.
func TestRandomUses(t *testing.T) {
	backend := orttest.Backend(t)
	uses := random.Uses(randomUses)
	generators := map[string]func(d draw) sample{}
	for name, g := range oldUses {
		generators[name] = g
	}
	for name, g := range loweredUses {
		generators[name] = g
	}
	for name, generate := range generators {
		t.Run(name, func(t *testing.T) {
			compared := 0
			for i := range uses {
				d := draw{random.New(name, i)}
				s := generate(d)
				if s.op == "" {
					s.op, _, _ = strings.Cut(name, " ")
				}
				t.Run(strconv.Itoa(i), func(t *testing.T) {
					if randomUse(t, backend, s, d) {
						compared++
					}
				})
			}
			if compared == 0 {
				t.Errorf("ONNX Runtime ran none of %d uses", uses)
			}
		})
	}
}

// randomUse compares one use; it returns whether ONNX Runtime has run it.
func randomUse(t *testing.T, backend exec.Backend, s sample, d draw) bool {
	m, inputs := s.model(d.Rand)
	text := fmt.Sprintf("%s, operator set %d, %s", s.op, m.Opsets[0].Version, described(s))
	session, err := backend.Open(m, exec.Options{})
	if err != nil {
		t.Logf("%s: %v", text, err)
		return false
	}
	defer session.Close()
	want, err := session.Run(inputs)
	if err != nil {
		t.Logf("%s: %v", text, err)
		return false
	}
	low, kept, err := lower.Model(m)
	if err != nil {
		t.Errorf("%s: %v", text, err)
		return true
	}
	if len(kept) > 0 {
		if s.kept == "" || !strings.Contains(kept[0].Error(), s.kept) {
			t.Errorf("%s: %v", text, kept[0])
		}
		return true
	}
	got, err := reference.Eval(low, inputs)
	if err != nil {
		t.Errorf("%s: %v", text, err)
		return true
	}
	agree(t, "ONNX Runtime", got, want, 3e-5)
	if t.Failed() {
		t.Log(text)
	}
	return true
}

func described(s sample) string {
	var text []string
	for _, a := range s.attrs {
		text = append(text, a.Name+"="+strings.TrimSpace(fmt.Sprint(a.Int, a.Float, a.Ints, a.Floats))+fmt.Sprintf(" %s%s", a.String, a.Strings))
	}
	for _, x := range s.in {
		text = append(text, fmt.Sprint(x.shape, x.ints, x.longs))
	}
	return strings.Join(text, " ")
}
