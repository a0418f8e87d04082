package train

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/sharewise/sharewise/analysis/evaluate"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/weighting"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/training"
)

// ErrInterrupted is returned when a run stopped early because its context
// ended. Its last checkpoint is on disk.
var ErrInterrupted = errors.New("train: interrupted")

// Execute trains one run in its folder, from its last checkpoint if there is
// one, and returns what done.json says. A run that has already ended is left
// alone. progress, which may be nil, is called after every step with the
// number of steps taken.
func Execute(ctx context.Context, b exec.Backend, job *Job, dir layout.RunFolder, progress func(steps int)) (*layout.Done, error) {
	if err := job.Validate(); err != nil {
		return nil, err
	}
	if done, err := dir.ReadDone(job.Run.Hash); done != nil || err != nil {
		return done, err
	}
	if err := os.MkdirAll(string(dir), 0o777); err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	start := time.Now()
	if !job.began.IsZero() {
		start = job.began
	}
	r, err := newRunner(b, job, dir, start)
	if err != nil {
		return nil, err
	}
	defer r.close()
	done, err := r.run(ctx, progress)
	if err != nil {
		return nil, err
	}
	for _, d := range job.Domains {
		// A run that is over is kept, whether or not it was to be stopped meanwhile.
		if err := d.Unchanged(context.WithoutCancel(ctx), false); err != nil {
			return nil, fmt.Errorf("train: %w", err)
		}
	}
	if job.Unchanged != nil {
		if err := job.Unchanged(); err != nil {
			return nil, fmt.Errorf("train: %w", err)
		}
	}
	spent := &r.engine.clock.spent
	r.engine.clock.to(&spent.Write)
	done.Spent, done.Seconds = spent, spent.Seconds()
	if err := job.held(); err != nil {
		return nil, err
	}
	if err := dir.WriteDone(done); err != nil {
		return nil, err
	}
	// From here on the checkpoint has no use; failing to write or to remove it is no
	// harm.
	_ = r.saver.wait()
	os.Remove(dir.Checkpoint())
	return done, nil
}

// runner is the state of one run under way.
type runner struct {
	job     *Job
	dir     layout.RunFolder
	engine  *engine
	feeder  *feeder
	method  weighting.Method
	rate    training.Schedule
	backend string
	saver   saver

	step    int
	sums    epochSums
	history []layout.HistoryRow
	best    bestEpoch
}

func newRunner(b exec.Backend, job *Job, dir layout.RunFolder, start time.Time) (*runner, error) {
	name := b.Name() + " with " + job.Spec.Form
	c, why, err := readCheckpoint(dir.Checkpoint(), job.Run.Hash, name)
	if err != nil {
		return nil, err
	}
	if c != nil && !c.fits(job) {
		c, why = nil, "its checkpoint does not fit its run"
	}
	if why != "" && job.Restarted != nil {
		job.Restarted(why)
	}
	r := &runner{
		job: job, dir: dir,
		rate:    schedule(job.Training.Schedule),
		backend: name,
		saver:   saver{path: dir.Checkpoint(), last: time.Now(), kept: job.kept},
		sums:    newEpochSums(len(job.Domains)),
	}
	if r.method, err = newMethod(job); err != nil {
		return nil, err
	}
	taken := 0
	if c != nil {
		taken, _ = r.runsBefore(c.Step)
	}
	before := time.Since(start)
	e, err := newEngine(b, job, taken)
	if err != nil {
		return nil, err
	}
	e.clock.spent.Prepare += before.Seconds()
	r.engine = e
	if r.feeder, err = newFeeder(job); err == nil {
		err = r.restore(c)
	}
	if err != nil {
		e.close()
		return nil, err
	}
	e.clock.to(&e.clock.spent.Prepare)
	return r, nil
}

// close releases what the run holds, once nothing writes to its folder any more.
func (r *runner) close() {
	_ = r.saver.wait()
	r.engine.close()
}

