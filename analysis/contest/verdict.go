package contest

import (
	"fmt"
	"math"
	"strings"

	"github.com/sharewise/sharewise/analysis/wording"
)

// conclude says what a contest found in plain sentences, by losses.
func (f *File) conclude() {
	var better, worse []string
	var random, chosen *Entry
	for i := range f.Entries {
		e := &f.Entries[i]
		switch v := e.Loss.Against; {
		case e.Method == control:
		case v.Hi < 0:
			better = append(better, fmt.Sprintf("%s (%s)", e.Method, change(v.Value)))
		case v.Lo > 0:
			worse = append(worse, e.Method)
		}
		if e.Method == "rlw" {
			random = e
		}
		if e.Method == f.Chosen {
			chosen = e
		}
	}
	say := func(format string, args ...any) { f.Verdict = append(f.Verdict, fmt.Sprintf(format, args...)) }
	others := len(f.Entries) - 1
	if len(better) == 0 {
		say("Nothing beats tuned static weights: none of %s has a test loss that is surely lower.", wording.Plural(others, "other method"))
	} else {
		say("%d of %s %s tuned static weights, by test loss: %s.", len(better), wording.Plural(others, "other method"), map[bool]string{true: "beats", false: "beat"}[len(better) == 1], strings.Join(better, ", "))
	}
	if len(worse) > 0 {
		say("Surely worse than tuned static weights: %s.", strings.Join(worse, ", "))
	}
	if random != nil {
		switch v := random.Loss.Against; {
		case v.Lo > 0:
			say("Random weights lose to tuned static ones (%s).", change(v.Value))
		case v.Hi < 0:
			say("Even random weights beat tuned static ones (%s): what helps is not what weights follow.", change(v.Value))
		default:
			say("Random weights cannot be told from tuned static ones (%s, %s to %s).", change(v.Value), change(v.Lo), change(v.Hi))
		}
	}
	if chosen != nil && chosen.Method != control {
		v := chosen.Loss.Against
		say("By validation samples one would have chosen %s; its test loss differs from that of tuned static weights by %s (%s to %s).", chosen.Method, change(v.Value), change(v.Lo), change(v.Hi))
	}
}

// change is a relative change in per cent with its sign.
func change(x float64) string {
	if math.IsNaN(x) {
		return "unknown"
	}
	return fmt.Sprintf("%+.1f %%", 100*x)
}
