package main

import (
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"
)

// TestKillsAtRandom kills commands without warning at moments drawn at random, lets them
// end, and compares all files with those of undisturbed work. SHAREWISE_KILLS is how many
// kills are tried over all commands, 5 unless given; SHAREWISE_SEED draws them.
func TestKillsAtRandom(t *testing.T) {
	requireRuntime(t)
	kills, seed := 5, uint64(time.Now().UnixNano())
	for name, set := range map[string]func(int){"SHAREWISE_KILLS": func(n int) { kills = n }, "SHAREWISE_SEED": func(n int) { seed = uint64(n) }} {
		if text := os.Getenv(name); text != "" {
			n, err := strconv.Atoi(text)
			must(t, err)
			set(n)
		}
	}
	t.Logf("SHAREWISE_SEED=%d", seed)
	rng := rand.New(rand.NewPCG(seed, 2))
	share := make([]int, len(stages))
	for n := 0; n < kills; {
		if i := rng.IntN(len(stages)); chosen(&stages[i]) {
			share[i]++
			n++
		}
	}
	var all killTally
	w := newFaultWork(t)
	w.each(func(t *testing.T, i int, s *stage) {
		if share[i] == 0 {
			return
		}
		n := w.kill(t, s, share[i], rng)
		t.Logf("| %s | %d | %d | %d | %d |", s.name, n.tried, n.struck, n.found, n.mended)
		all.tried, all.struck, all.found, all.mended = all.tried+n.tried, all.struck+n.struck, all.found+n.found, all.mended+n.mended
	})
	t.Logf("| all | %d | %d | %d | %d |", all.tried, all.struck, all.found, all.mended)
}

// killTally counts kills that were tried, that struck before the command ended, after
// which check found something, and after which all came to the same bytes.
type killTally struct{ tried, struck, found, mended int }

// kill kills a command so many times.
func (w *faultWork) kill(t *testing.T, s *stage, times int, rng *rand.Rand) (n killTally) {
	if s.before != nil {
		s.before(t, w.dir)
		restore(t, w.before, w.dir)
	}
	args := s.arguments(t, w.dir)
	start := time.Now()
	w.inFolder(w.dir, args)
	whole := time.Since(start)
	restore(t, w.after, w.dir)
	before, after := filesOf(t, w.before), filesOf(t, w.after)
	for range times {
		restore(t, w.dir, w.before)
		n.tried++
		cmd := sharewise(args...)
		cmd.Dir = w.dir
		must(t, cmd.Start())
		done := make(chan error, 1)
		go func() { done <- cmd.Wait() }()
		moment := time.Duration(rng.Float64() * float64(whole))
		select {
		case <-time.After(moment):
			_ = cmd.Process.Kill()
			<-done
			if !cmd.ProcessState.Exited() {
				n.struck++
			}
		case <-done:
		}
		now := filesOf(t, w.dir)
		flagged, faults := w.check(t)
		if faults > 0 {
			n.found++
		}
		for _, name := range union(now, before, after) {
			if passing(name) || flagged[name] || slices.Contains(s.timed, name) || same(now, before, name) || same(now, after, name) {
				continue
			}
			t.Errorf("killed after %v: %s is neither what it was nor what it is to be, and nothing is found", moment, name)
		}
		if !w.finish(args, after, s.timed) {
			t.Errorf("killed after %v: the same command again leaves other files: %v", moment, w.left(after, s.timed))
			continue
		}
		n.mended++
	}
	return n
}