// restore continues from the checkpoint, or starts at step 0 where it is nil.
func (r *runner) restore(c *checkpoint) error {
	r.engine.initialize() // what is frozen is in no checkpoint
	if c == nil {
		return nil
	}
	if !load(r.engine.vars[r.engine.current], c.Vars) {
		return fmt.Errorf("train: checkpoint %s does not fit its run; remove it", r.dir.Checkpoint())
	}
	if err := r.method.UnmarshalState(c.Method); err != nil {
		return fmt.Errorf("train: checkpoint %s: %w", r.dir.Checkpoint(), err)
	}
	r.step, r.sums, r.history, r.best = c.Step, c.Sums, c.History, c.Best
	r.feeder.seek(r.step)
	if r.job.Resumed != nil {
		r.job.Resumed(r.step, slices.Clone(r.history))
	}
	return nil
}

func (r *runner) save() error {
	defer r.engine.clock.to(&r.engine.clock.spent.Checkpoints)
	if err := r.job.held(); err != nil {
		return err
	}
	for _, d := range r.job.Domains {
		// What was trained on other samples must not be gone on with, once these are put back.
		if err := d.MappedUnchanged(context.Background()); err != nil {
			return fmt.Errorf("train: %w", err)
		}
	}
	method, err := r.method.MarshalState()
	if err != nil {
		return fmt.Errorf("train: checkpoint: %w", err)
	}
	return r.saver.save(&checkpoint{
		checkpointHead: checkpointHead{
			Hash: r.job.Run.Hash, Backend: r.backend, Step: r.step,
			Method: method, Sums: r.sums, History: r.history,
		},
		Vars: r.engine.elements(unfrozen(r.engine.variables())),
		Best: r.best,
	})
}

// run trains to the end and writes every file but done.json.
func (r *runner) run(ctx context.Context, progress func(int)) (*layout.Done, error) {
	if err := r.job.held(); err != nil {
		return nil, err
	}
	if err := layout.WriteJSON(r.dir.Spec(), r.job.Spec); err != nil {
		return nil, err
	}
	for r.step < r.job.steps() {
		if ctx.Err() != nil {
			if err := errors.Join(r.save(), r.saver.wait()); err != nil {
				return nil, err
			}
			return nil, fmt.Errorf("%w after step %d of %d", ErrInterrupted, r.step, r.job.steps())
		}
		reason, err := r.advance(progress)
		if err != nil {
			return nil, err
		}
		if reason != "" {
			return r.diverged(reason)
		}
		if r.step%r.job.StepsPerEpoch == 0 {
			if err := r.endEpoch(); err != nil {
				return nil, err
			}
		}
	}
	return r.finish()
}

// advance takes a step, or several where the backend wants them at once, and calls
// progress, which may be nil, for each of them.
func (r *runner) advance(progress func(int)) (reason string, err error) {
	take := r.takeStep
	switch {
	case r.isApart(r.step):
		take = r.takeApart
	case r.engine.several != nil:
		return r.takeSteps(progress)
	}
	if reason, err = take(); err == nil && reason == "" && progress != nil {
		progress(r.step)
	}
	return reason, err
}

// takeStep trains on one minibatch. The reason is not empty when the loss or
// the gradient stopped being finite.
func (r *runner) takeStep() (reason string, err error) {
	e := r.engine
	if err := r.feeder.next(e.x, e.targets); err != nil {
		return "", err
	}
	e.clock.to(&e.clock.spent.Gather)
	defer e.clock.to(&e.clock.spent.Steps)
	r.method.Weights(e.weights)
	e.rate[0] = float32(r.job.Training.Rate * r.rate.At(r.step, r.job.steps()))
	e.number[0] = float32(r.step + 1)
	if err := e.advance(); err != nil {
		return "", err
	}
	r.step++
	if reason := r.infinite(e.losses, e.norm[0]); reason != "" {
		return reason, nil
	}
	r.sums.add(e.losses, e.weights)
	r.method.Observe(e.losses)
	return r.look()
}

// infinite says what of the step just taken is no finite number, if anything.
func (r *runner) infinite(losses []float32, norm float32) string {
	for i, l := range losses {
		if !finite(l) {
			return fmt.Sprintf("loss of domain %s is %g at step %d", r.job.Domains[i].Name, l, r.step)
		}
	}
	if !finite(norm) {
		return fmt.Sprintf("norm of the gradient is %g at step %d", norm, r.step)
	}
	return ""
}

func finite(v float32) bool {
	return !math.IsNaN(float64(v)) && !math.IsInf(float64(v), 0)
}

