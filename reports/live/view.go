package live

import (
	"maps"
	"math"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/sharewise/sharewise/analysis/claim"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/reports/language"
)

// View is what there is to see of a study at one moment.
type View struct {
	Study string `json:"study"`
	Title string `json:"title"`
	// Adaptive says that runs are chosen step by step, so that more may be planned.
	Adaptive bool `json:"adaptive,omitempty"`
	// AtWork says that somebody trains the study now.
	AtWork  bool `json:"at_work"`
	Planned int  `json:"planned"` // runs
	Ended   int  `json:"ended"`   // runs, diverged ones among them
	// Share is the part of the planned work that is done, by floating-point
	// operations, 0 to 1.
	Share float64 `json:"share"`
	// Seconds were spent on the runs that ended.
	Seconds float64 `json:"seconds"`
	// SecondsLeft is what the rest will take, nil where nothing is known yet or
	// nobody is at work.
	SecondsLeft *float64             `json:"seconds_left"`
	Arms        []layout.ArmProgress `json:"arms"` // in the order of the plan
	UnderWay    []RunView            `json:"under_way"`
	// Waiting has the runs that come next, in their order, of NotBegun in all.
	Waiting  []string             `json:"waiting"`
	NotBegun int                  `json:"not_begun"`
	Diverged []layout.DivergedRun `json:"diverged"`
	// Steps are what follows training.
	Steps []layout.Step `json:"steps"`

	curves []curve
	notes  []wording.Text // on curves: what is drawn of what there is
}

// RunView is a run that was begun and has not ended.
type RunView struct {
	ID    string `json:"id"`
	Step  int    `json:"step"` // as of its last checkpoint
	Steps int    `json:"steps"`
	// Epoch is the last one that the checkpoint knows of, 0 before the first.
	Epoch int `json:"epoch"`
	// Loss is the mean over the run's domains of their losses after that epoch, on
	// validation samples where there are some; nil where none is known.
	Loss *float64 `json:"loss"`
}

// Share is the part of the run's steps that was taken.
func (r RunView) Share() float64 { return float64(r.Step) / float64(max(1, r.Steps)) }

// newView has the empty lists of a study of which nothing is known.
func newView() *View {
	return &View{Arms: []layout.ArmProgress{}, UnderWay: []RunView{}, Waiting: []string{}, Diverged: []layout.DivergedRun{}, Steps: []layout.Step{}}
}

// mostWaiting is the number of runs shown of those not begun.
const mostWaiting = 8

// fresh is how long after the last change of its files a study is taken to be at
// work by a process that is not on this machine.
const fresh = 2 * time.Minute

// Watcher looks at the folder of a study. Its methods may be called side by side.
type Watcher struct {
	// Language is that of the page; empty for what the browser asks for.
	Language language.Language

	folder layout.Folder
	now    func() time.Time

	mu    sync.Mutex
	plan  lastPlan
	ended map[string]*ended // by the ID of the run
	beats map[string]beat   // the same
}

// beat is the sign of life of a worker, and when it was first seen.
type beat struct {
	token  string
	number int
	since  time.Time
}

// lastPlan is the plan that was read last, as long as its file is what it was.
type lastPlan struct {
	file os.FileInfo
	plan *study.Plan
	runs []study.PlannedRun // in the order in which they are trained
	arms []string
}

// read reads the plan again where it has changed.
func (w *Watcher) read() error {
	info, err := os.Stat(w.folder.Plan())
	if last := w.plan.file; err == nil && last != nil && os.SameFile(info, last) && info.ModTime().Equal(last.ModTime()) && info.Size() == last.Size() {
		return nil
	}
	plan, err := w.folder.ReadPlan()
	if err != nil {
		return err
	}
	w.plan = lastPlan{info, plan, study.InOrder(plan.Runs), plan.Arms()}
	return nil
}

// ended is a run that has ended: what is known of it, as long as its done.json is
// the file that it was.
type ended struct {
	at      time.Time
	state   layout.State
	done    *layout.Done
	history []layout.HistoryRow // read when it is drawn first
	read    bool
}

// New returns a watcher of a folder. It need not hold a plan yet.
func New(folder layout.Folder) *Watcher {
	return &Watcher{folder: folder, now: time.Now, ended: map[string]*ended{}, beats: map[string]beat{}}
}

// Look sees what is there now. domain is the only one whose curves are drawn, empty
// for the first ones. It fails with layout.ErrNoPlan where nothing was planned, and
// where a file of a run is damaged.
func (w *Watcher) Look(domain string) (*View, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.read(); err != nil {
		return nil, err
	}
	plan := w.plan.plan
	v := newView()
	v.Study, v.Title, v.Adaptive, v.Planned, v.Steps = plan.Study, plan.Title, plan.Adaptive != nil, len(plan.Runs), w.folder.Steps()
	s := sums{histories: map[string][]layout.HistoryRow{}}
	arms := map[string]*layout.ArmProgress{}
	for _, name := range w.plan.arms {
		arms[name] = &layout.ArmProgress{Arm: name}
	}
	for _, r := range w.plan.runs {
		arm := arms[r.Arm]
		arm.Planned++
		if err := w.see(r, v, &s); err != nil {
			return nil, err
		}
		if w.ended[r.ID] != nil {
			arm.Ended++
		}
	}
	for _, name := range w.plan.arms {
		v.Arms = append(v.Arms, *arms[name])
	}
	if s.all > 0 {
		v.Share = s.done / s.all
	}
	v.AtWork = len(v.UnderWay)+v.NotBegun > 0 && (w.atWork(s.last) || w.claimed(v.UnderWay))
	if v.AtWork && s.timed > 0 && s.timedSeconds > 0 {
		left := (s.all - s.done) / (s.timed / s.timedSeconds) / float64(max(1, len(v.UnderWay)))
		v.SecondsLeft = &left
	}
	v.curves, v.notes = w.draw(v, s.histories, domain)
	return v, nil
}

