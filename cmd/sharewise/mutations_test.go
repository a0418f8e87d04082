package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sharewise/sharewise/analysis/versioned/alteration"
)

// preparing are the commands after which a folder has every JSON file that commands leave
// in it.
var preparing = []string{
	"run data/study.yaml -o out --jobs 1 -q", "analyze out", "cross out", "merge out", "linearise out", "affinity out", "similarity out",
	"subgroups out --clusters 2", "imbalance out", "suspects out", "influence out", "group out --must-link east+west --must-link west+south",
	"value out", "remedies out", "promise out --seeds 2 --jobs 1 -q", "report out",
}

// reader is a command, with the file that it writes.
type reader struct{ args, output string }

// readers are commands that read JSON files of a folder, each with what it writes for
// people and other programs.
var readers = []reader{
	{"status out", ""}, {"status out --json", ""}, {"check out", ""}, {"verify out", ""}, {"analyze out", "out/results.json"},
	{"group out --must-link east+west --must-link west+south", "out/groups.json"}, {"affinity out", "out/affinity.json"},
	{"imbalance out", "out/imbalance.json"}, {"sources out", ""}, {"value out", "out/economics.json"}, {"remedies out", "out/remedies.json"},
	{"report out", "out/report.html"}, {"cross out", "out/cross.json"}, {"similarity out", "out/similarity.json"},
	{"subgroups out --clusters 2", "out/subgroups.json"}, {"promise out --seeds 2 --jobs 1 -q", "out/promises.json"},
	{"export out --models deployed", "deployed/manifest.json"}, {"export out --to csv -o tracked", "tracked/scalars.csv"},
	{"run data/study.yaml -o out --jobs 1 -q", "out/plan.json"}, {"merge out", "out/merge.json"}, {"suspects out", "out/suspects.json"},
	{"influence out", "out/influence.json"}, {"work out --index 0 --of 1", ""},
}

// lateReaders are those of what takes long to make.
var lateReaders = []reader{
	{"mixtures data/study.yaml -o out --mixtures 7 --seeds 2 --jobs 1 -q", "out/mixtures.json"},
	{"report out --lang ja", "out/report.html"},
}

// told are words by which a command says that something was not as it should be, or was
// made again.
var told = regexp.MustCompile(`(?i)stale|damaged|changed|differ|not as|again|older|newer|anew|made from|no longer|unlike|missing|not recorded|unrecorded|vouch|invalid|unknown|cannot|lost|trained`)

// TestMutatedFiles changes JSON files of a results folder in ways that programs, people and
// enemies do, and gives them to the commands that read them. No command panics, fails as
// if the system had, shows raw words of the language or commands to a terminal, or ends
// well with other figures than before without saying that something was not in order.
// SHAREWISE_MUTATIONS=N makes N of every file under every command; without, one of a third
// of the kinds of files under one. SHAREWISE_SEED draws others than usual. The former ends
// a minute before the time of all tests is over, and says how far it came.
func TestMutatedFiles(t *testing.T) {
	requireRuntime(t)
	times, seed := 0, uint64(1)
	for name, set := range map[string]func(int){"SHAREWISE_MUTATIONS": func(n int) { times = n }, "SHAREWISE_SEED": func(n int) { seed = uint64(n) }} {
		if text := os.Getenv(name); text != "" {
			n, err := strconv.Atoi(text)
			must(t, err)
			set(n)
		}
	}
	t.Logf("SHAREWISE_SEED=%d", seed)
	top, err := filepath.EvalSymlinks(t.TempDir())
	must(t, err)
	m := &mutations{t: t, rng: rand.New(rand.NewPCG(seed, 3)), dir: filepath.Join(top, "work"), whole: filepath.Join(top, "whole"), readers: readers}
	must(t, os.Mkdir(m.dir, 0o755))
	plantFaultStudy(t, m.dir, "0.003")
	lines := preparing
	if times > 0 { // what takes long to make
		lines = slices.Insert(slices.Clone(lines), len(lines)-1, "mixtures data/study.yaml -o out --mixtures 7 --seeds 2 --jobs 1 -q", "weightings data/study.yaml -o out --methods equal --trials 1 --seeds 2 --jobs 1 -q")
		m.readers = append(slices.Clone(readers), lateReaders...)
	}
	for _, line := range lines {
		prepared(line)(t, m.dir)
	}
	restore(t, m.whole, m.dir)
	kinds := jsonFiles(t, m.whole)
	defer func() {
		t.Logf("%d tries: %d as if nothing were, %d said what is not in order, %d ended in exit codes 1 and 3", m.tried, m.same, m.told, m.refused)
	}()
	t.Logf("%d kinds of files: %v", len(kinds), slices.Sorted(maps.Keys(kinds)))
	if len(kinds) < 20 {
		t.Errorf("only %d kinds of JSON files are in the folder", len(kinds))
	}
	deadline, limited := t.Deadline()
	for round := range max(1, times) {
		for _, kind := range slices.Sorted(maps.Keys(kinds)) {
			if times == 0 && m.rng.IntN(3) > 0 {
				continue
			}
			name := kinds[kind][m.rng.IntN(len(kinds[kind]))]
			from, n := m.rng.IntN(len(m.readers)), len(m.readers)
			if times == 0 {
				n = 1
			}
			data, what := m.mutate(name)
			for k := range n {
				if limited && times > 0 && time.Until(deadline) < time.Minute {
					t.Logf("stopped in round %d at %s, since the time is over", round+1, kind)
					return
				}
				m.try(from+k, name, data, what)
			}
		}
	}
}