// endEpoch records the learning curves, lets the weighting move on and writes
// a checkpoint when one is due.
func (r *runner) endEpoch() error {
	epoch := r.step / r.job.StepsPerEpoch
	means := r.sums.means()
	for i, d := range r.job.Domains {
		r.history = append(r.history, trainRow(epoch, d.Name, means[i], r.sums.Weight[i]/float64(r.sums.Steps), float64(r.sums.Unsolved)))
	}
	r.history = append(r.history, r.sums.Gram.rows(epoch, r.job.names())...)
	told := Epoch{Number: epoch, Loss: means, Rate: r.job.Training.Rate * r.rate.At(r.step-1, r.job.steps()), Values: r.engine.values}
	if err := r.validate(&told); err != nil {
		return err
	}
	if r.job.Observe != nil {
		r.job.Observe(told)
	}
	spent := &r.engine.clock.spent
	r.engine.clock.to(&spent.Validation)
	r.method.EpochEnd(means)
	r.sums = newEpochSums(len(r.job.Domains))
	every := max(1, r.job.Training.CheckpointEvery)
	if epoch%every == 0 && r.step < r.job.steps() && r.saver.due() {
		return r.save()
	}
	return nil
}

// validate records validation losses and keeps the best parameters where the
// study selects by them.
func (r *runner) validate(told *Epoch) error {
	if r.job.Observe != nil {
		told.Val = r.engine.newTable("validation")
	}
	sum := 0.0
	for i, d := range r.job.Domains {
		loss := math.NaN()
		if d.Val.Len() > 0 {
			var (
				accuracy float64
				err      error
			)
			if loss, accuracy, err = r.engine.meanLoss(i, d.Val, told.Val); err != nil {
				return err
			}
			sum += loss
			r.history = append(r.history, valRow(told.Number, d.Name, loss, accuracy))
		}
		told.ValLoss = append(told.ValLoss, loss)
	}
	if told.Val != nil {
		evaluate.Trim(told.Val, r.job.Domains)
	}
	if r.job.Training.Select == "best" && (r.best.Epoch == 0 || sum < r.best.Loss) {
		e := r.engine
		r.best = bestEpoch{Epoch: told.Number, Loss: sum, Params: e.snapshot(unfrozen(e.model()))}
	}
	return nil
}

// finish tests the selected parameters and writes the results.
func (r *runner) finish() (*layout.Done, error) {
	e := r.engine
	epoch := r.job.Training.Epochs
	if r.best.Epoch > 0 {
		load(e.vars[e.current], r.best.Params)
		epoch = r.best.Epoch
	}
	table, err := e.table()
	if err != nil {
		return nil, err
	}
	e.clock.to(&e.clock.spent.Test)
	for i, l := range table.Loss {
		if !finite(l) {
			return r.diverged(fmt.Sprintf("test loss of sample %d of domain %s is %g", table.Sample[i].Number, table.Domain[i], l))
		}
	}
	if err := r.job.held(); err != nil {
		return nil, err
	}
	if err := losses.WriteFile(r.dir.Losses(), table); err != nil {
		return nil, err
	}
	models, err := r.writeModels()
	if err != nil {
		return nil, err
	}
	return r.done(layout.Finished, "", epoch, append(models, r.dir.Losses())...)
}

// diverged records a run whose numbers stopped being finite.
func (r *runner) diverged(reason string) (*layout.Done, error) {
	return r.done(layout.Diverged, reason, 0)
}

// done writes the history and sums up the run.
func (r *runner) done(status layout.Status, reason string, epoch int, files ...string) (*layout.Done, error) {
	if err := r.job.held(); err != nil {
		return nil, err
	}
	if err := layout.WriteHistory(r.dir.History(), r.job.Run, r.history); err != nil {
		return nil, err
	}
	d := &layout.Done{
		Hash: r.job.Run.Hash, Status: status, Reason: reason,
		Files: map[string]string{}, Steps: r.step, Epoch: epoch,
	}
	for _, f := range append(files, r.dir.History(), r.dir.Spec()) {
		sum, err := layout.HashFile(f)
		if err != nil {
			return nil, err
		}
		d.Files[filepath.Base(f)] = sum
	}
	return d, nil
}
