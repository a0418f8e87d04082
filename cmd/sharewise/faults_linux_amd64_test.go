package main

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/sharewise/sharewise/analysis/claim"
	"github.com/sharewise/sharewise/analysis/custody"
	"github.com/sharewise/sharewise/analysis/layout"
)

// kindOfFault is a way in which one operation of a file system goes wrong.
type kindOfFault struct {
	name string
	// hits are the operations that it may happen to.
	hits []string
	// first is what becomes of the operation itself, later of those after it.
	first func(c call) verdict
	later func(c call) verdict
	// told is a part of the message, empty where a command cannot know.
	told string
	// harmless is set where the command must go on as if nothing were.
	harmless bool
}

var changes = []string{"create", "write", "sync", "truncate", "chmod", "rename", "link", "remove", "mkdir"}

func full(c call) verdict {
	if slices.Contains([]string{"create", "write", "mkdir"}, c.op) {
		return verdict{fail: syscall.ENOSPC}
	}
	return verdict{}
}

var kindsOfFault = []kindOfFault{
	{name: "disk full from here", hits: []string{"create", "write", "mkdir"}, first: full, later: full, told: "no space left"},
	{name: "I/O error", hits: append([]string{"open", "read", "stat", "list", "lock", "close"}, changes...),
		first: func(call) verdict { return verdict{fail: syscall.EIO} }, told: "input/output error"},
	{name: "short write, then full", hits: []string{"write"}, first: func(call) verdict { return verdict{most: 3} }, later: full, told: "no space left"},
	{name: "write lost", hits: []string{"write"}, first: func(call) verdict { return verdict{lost: true} }},
	{name: "rename lost", hits: []string{"rename"}, first: func(call) verdict { return verdict{lost: true} }},
	{name: "removal lost", hits: []string{"remove"}, first: func(call) verdict { return verdict{lost: true} }},
	{name: "stale read", hits: []string{"open"}},
	{name: "short read", hits: []string{"read"}, first: func(call) verdict { return verdict{most: 1} }, harmless: true},
	{name: "killed before it", hits: changes, first: func(call) verdict { return verdict{kill: true} }},
}

// tally counts what became of the faults of one kind in one command.
type tally struct {
	k, tried, unmoved, clean, found, mended, failed int
}

// TestFaults lets operations fail, of each command on a small study. It tries one of some
// kinds in some commands, every change and the first and last of like reads with
// SHAREWISE_TESTS=exhaustive. SHAREWISE_FAULTS=N tries N of each kind in each command,
// evenly spread, SHAREWISE_FAULTS=all every single one, and SHAREWISE_FAULTS=distinct every
// change, but of reads each operation on each path once. SHAREWISE_FAULTS_OF chooses commands
// and SHAREWISE_FAULTS_KINDS kinds, separated by commas; "changes" are the kinds that strike
// no reads. SHAREWISE_FAULTS_PART=I/N tries the I-th of N parts.
func TestFaults(t *testing.T) {
	requireRuntime(t)
	most := 0
	if os.Getenv("SHAREWISE_TESTS") == "exhaustive" {
		most = math.MaxInt
	}
	text := os.Getenv("SHAREWISE_FAULTS")
	if text == "all" || text == "distinct" {
		most = math.MaxInt
	} else if text != "" {
		n, err := strconv.Atoi(text)
		must(t, err)
		most = n
	}
	w := newFaultWork(t)
	w.most, w.all, w.once, w.parts = most, text == "all", text == "distinct", 1
	if part := os.Getenv("SHAREWISE_FAULTS_PART"); part != "" {
		if _, err := fmt.Sscanf(part, "%d/%d", &w.part, &w.parts); err != nil || w.part < 1 || w.part > w.parts {
			t.Fatalf("SHAREWISE_FAULTS_PART=%s: not as 2/7", part)
		}
	}
	few := []string{"run", "group", "export", "forget", "check --repair"}
	w.each(func(t *testing.T, _ int, s *stage) {
		if w.most > 0 || slices.Contains(few, s.name) {
			w.stage(t, s)
		}
	})
}

