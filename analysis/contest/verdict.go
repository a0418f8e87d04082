package contest

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/gonum/stat"

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
			better = append(better, fmt.Sprintf("%s (%s%s)", e.Method, change(v.Value), fixed(e.Method)))
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
	f.concludeErrors(say)
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

// fixed is a remark on methods whose weights never change, as those of the control.
func fixed(method string) string {
	switch method {
	case "equal", "size", "temperature", "baseline":
		return ", fixed weights too"
	}
	return ""
}

// concludeErrors says what errors make of the same methods, where there are any.
func (f *File) concludeErrors(say func(string, ...any)) {
	var better []string
	var byLoss, byError []float64
	for i := range f.Entries {
		e := &f.Entries[i]
		if e.Error == nil {
			return
		}
		byLoss, byError = append(byLoss, float64(e.Loss.Rank)), append(byError, float64(e.Error.Rank))
		if v := e.Error.Against; e.Method != control && v.Hi < 0 {
			better = append(better, fmt.Sprintf("%s (%s%s)", e.Method, change(v.Value), fixed(e.Method)))
		}
	}
	if len(better) == 0 {
		say("By errors nothing is surely better than tuned static weights.")
	} else {
		say("By errors, these are surely better: %s.", strings.Join(better, ", "))
	}
	if len(f.Entries) > 3 {
		if r := stat.Correlation(byLoss, byError, nil); r < 0.5 {
			say("Ranks by losses and by errors hardly agree (correlation %.2f): tuning chose by losses, which punish wrong answers that are given with confidence.", r)
		}
	}
}
