package dataset

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// ErrData is what every error about the content of data is.
var ErrData = datafile.ErrData

// Error is one thing wrong with a domain's data, and where.
type Error = datafile.Error

// BadSamples are samples that cannot be used, where the study does not say to
// skip them.
type BadSamples struct {
	Domain string
	First  []*Error // the first few
	Count  int
	Good   int // samples of the domain that can be used
}

// Error lists the first few and says what to do.
func (e *BadSamples) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "domain %s: %d bad samples:", e.Domain, e.Count)
	if e.Count == 1 {
		b.Reset()
		fmt.Fprintf(&b, "domain %s: a bad sample:", e.Domain)
	}
	for _, x := range e.First {
		fmt.Fprintf(&b, "\n    %s: %s", x.Place(), x.What())
	}
	if more := e.Count - len(e.First); more > 0 {
		fmt.Fprintf(&b, "\n    and %d more", more)
	}
	b.WriteString("\ncorrect the data, or set skip_bad: true to leave such samples out and count them")
	return b.String()
}

// Is makes errors.Is(err, ErrData) hold.
func (e *BadSamples) Is(target error) bool { return target == ErrData }

// bin collects bad samples.
type bin struct {
	domain string
	first  []*Error
	count  int
	drops  []Drop
	// shown is an error as messages may show it.
	shown func(*Error) *Error
}

// add takes a bad sample.
func (b *bin) add(e *Error) {
	const most = 5
	if b.shown != nil {
		e = b.shown(e)
	}
	if len(b.first) < most && !slices.Contains(b.first, e) {
		b.first = append(b.first, e)
	}
	b.count++
	for i := range b.drops {
		if b.drops[i].Reason == e.Kind() {
			b.drops[i].Count++
			return
		}
	}
	b.drops = append(b.drops, Drop{Reason: e.Kind(), Count: 1, Example: e.Place()})
}

// err is the error about all bad samples of a domain that does not skip them, nil
// where there are none; good is the number of its other samples.
func (b *bin) err(good int) error {
	if b.count == 0 {
		return nil
	}
	return &BadSamples{Domain: b.domain, First: b.first, Count: b.count, Good: good}
}