// newFaultWork plants two studies, and does all work on the elder one.
func newFaultWork(t *testing.T) *faultWork {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	must(t, err)
	w := &faultWork{t: t, dir: filepath.Join(dir, "work"), elder: filepath.Join(dir, "elder"), before: filepath.Join(dir, "before"), after: filepath.Join(dir, "after")}
	for _, d := range []string{w.dir, w.elder} {
		must(t, os.Mkdir(d, 0o755))
	}
	plantFaultStudy(t, w.dir, "0.003")
	plantFaultStudy(t, w.elder, "0.004")
	return w
}

// each does something with every stage that is chosen, in the folder as it is before it.
func (w *faultWork) each(do func(t *testing.T, i int, s *stage)) {
	last := len(stages) - 1
	for last > 0 && !chosen(&stages[last]) {
		last--
	}
	for i := range stages[:last+1] {
		s := &stages[i]
		restore(w.t, w.before, w.dir)
		if chosen(s) {
			w.t.Run(s.name, func(t *testing.T) { do(t, i, s) })
		}
		restore(w.t, w.dir, w.before)
		if !s.aside {
			w.inFolder(w.dir, s.arguments(w.t, w.dir))
		}
	}
}

// chosen reports whether faults of a stage are tried.
func chosen(s *stage) bool {
	only := os.Getenv("SHAREWISE_FAULTS_OF")
	return only == "" || slices.Contains(strings.Split(only, ","), s.name)
}

// chosen reports whether faults of a kind are tried.
func (k *kindOfFault) chosen() bool {
	only := os.Getenv("SHAREWISE_FAULTS_KINDS")
	if only == "changes" {
		return !slices.ContainsFunc(k.hits, func(op string) bool { return !slices.Contains(changes, op) })
	}
	return only == "" || strings.Contains(","+only+",", ","+k.name+",") // one of the names has a comma in it
}

type faultWork struct {
	t                         *testing.T
	dir, elder, before, after string
	most                      int
	all                       bool // also reads like others
	once                      bool // of reads like each other only the first
	part, parts               int
	turn                      int
	aged                      bool
}

