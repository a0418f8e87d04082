package train

import "github.com/sharewise/sharewise/analysis/weighting"

// looks is the method of the run if it wants to see the losses of the minibatch of a
// step again, after that step.
func (r *runner) looks(step int) (weighting.Looks, bool) {
	m, ok := r.method.(weighting.Looks)
	return m, ok && step%m.Every() == 0
}

// runsBefore is how often the graph of steps and that of gradients run in the steps
// before one: once more for each that is looked at again.
func (r *runner) runsBefore(step int) (atOnce, apart int) {
	for i := range step {
		n := 1
		if _, ok := r.looks(i); ok {
			n++
		}
		if r.isApart(i) {
			apart += n
		} else {
			atOnce += n
		}
	}
	return atOnce, apart
}

// look shows the method what the losses of the minibatch have become by the step just
// taken. It runs the graph of gradients once more, or that of a step at a rate of zero, so that the losses are those of
// training, with its statistics of the minibatch, and leaves the variables that come
// of it, which the next step overwrites. That takes as long as a step. The reason is
// not empty where a loss is not finite.
func (r *runner) look() (reason string, err error) {
	m, ok := r.looks(r.step - 1)
	if !ok {
		return "", nil
	}
	e := r.engine
	losses := e.losses
	switch s := e.several; {
	case r.isApart(r.step - 1):
		if err := e.apart.from[e.current].gradients.Run(); err != nil {
			return "", err
		}
	case s != nil:
		s.rates[0] = 0
		losses = s.losses[:len(e.job.Domains)]
		b, err := s.bind(1)
		if err != nil {
			return "", err
		}
		err = b.Run()
		if err != nil {
			return "", err
		}
	default:
		e.rate[0] = 0
		if err := e.binding[e.current].Run(); err != nil {
			return "", err
		}
	}
	if reason := r.infinite(losses, 0); reason != "" {
		return reason, nil
	}
	m.Look(losses)
	return "", nil
}
