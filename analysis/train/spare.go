package train

import (
	"runtime"
	"sync"
)

// spare lets Go have more processors than there are runs side by side, until the
// function that it returns is called.
//
// A step is a call into the backend that takes longer than Go expects of a call. If
// all of Go's processors are in such calls, it takes one of them away from its call,
// and starts a thread that looks for other work, at every step: that thread takes
// time from the trainings, which have as many threads as the machine has cores. With
// idle processors at hand it leaves the calls alone. Two trainings of a small network
// on two cores took 10 % less time so.
func spare(jobs int) (restore func()) {
	spared.Lock()
	defer spared.Unlock()
	if spared.users == 0 {
		spared.before = runtime.GOMAXPROCS(0)
	}
	spared.users++
	spared.jobs += jobs
	if wanted := spared.jobs + idleProcessors; runtime.GOMAXPROCS(0) < wanted {
		runtime.GOMAXPROCS(wanted)
	}
	return sync.OnceFunc(func() {
		spared.Lock()
		defer spared.Unlock()
		spared.users--
		spared.jobs -= jobs
		if spared.users == 0 && runtime.GOMAXPROCS(0) != spared.before {
			runtime.GOMAXPROCS(spared.before)
		}
	})
}

// idleProcessors are for what goes on beside the trainings, and one more.
const idleProcessors = 2

// spared is what all schedules of the process have asked for.
var spared struct {
	sync.Mutex
	users, jobs, before int
}