// inFolder runs a command that must succeed.
func (w *faultWork) inFolder(dir string, args []string) {
	w.t.Helper()
	cmd := sharewise(args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		w.t.Fatalf("sharewise %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// stage tries all faults of one command.
func (w *faultWork) stage(t *testing.T, s *stage) {
	if s.before != nil {
		s.before(t, w.dir)
		restore(t, w.before, w.dir)
	}
	args := s.arguments(t, w.dir)
	tr := &tracer{folder: w.dir, alone: s.alone}
	calm := tr.run(t, args...)
	if calm.code != 0 {
		t.Fatalf("undisturbed: exit code %d\n%s", calm.code, calm.output)
	}
	calls := tr.calls
	restore(t, w.after, w.dir)
	before, after := filesOf(t, w.before), filesOf(t, w.after)
	// What is not the same when all is done twice has times in it.
	restore(t, w.dir, w.before)
	tr.run(t, args...)
	varies := slices.DeleteFunc(differences(after, filesOf(t, w.dir)), passing)
	if len(varies) > 0 {
		t.Logf("differs from time to time: %v", varies)
	}
	varies = append(varies, s.timed...)
	var elder map[string][]byte
	last := map[string]int{}
	for _, c := range calls {
		last[c.op+" "+c.path] = c.n
	}
	for _, kind := range kindsOfFault {
		if !kind.chosen() {
			continue
		}
		if kind.name == "stale read" && elder == nil {
			w.age()
			elder = filesOf(t, w.elder)
		}
		var n tally
		var hit []call
		for _, c := range calls {
			if slices.Contains(kind.hits, c.op) && (kind.name != "stale read" || w.older(elder, before, c.path)) {
				hit = append(hit, c)
			}
		}
		n.k = len(hit)
		switch {
		case w.once:
			hit = distinct(hit, nil)
		case !w.all:
			hit = distinct(hit, last)
		}
		most := w.most
		if most == 0 { // by turns
			if w.turn++; w.turn%4 != 0 {
				continue
			}
			most = 1
		}
		for i := range min(most, len(hit)) {
			if w.parts > 1 && i%w.parts != w.part-1 {
				continue
			}
			c, v := hit[i], kind
			if most < len(hit) {
				c = hit[(2*i+1)*len(hit)/(2*most)]
			}
			if kind.name == "stale read" {
				v.first = func(c call) verdict { return verdict{instead: filepath.Join(w.elder, c.path)} }
			}
			restore(t, w.dir, w.before)
			w.fault(t, &n, s, args, c, &v, before, after, varies)
		}
		t.Logf("| %s | %s | %d | %d | %d | %d | %d | %d | %d |", s.name, kind.name, n.k,
			n.tried, n.unmoved, n.clean, n.found, n.mended, n.failed)
	}
}

// age does all work on the elder study, once.
func (w *faultWork) age() {
	if w.aged {
		return
	}
	w.aged = true
	for i := range stages {
		if s := &stages[i]; !s.aside {
			w.inFolder(w.elder, s.arguments(w.t, w.elder))
		}
	}
}

// older reports whether the other study has another file of this path.
func (w *faultWork) older(elder, before map[string][]byte, name string) bool {
	old, ok := elder[name]
	return ok && !bytes.Equal(old, before[name]) && !strings.HasPrefix(name, "data/")
}

// distinct leaves of calls that only read the first of their kind, and of those in last the
// last one too.
func distinct(calls []call, last map[string]int) []call {
	return slices.DeleteFunc(slices.Clone(calls), func(c call) bool {
		return !c.writes && c.n > 1 && c.n != last[c.op+" "+c.path]
	})
}

// fault lets one call of a command fail, and looks at what becomes of it.
func (w *faultWork) fault(t *testing.T, n *tally, s *stage, args []string, at call, kind *kindOfFault, before, after map[string][]byte, varies []string) {
	begun, hit := false, false
	tr := &tracer{folder: w.dir, alone: s.alone, decide: func(c call) verdict {
		switch {
		case c == at && !begun:
			begun, hit = true, true
			return kind.first(c)
		case begun && kind.later != nil:
			return kind.later(c)
		}
		return verdict{}
	}}
	if os.Getenv("SHAREWISE_FAULTS_SHOW") != "" {
		fmt.Println(kind.name, at)
	}
	got := tr.run(t, args...)
	failed := false
	complain := func(format string, args ...any) {
		failed = true
		t.Errorf("%s at %v: %s\nexit code %d\n%s", kind.name, at, fmt.Sprintf(format, args...), got.code, got.output)
	}
	defer func() {
		if failed {
			n.failed++
		}
	}()
	now := filesOf(t, w.dir)
	same := func(name string, with map[string][]byte) bool {
		return same(now, with, name) || slices.Contains(varies, name)
	}
	flagged, faults := w.check(t)
	done := true // all is as it would be
	for _, name := range union(now, after) {
		if !same(name, after) && !(temporary(name) && clearing(at)) && !isLock(name) {
			done = false
		}
	}
	killed := kind.name == "killed before it"
	if hit {
		n.tried++
	}
	switch {
	case !hit: // what ran side by side came in another order
		return
	case strings.Contains(got.output, "goroutine ") || strings.Contains(got.output, "panic:"):
		complain("a panic")
	case kind.harmless && (got.code != 0 || !done):
		complain("it must go on as if nothing were")
	case killed:
	case got.code == 0 && done:
		n.unmoved++
	case got.code == 0 && faults == 0 && s.name != "check":
		complain("silently other than it should be: %v", differences(after, now))
	case got.code == 0:
	case s.name == "work" && (got.code == exitElsewhere || got.code == exitRetry): // for whoever starts it again
	case got.code == exitUsage || got.code > exitFailure || got.code < 0:
		complain("not the exit code of a failure")
	case kind.told != "" && got.code == exitAnswerNo && s.name != "status" && !strings.HasPrefix(s.name, "check"):
		complain("not the exit code of a failure")
	case kind.told != "" && slices.Contains(changes, at.op) && got.code != exitFailure && got.code != exitAnswerNo:
		complain("exit code 4 is that of a failure while working")
	case kind.told != "" && !strings.Contains(got.output, kind.told):
		complain("no word of %q", kind.told)
	case kind.told != "" && !names(got.output, at.path):
		complain("the message does not name the file")
	}
	if got.code != 0 {
		n.clean++
	}
	// Nothing passes for what it is not.
	for _, name := range union(now, before, after) {
		if !same(name, before) && !same(name, after) && !flagged[name] && (!passing(name) || temporary(name) && !killed && !clearing(at) && at.op != "rename") {
			complain("%s is neither what it was nor what it is to be, and nothing is found", name)
		}
	}
	if faults > 0 {
		n.found++
	}
	// The next run comes to the same bytes.
	if w.finish(args, after, varies) {
		n.mended++
		return
	}
	if kind.name == "stale read" && path.Base(at.path) == "custody.json" && faults > 0 {
		return // another study's ledger vouches for nothing here: all steps are to be done again
	}
	complain("the same command again leaves other files: %v", w.left(after, varies))
}

// finish runs the command again, and with it what check says, until all is as it is to
// be, and reports whether it came to that.
func (w *faultWork) finish(args []string, after map[string][]byte, varies []string) bool {
	for _, next := range [][]string{args, {"check", "out", "--repair"}, args} {
		cmd := sharewise(next...)
		cmd.Dir = w.dir
		_, _ = cmd.CombinedOutput()
		if len(w.left(after, varies)) == 0 {
			return true
		}
	}
	return false
}

// left are the files that are not as they are to be, but what is left of killed commands.
func (w *faultWork) left(after map[string][]byte, varies []string) []string {
	return slices.DeleteFunc(differences(after, filesOf(w.t, w.dir)), func(name string) bool {
		if _, wanted := after[name]; !wanted && strings.Contains(name, "/"+custody.DamagedFolder+"/") {
			return true // a further copy of what was set aside is no loss
		}
		return slices.Contains(varies, name) || temporary(name) || isLock(name)
	})
}

// check examines all studies in the folder, and returns the files about which something
// is found, and how much that is.
func (w *faultWork) check(t *testing.T) (flagged map[string]bool, faults int) {
	t.Helper()
	flagged = map[string]bool{}
	for _, out := range []string{"out", "decided/out", "decided", "trained", "imported", "folded", "harmed"} {
		folder := layout.Folder(filepath.Join(w.dir, out))
		if _, err := os.Stat(folder.Plan()); err != nil {
			continue
		}
		r, err := custody.Check(t.Context(), folder, true)
		if err != nil {
			faults++
			for _, name := range []string{"plan.json", "custody.json"} {
				flagged[path.Join(out, name)] = true
			}
			continue
		}
		faults += r.Faults()
		for _, f := range r.Findings {
			if !f.Fault() {
				continue
			}
			name := path.Join(out, f.What)
			flagged[name] = true
			_ = filepath.WalkDir(filepath.Join(w.dir, name), func(p string, _ os.DirEntry, _ error) error {
				rel, _ := filepath.Rel(w.dir, p)
				flagged[filepath.ToSlash(rel)] = true
				return nil
			})
		}
	}
	return flagged, faults
}

func union(of ...map[string][]byte) []string {
	all := map[string]bool{}
	for _, m := range of {
		for name := range m {
			all[name] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// same reports whether two folders have the same under a name.
func same(a, b map[string][]byte, name string) bool {
	one, there := a[name]
	other, wanted := b[name]
	return there == wanted && bytes.Equal(one, other)
}

// passing reports whether a file is of the work under way and grows or goes with it, or
// tells of other files only.
func passing(name string) bool {
	base := path.Base(name)
	return temporary(name) || base == "custody.json" || isLock(name) || base == "decisions.json" || base == "forget.json" || base == "failure.json" ||
		strings.Contains(name, "checkpoint") || strings.Contains(name, "/work/") || strings.HasPrefix(base, "claim.") || strings.Contains(name, ".training") || strings.Contains(name, "/damaged/")
}

// temporary reports whether a file has, or is in what has, the name of one that is being
// written: one that a minute later nobody writes to goes when the next is written.
func temporary(name string) bool {
	return strings.HasSuffix(name, ".tmp") || strings.Contains(name, ".tmp/")
}

// clearing reports whether a call is part of the removal of what is temporary: what is left of
// that is no matter of the work, which has ended, and goes later.
func clearing(at call) bool {
	return at.op == "remove" || (at.op == "open" || at.op == "list") && strings.HasSuffix(at.path, ".N")
}

// names reports whether a message names a file, or a folder that it is in.
func names(message, file string) bool {
	for _, part := range strings.Split(file, "/") {
		part, _, _ = strings.Cut(strings.TrimPrefix(part, "."), ".N")
		if part != "" && strings.Contains(message, part) {
			return true
		}
	}
	return false
}

// isLock reports whether a file has nothing to say but who works in a folder, or on a run
// that has not ended.
func isLock(name string) bool {
	return path.Base(name) == ".lock" || path.Base(name) == ".custody.lock" || claim.IsFile(path.Base(name))
}