// jsonFiles are the JSON files of a folder, by kind: those of runs by their names.
func jsonFiles(t *testing.T, dir string) map[string][]string {
	kinds := map[string][]string{}
	for name := range filesOf(t, dir) {
		if path.Ext(name) != ".json" {
			continue
		}
		kind := name
		if strings.Contains(name, "/runs/") || strings.Contains(name, "/baseline/") {
			kind = path.Base(path.Dir(path.Dir(name))) + "/*/" + path.Base(name)
		}
		kinds[kind] = append(kinds[kind], name)
	}
	for _, names := range kinds {
		slices.Sort(names)
	}
	return kinds
}

type mutations struct {
	t                          *testing.T
	rng                        *rand.Rand
	dir, whole                 string
	readers                    []reader
	calm                       map[int]said // what readers say of the whole folder
	tried, same, told, refused int
}

// said is how a command ended.
type said struct {
	code           int
	text, produced string
}

// times vary from one call to the next.
var varying = regexp.MustCompile(`[0-9.]+ ?(ms|s|min|h)\b|seconds": [0-9.e-]+|process [0-9]+|[0-9T:.-]+Z`)

func (m *mutations) call(k int) said {
	r := m.readers[k%len(m.readers)]
	ctx, cancel := context.WithTimeout(m.t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sharewise", strings.Fields(r.args)...)
	cmd.Dir, cmd.Env = m.dir, append(os.Environ(), "NO_COLOR=1", "GOMEMLIMIT=2GiB")
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		m.t.Fatal(err)
	}
	s := said{code: cmd.ProcessState.ExitCode(), text: varying.ReplaceAllString(string(out), "T")}
	if r.output != "" {
		produced, _ := os.ReadFile(filepath.Join(m.dir, r.output)) // some commands end without it
		s.produced = varying.ReplaceAllString(string(produced), "T")
	}
	return s
}

// try gives a changed file to a command.
func (m *mutations) try(k int, name string, data []byte, what string) {
	k %= len(m.readers)
	if m.calm == nil {
		m.calm = map[int]said{}
	}
	if _, ok := m.calm[k]; !ok {
		restore(m.t, m.dir, m.whole)
		m.calm[k] = m.call(k)
	}
	calm, args := m.calm[k], m.readers[k].args
	restore(m.t, m.dir, m.whole)
	must(m.t, os.WriteFile(filepath.Join(m.dir, name), data, 0o644))
	ledger := m.rng.IntN(3) > 0
	if !ledger && name != "out/custody.json" {
		must(m.t, os.Remove(filepath.Join(m.dir, "out/custody.json")))
	}
	got := m.call(k)
	m.tried++
	complain := func(format string, more ...any) {
		m.t.Errorf("sharewise %s, %s %s, ledger %t: %s\nexit code %d, %.1500s", args, name, what, ledger, fmt.Sprintf(format, more...), got.code, got.text)
	}
	if found := alteration.Raw.FindString(got.text); found != "" {
		complain("%q stands in the message", found)
		return
	}
	if strings.Contains(got.produced, "<script>alert(1)</script>") && strings.Contains(m.readers[k].output, "html") {
		complain("a script is in the page")
	}
	switch {
	case got.code == calm.code && got.produced == calm.produced && (got.text == calm.text || told.MatchString(got.text)):
		m.same++
	case got.code == 1 || got.code == 3:
		m.refused++
	case got.code != 0:
		complain("not the exit code of bad input")
	case told.MatchString(strings.ReplaceAll(got.text, calm.text, "")):
		m.told++
	case got.produced != calm.produced:
		complain("other figures than before, and no word of it:\n%s", firstDifference(calm.produced, got.produced))
	default:
		complain("another answer than before, and no word of it:\n%s", firstDifference(calm.text, got.text))
	}
}

