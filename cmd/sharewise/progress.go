package main

import (
	"fmt"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"

	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
)

// progress shows training on a terminal: one bar for everything, one line for
// each run under way. Elsewhere it shows nothing.
type progress struct {
	bars  *mpb.Progress
	total *mpb.Bar
	runs  map[string]*runBar
}

type runBar struct {
	bar   *mpb.Bar
	steps int
}

// newProgress returns nil, which is a valid progress, unless standard error is
// a terminal and the user did not ask for quiet.
func (a *app) newProgress(runs []study.PlannedRun) *progress {
	f, ok := terminal(a.stderr)
	if !ok || a.quiet || !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	steps := 0
	for _, r := range runs {
		steps += r.Steps
	}
	p := &progress{
		bars: mpb.New(mpb.WithOutput(f), mpb.WithWidth(48), mpb.WithRefreshRate(200*time.Millisecond)),
		runs: map[string]*runBar{},
	}
	p.total = p.bars.AddBar(int64(steps),
		mpb.BarPriority(1<<30),
		mpb.PrependDecorators(decor.Name("all runs ", decor.WCSyncSpaceR)),
		mpb.AppendDecorators(decor.Percentage(), decor.Name("  "), decor.AverageETA(decor.ET_STYLE_GO)))
	return p
}

// observe follows train.Schedule.
func (p *progress) observe(e train.Event) {
	if p == nil {
		return
	}
	switch e.Kind {
	case train.Started:
		bar := p.bars.AddBar(int64(e.Total), mpb.BarRemoveOnComplete(),
			mpb.PrependDecorators(decor.Name(visible(e.ID)+" ", decor.WCSyncSpaceR)),
			mpb.AppendDecorators(decor.Percentage()))
		p.runs[e.ID] = &runBar{bar: bar}
	case train.Stepped:
		p.move(e.ID, e.Steps)
	case train.Ended, train.Failed:
		if _, ok := p.runs[e.ID]; ok {
			p.move(e.ID, e.Total)
			p.runs[e.ID].bar.Abort(true)
			delete(p.runs, e.ID)
		} else {
			p.total.IncrBy(e.Total)
		}
	}
}

// follow shows what happens in a bar, which may be nil, and says of every run that
// starts over, or waits for another process, why it does.
func (a *app) follow(bar *progress) func(train.Event) {
	return func(e train.Event) {
		line := ""
		switch e.Kind {
		case train.Restarted:
			line = fmt.Sprintf("%s starts over: %v\n", e.ID, e.Err)
		case train.Waiting:
			line = fmt.Sprintf("%s waits: %v\n", e.ID, e.Err)
		default:
			bar.observe(e)
			return
		}
		switch {
		case a.quiet:
		case bar != nil:
			fmt.Fprint(bar.bars, line)
		default:
			fmt.Fprint(a.stderr, line)
		}
	}
}

func (p *progress) move(id string, steps int) {
	r := p.runs[id]
	r.bar.SetCurrent(int64(steps))
	p.total.IncrBy(steps - r.steps)
	r.steps = steps
}

// close leaves the terminal tidy.
func (p *progress) close() {
	if p == nil {
		return
	}
	for _, r := range p.runs {
		r.bar.Abort(true)
	}
	p.total.Abort(false)
	p.bars.Wait()
}

// say prints a line for people: nothing when the output is JSON or quiet.
func (a *app) say(format string, args ...any) {
	if a.json || a.quiet {
		return
	}
	fmt.Fprintf(a.stdout, format+"\n", args...)
}

// byStage tells of every stage once, when it begins.
func byStage(tell func(stage string, runs int)) func(stage string, done, of int) {
	last := ""
	return func(stage string, _, of int) {
		if stage != last {
			last = stage
			tell(stage, of)
		}
	}
}
