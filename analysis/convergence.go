package analysis

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/measures"
)

// Curve is how a domain's validation went in one run, epoch by epoch.
type Curve struct {
	Run    Run
	Domain string
	// Loss is the mean validation loss after each epoch; Accuracy the share of
	// validation samples that are right, NaN where unknown.
	Loss, Accuracy []float64
	// Tested is the epoch, counted from 1, whose parameters were tested.
	Tested int
	// Steps is the number of updates in the whole run.
	Steps int
	// Samples is the number of validation samples.
	Samples int
}

// Whether models had learned what they could is judged by validation curves,
// averaged over runs, of each domain's independent models and of its shared
// models.
//
// Undertrained: the loss still falls. What is compared is the epoch in the
// middle of training and the last one, since learning rates that decay flatten
// the end of every curve. A fall by a fifth of the last loss is far more than
// what annealing alone gives: on small images, tables and sensors training for
// twice as long then lowered the test error by about a tenth, or much more.
// Trainings of very few updates are suspected at a twentieth.
//
// Overtrained: what effects rest on had long been better. For correctness this
// is the accuracy, by more than three standard errors of a difference between
// that many samples, since it is the worst of many curves, and a tenth of the
// error; for losses it is the loss, by a tenth, or where samples
// are few by one in the root of their number. Only models of the epoch that was
// tested count, so that selecting the best one settles it.
const (
	stillFalling = 0.2
	fewUpdates   = 150
	fallingEarly = 0.05
	enoughSteps  = 500
	wentWrong    = 0.1
)

// trainingCourse is how one side of a domain, its independent or its shared models,
// was trained in the mean over runs.
type trainingCourse struct {
	domain         string
	shared         bool
	loss, accuracy []float64
	tested         int // the latest
	steps          int
	samples        int // of validation; runs share them
}

// fall is by how much the loss fell in the second half of training, relative to
// where it ended.
func (c *trainingCourse) fall() float64 {
	n := len(c.loss)
	end := c.loss[n-1]
	if n < 2 || !(end > 0) {
		return 0
	}
	return (c.loss[n/2-1] - end) / end
}

// undertrained reports whether the loss still fell when training ended.
func (c *trainingCourse) undertrained() bool {
	n := len(c.loss)
	least := slices.Index(c.loss, slices.Min(c.loss))
	if n < 2 || n-1-least > max(1, n/10) {
		return false
	}
	return c.fall() >= stillFalling || c.steps > 0 && c.steps < fewUpdates && c.fall() >= fallingEarly
}

// overtrained returns the epoch, counted from 1, at which the models were best,
// and by which share of that they are worse in the epoch tested; 0 where they
// are not much worse.
func (c *trainingCourse) overtrained(measure string) (best int, worse float64) {
	tested := min(max(c.tested, 1), len(c.loss))
	switch measure {
	case measures.Loss:
		at := slices.Index(c.loss, slices.Min(c.loss))
		if worse = c.loss[tested-1]/c.loss[at] - 1; c.loss[at] > 0 && worse >= max(wentWrong, 1/math.Sqrt(float64(max(1, c.samples)))) && at+1 < tested {
			return at + 1, worse
		}
		return 0, 0
	case measures.Correct:
	default:
		return 0, 0 // curves tell nothing of ranks
	}
	// The best epoch of many is best by luck too: the mean of the epochs around
	// it is less so.
	smooth := smoothed(c.accuracy)
	if slices.ContainsFunc(smooth, math.IsNaN) {
		return 0, 0
	}
	at := slices.Index(smooth, slices.Max(smooth))
	p, q := 1-smooth[at], 1-smooth[tested-1]
	variance := (p*(1-p) + q*(1-q)) / float64(max(1, c.samples))
	if p > 0 && q-p > 3*math.Sqrt(variance) && q/p-1 >= wentWrong && at+1 < tested {
		return at + 1, q/p - 1
	}
	return 0, 0
}

// smoothed is the mean of each value and its neighbours.
func smoothed(x []float64) []float64 {
	out := make([]float64, len(x))
	for i := range x {
		lo, hi := max(0, i-1), min(len(x), i+2)
		for _, v := range x[lo:hi] {
			out[i] += v / float64(hi-lo)
		}
	}
	return out
}

// courses gathers the curves of the largest rung by domain, those of its
// independent models first, then those of its shared models.
func (a *analyzer) courses() []*trainingCourse {
	if len(a.Rungs) == 0 {
		return nil
	}
	rung := a.results.LargestRung()
	var out []*trainingCourse
	for _, d := range a.Domains {
		for _, shared := range []bool{false, true} {
			if c := courseOf(a.Curves, rung, d.Name, shared); c != nil {
				out = append(out, c)
			}
		}
	}
	return out
}