// sums are gathered over all runs.
type sums struct {
	all, done           float64 // floating-point operations
	timed, timedSeconds float64 // of the runs that ended as planned
	last                time.Time
	histories           map[string][]layout.HistoryRow // of the runs under way, by ID
}

// see adds a run to what is seen.
func (w *Watcher) see(r study.PlannedRun, v *View, s *sums) error {
	s.all += r.FLOPs
	e, at, err := w.state(r)
	if err != nil {
		return err
	}
	if at.After(s.last) {
		s.last = at
	}
	switch {
	case e == nil && at.IsZero():
		v.NotBegun++
		if len(v.Waiting) < mostWaiting {
			v.Waiting = append(v.Waiting, r.ID)
		}
	case e == nil:
		standing, err := w.folder.Run(r.ID).Standing(r.Hash)
		if err != nil || standing == nil {
			standing = new(layout.Standing) // it is written anew just now
		}
		run := RunView{ID: r.ID, Step: standing.Step, Steps: r.Steps}
		run.Epoch, run.Loss = latest(standing.History)
		v.UnderWay = append(v.UnderWay, run)
		s.histories[r.ID] = standing.History
		s.done += r.FLOPs * run.Share()
	default:
		v.Ended++
		v.Seconds += e.done.Seconds
		s.done += r.FLOPs
		if e.state == layout.StateDiverged {
			v.Diverged = append(v.Diverged, layout.DivergedRun{ID: r.ID, Reason: e.done.Reason})
		} else {
			s.timed += r.FLOPs
			s.timedSeconds += e.done.Seconds
		}
	}
	return nil
}

// state returns what is known of a run that has ended, nil of others, and when its
// folder changed last, zero where there is none.
func (w *Watcher) state(r study.PlannedRun) (*ended, time.Time, error) {
	dir := w.folder.Run(r.ID)
	info, err := os.Stat(dir.Done())
	if err != nil {
		delete(w.ended, r.ID)
		return nil, changed(dir), nil
	}
	if e := w.ended[r.ID]; e != nil && e.at.Equal(info.ModTime()) && e.done.Hash == r.Hash {
		return e, e.at, nil
	}
	delete(w.ended, r.ID)
	state, done, err := w.folder.State(r)
	if err != nil || done == nil {
		return nil, info.ModTime(), err
	}
	e := &ended{at: info.ModTime(), state: state, done: done}
	w.ended[r.ID] = e
	return e, e.at, nil
}

// changed is when the folder of a run or its checkpoint changed last.
func changed(dir layout.RunFolder) time.Time {
	var last time.Time
	for _, path := range []string{string(dir), dir.Checkpoint()} {
		if info, err := os.Stat(path); err == nil && info.ModTime().After(last) {
			last = info.ModTime()
		}
	}
	return last
}

// atWork reports whether somebody seems to train, given when a run changed last.
func (w *Watcher) atWork(last time.Time) bool {
	return w.folder.Held() || w.now().Sub(last) < fresh
}

// claimed reports whether a worker holds one of these runs that lives, as far as can be told: on
// this machine by its process, on others by signs of life that are younger than the lease.
func (w *Watcher) claimed(runs []RunView) bool {
	lives := false
	for _, r := range runs {
		h, err := claim.Current(string(w.folder.Run(r.ID)))
		if err != nil || h == nil || h.Gone() {
			continue
		}
		seen := w.beats[r.ID]
		if seen.token != h.Token || seen.number != h.Beat {
			seen = beat{h.Token, h.Beat, w.now()}
			w.beats[r.ID] = seen
		}
		lives = lives || h.Alive() || w.now().Sub(seen.since) < h.Term()
	}
	return lives
}

// latest is the last epoch of a history, and the mean of its losses over domains.
func latest(rows []layout.HistoryRow) (epoch int, loss *float64) {
	losses := map[string]float64{}
	split := splitOf(rows)
	for _, r := range rows {
		if r.Split != split {
			continue
		}
		if int(r.Epoch) > epoch {
			epoch = int(r.Epoch)
			clear(losses)
		}
		losses[r.Domain] = r.Loss
	}
	sum := 0.0
	for _, name := range slices.Sorted(maps.Keys(losses)) {
		sum += losses[name]
	}
	if sum /= float64(len(losses)); math.IsNaN(sum) || math.IsInf(sum, 0) {
		return epoch, nil
	}
	return epoch, &sum
}

// splitOf is the split whose losses are shown: validation where there is one.
func splitOf(rows []layout.HistoryRow) string {
	for _, r := range rows {
		if r.Split == layout.ValSplit && !math.IsNaN(r.Loss) {
			return layout.ValSplit
		}
	}
	return layout.TrainSplit
}