// firstDifference shows where two texts part.
func firstDifference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return fmt.Sprintf("line %d: %.200q was %.200q", i+1, y[i], x[i])
		}
	}
	return fmt.Sprintf("%d lines were %d", len(y), len(x))
}

// mutate changes a JSON file, and says how.
func (m *mutations) mutate(name string) (data []byte, what string) {
	was, err := os.ReadFile(filepath.Join(m.whole, name))
	must(m.t, err)
	switch m.rng.IntN(12) {
	case 0:
		n := m.rng.IntN(len(was))
		return was[:n], fmt.Sprintf("cut off after %d bytes", n)
	case 1: // the first key twice, with another value
		if key := regexp.MustCompile(`"[a-z_0-9]+":`).Find(was); key != nil {
			return bytes.Replace(was, []byte("{"), []byte("{"+string(key)+" 7, "), 1), "with a key twice"
		}
	case 2:
		if changed := regexp.MustCompile(`"version": ?\d+`).ReplaceAll(was, []byte(`"version": `+m.one("0", "99", "-1", "1e3", `"1"`))); !bytes.Equal(changed, was) {
			return changed, "of another version"
		}
	}
	d := json.NewDecoder(bytes.NewReader(was))
	d.UseNumber()
	var tree any
	must(m.t, d.Decode(&tree))
	what = m.change(&tree, "")
	data, err = json.Marshal(tree)
	must(m.t, err)
	for mark, raw := range map[string]string{`"@deep"`: strings.Repeat("[", 5000) + strings.Repeat("]", 5000), `"@huge"`: "1e999"} {
		data = bytes.ReplaceAll(data, []byte(mark), []byte(raw))
	}
	return data, what
}

func (m *mutations) one(of ...string) string { return of[m.rng.IntN(len(of))] }

// change changes one value of a tree, chosen at random.
func (m *mutations) change(v *any, at string) string {
	switch x := (*v).(type) {
	case map[string]any:
		if len(x) > 0 && m.rng.IntN(8) > 0 {
			key := slices.Sorted(maps.Keys(x))[m.rng.IntN(len(x))]
			if m.rng.IntN(10) == 0 {
				delete(x, key)
				return at + "." + key + " removed"
			}
			child := x[key]
			what := m.change(&child, at+"."+key)
			x[key] = child
			return what
		}
	case []any:
		if len(x) > 0 && m.rng.IntN(8) > 0 {
			i := m.rng.IntN(len(x))
			return m.change(&x[i], fmt.Sprintf("%s[%d]", at, i))
		}
	case json.Number:
		if f, err := x.Float64(); err == nil && m.rng.IntN(2) == 0 {
			*v = 1.5*f + 1
			return fmt.Sprintf("%s %s now %v", at, x, *v)
		}
	case string:
		if m.rng.IntN(2) == 0 {
			*v = m.one("../../../etc/passwd", "/etc/passwd", x+"x", "", "NaN", "<script>alert(1)</script>", "\x1b[2J", strings.Repeat("a", 100_000), "\x00")
			return fmt.Sprintf("%s now %.30q", at, *v)
		}
	}
	values := []any{nil, true, -1, 1e308, -1e308, json.Number("9223372036854775808"), 0.5, "NaN", "text", []any{}, map[string]any{}, []any{nil}, "@deep", "@huge"}
	*v = values[m.rng.IntN(len(values))]
	return fmt.Sprintf("%s replaced by %v", at, *v)
}
