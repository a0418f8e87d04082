package train

import (
	"runtime"
	"testing"
)

func TestSpareIsGivenBack(t *testing.T) {
	before := runtime.GOMAXPROCS(0)
	first := spare(before)
	second := spare(3)
	if got := runtime.GOMAXPROCS(0); got != before+3+idleProcessors {
		t.Errorf("%d processors for %d runs side by side", got, before+3)
	}
	first()
	first() // does nothing more
	if got := runtime.GOMAXPROCS(0); got <= 3 {
		t.Errorf("%d processors while 3 runs go on", got)
	}
	second()
	if got := runtime.GOMAXPROCS(0); got != before {
		t.Errorf("%d processors afterwards, %d before", got, before)
	}
}