func courseOf(curves []Curve, rung, domain string, shared bool) *trainingCourse {
	var c *trainingCourse
	runs := 0.0
	for i := range curves {
		v := &curves[i]
		if v.Domain != domain || v.Run.Rung != rung || (v.Run.Arm != Independent) != shared || len(v.Loss) == 0 {
			continue
		}
		if c == nil {
			c = &trainingCourse{domain: domain, shared: shared, loss: make([]float64, len(v.Loss)), accuracy: make([]float64, len(v.Loss)), steps: v.Steps, samples: v.Samples}
		}
		if len(v.Loss) != len(c.loss) || len(v.Accuracy) != len(c.loss) {
			continue
		}
		runs++
		c.tested = max(c.tested, v.Tested)
		for e := range v.Loss {
			c.loss[e] += v.Loss[e]
			c.accuracy[e] += v.Accuracy[e]
		}
	}
	if runs == 0 {
		return nil
	}
	for e := range c.loss {
		c.loss[e] /= runs
		c.accuracy[e] /= runs
	}
	return c
}

// convergence doubts results of models that had not learned what they could,
// or had learned too long.
func (a *analyzer) convergence() {
	var under, over []*trainingCourse
	var best int // of the worst in over
	var worst float64
	for _, c := range a.courses() {
		switch at, worse := c.overtrained(a.domain(c.domain).Measure); {
		case at > 0:
			if worse > worst {
				best, worst = at, worse
			}
			over = append(over, c)
		case c.undertrained() && !a.faultless(c):
			under = append(under, c)
		}
	}
	apart := overlap(under, over)
	if len(under) > 0 {
		c := slices.MaxFunc(under, func(x, y *trainingCourse) int { return cmp.Compare(x.fall(), y.fall()) })
		epochs := len(c.loss)
		more := epochs * max(2, int(math.Ceil(enoughSteps/float64(max(1, c.steps)))))
		brief, text := a.whose(under, apart)
		after, such := fmt.Sprintf(" after %d updates", c.steps), fmt.Sprintf(", such as training.epochs: %d instead of %d", more, epochs)
		if c.steps == 0 { // a program of the user's knows what its epochs are
			after, such = "", ""
		}
		a.doubt(Doubt{
			Kind: Undertrained, Domains: domainsOf(under),
			Brief: brief + " were still learning",
			Text:  fmt.Sprintf("%s were still learning when training ended%s (validation loss %.0f%% lower than halfway)", text, after, 100*c.fall()/(1+c.fall())),
			Next:  fmt.Sprintf("Train longer%s, and see whether the gains stay what they are.", such),
		})
	}
	if len(over) > 0 {
		what := "validation error"
		if a.domain(over[0].domain).Measure != measures.Correct {
			what = "validation loss"
		}
		brief, text := a.whose(over, apart)
		a.doubt(Doubt{
			Kind: Overtrained, Domains: domainsOf(over),
			Brief: brief + " were trained for too long",
			Text:  fmt.Sprintf("%s were trained for too long (%s up to %s, at epoch %d)", text, what, above(worst), best),
			Next:  "Set training.select: best, which tests the epoch with the least validation loss, or fewer epochs, a lower training.rate or more training.optimizer.weight_decay: a shared model that merely overfits less seems to gain.",
		})
	}
}

// faultless reports whether the models of a course, which are judged by right
// and wrong answers, give no wrong one: their losses fall for ever, and there is
// nothing left to learn.
func (a *analyzer) faultless(c *trainingCourse) bool {
	if a.domain(c.domain).Measure == measures.Loss {
		return false
	}
	found := false
	for _, e := range a.evidence {
		if e.Domain != c.domain || e.Rung != a.results.LargestRung() || (e.Arm != Independent) != c.shared {
			continue
		}
		if e.runs.Correct == nil || e.runs.ErrorRate() > 0 {
			return false
		}
		found = true
	}
	return found
}

// above words a rise relative to what it rose from.
func above(rise float64) string {
	if rise < 9 {
		return fmt.Sprintf("%.0f%% above its best", 100*rise)
	}
	return fmt.Sprintf("%.3g times its best", 1+rise)
}

// overlap reports whether courses of one domain stand in both lists.
func overlap(x, y []*trainingCourse) bool {
	return slices.ContainsFunc(domainsOf(x), func(d string) bool { return slices.Contains(domainsOf(y), d) })
}

// whose names the models of courses, briefly and with their domains. Where
// other models of the same domains are named beside them, it says whether they
// are shared: no model is still learning and trained for too long.
func (a *analyzer) whose(courses []*trainingCourse, apart bool) (brief, text string) {
	if !apart {
		names := domainsOf(courses)
		return "models of " + briefly(names, len(a.Domains)), "models of " + someNames(names)
	}
	var briefs, texts []string
	for _, side := range []struct {
		shared        bool
		before, after string
	}{{false, "models of ", " alone"}, {true, "shared models of ", ""}} {
		names := domainsOf(slices.DeleteFunc(slices.Clone(courses), func(c *trainingCourse) bool { return c.shared != side.shared }))
		if names != nil {
			briefs = append(briefs, side.before+briefly(names, len(a.Domains))+side.after)
			texts = append(texts, side.before+someNames(names)+side.after)
		}
	}
	return strings.Join(briefs, " and "), strings.Join(texts, " and ")
}

// domainsOf names the domains of courses, each once.
func domainsOf(courses []*trainingCourse) []string {
	var out []string
	for _, c := range courses {
		if !slices.Contains(out, c.domain) {
			out = append(out, c.domain)
		}
	}
	return out
}
