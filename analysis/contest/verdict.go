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
	var worse []string
	var random, chosen *Entry
	for i := range f.Entries {
		e := &f.Entries[i]
		if !e.isControl() && e.Loss.Against.Lo > 0 {
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
	others := f.others()
	if better := f.better(byLosses, equalBudget); len(better) == 0 {
		say("Nothing beats tuned static weights: none of %s has a test loss that is surely lower.", wording.Plural(others, "other method"))
	} else {
		say("%d of %s %s tuned static weights, by test loss: %s.", len(better), wording.Plural(others, "other method"), map[bool]string{true: "beats", false: "beat"}[len(better) == 1], strings.Join(better, ", "))
	}
	f.concludeLong(say)
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

// The two controls that a method is held against.
const (
	equalBudget = false
	allBudgets  = true
)

// IsControl reports whether others are held against an entry: static weights, however
// tuned, and random ones.
func (e *Entry) IsControl() bool { return e.isControl() || e.Method == "rlw" }

// isControl reports whether an entry is static weights, however tuned.
func (e *Entry) isControl() bool { return e.Method == control || e.Method == longControl }

func (f *File) others() (n int) {
	for i := range f.Entries {
		if !f.Entries[i].isControl() {
			n++
		}
	}
	return n
}

// better lists the methods that are surely better than a control.
func (f *File) better(measure string, long bool) []string {
	var out []string
	for i := range f.Entries {
		e := &f.Entries[i]
		st := &e.Loss
		if measure == byErrors {
			st = e.Error
		}
		if e.isControl() || st == nil {
			continue
		}
		v := st.Against
		if long {
			if st.AgainstLong == nil {
				continue
			}
			v = *st.AgainstLong
		}
		if v.Hi < 0 {
			out = append(out, fmt.Sprintf("%s (%s%s)", e.Method, change(v.Value), fixed(e.Method)))
		}
	}
	return out
}

// concludeLong says what is left against static weights that had every budget.
func (f *File) concludeLong(say func(string, ...any)) {
	for i := range f.Entries {
		long := &f.Entries[i]
		if long.Method != longControl {
			continue
		}
		what := fmt.Sprintf("static weights that were tuned with the budget of all methods together (%s)", wording.Plural(long.Candidates, "candidate"))
		if better := f.better(byLosses, allBudgets); len(better) == 0 {
			say("Nothing beats %s.", what)
		} else {
			say("Against %s, %d of %s %s ahead: %s.", what, len(better), wording.Plural(f.others(), "method"), map[bool]string{true: "is", false: "are"}[len(better) == 1], strings.Join(better, ", "))
		}
		v := long.Loss.Against
		say("That budget changes the test loss of static weights by %s (%s to %s).", change(v.Value), change(v.Lo), change(v.Hi))
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
	var byLoss, byError []float64
	for i := range f.Entries {
		e := &f.Entries[i]
		if e.Error == nil {
			return
		}
		byLoss, byError = append(byLoss, float64(e.Loss.Rank)), append(byError, float64(e.Error.Rank))
	}
	if better := f.better(byErrors, equalBudget); len(better) == 0 {
		say("By errors nothing is surely better than tuned static weights.")
	} else {
		say("By errors, these are surely better: %s.", strings.Join(better, ", "))
		if left := f.better(byErrors, allBudgets); len(left) > 0 {
			say("Against static weights with the budget of all methods, by errors: %s.", strings.Join(left, ", "))
		} else if f.Entries[0].Error.AgainstLong != nil {
			say("Against static weights with the budget of all methods, by errors none of them is.")
		}
	}
	if len(f.Entries) > 3 {
		if r := stat.Correlation(byLoss, byError, nil); r < 0.5 {
			say("Ranks by losses and by errors hardly agree (correlation %.2f): tuning chose by losses, which punish wrong answers that are given with confidence.", r)
		}
	}
}
