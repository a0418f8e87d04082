package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sharewise/sharewise/analysis/claim"
	"github.com/sharewise/sharewise/analysis/layout"
)

// machine is a mirror of the bucket on a machine of its own.
func machine(t *testing.T, b Bucket) *Mirror {
	t.Helper()
	m, err := Open(b, Location{"s3://plants", "a/b"}, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func write(t *testing.T, m *Mirror, name, text string) {
	t.Helper()
	file := m.path(name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(text), 0o644)); err != nil {
		t.Fatal(err)
	}
}

// trained leaves a run that has ended.
func trained(t *testing.T, m *Mirror, id, losses, hash string, seconds float64) layout.RunFolder {
	t.Helper()
	write(t, m, "runs/"+id+"/losses.parquet", losses)
	dir := m.Folder().Run(id)
	sum, err := layout.HashFile(dir.Losses())
	if err == nil {
		err = dir.WriteDone(&layout.Done{Hash: hash, Status: layout.Finished, Files: map[string]string{"losses.parquet": sum}, Seconds: seconds})
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func pull(t *testing.T, m *Mirror, parts Parts) {
	t.Helper()
	if err := m.Pull(t.Context(), parts); err != nil {
		t.Fatal(err)
	}
}

func push(t *testing.T, m *Mirror) {
	t.Helper()
	if err := m.Push(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func keys(b *memory) string {
	all, _ := b.List(context.Background(), "")
	var out []string
	for _, o := range all {
		out = append(out, strings.TrimPrefix(o.Key, "a/b/"))
	}
	return strings.Join(out, " ")
}

func (m *Mirror) text(name string) string {
	data, err := os.ReadFile(m.path(name))
	if err != nil {
		return err.Error()
	}
	return string(data)
}

var everything = Parts{Models: true, Runs: true}

func TestParse(t *testing.T) {
	for url, want := range map[string]string{
		"s3://b": "s3://b", "s3://b/": "s3://b", "s3://b/a//c/?region=x": "s3://b/a/c?region=x", "gs://b/x/../y": "gs://b/y", "azblob://c/o": "azblob://c/o",
		"s3:///x": "", "s3://u:p@b/x": "", "http://b/x": "", "s3://b/%zz": "",
	} {
		at, err := Parse(url)
		if (want == "") != errors.Is(err, ErrURL) || err == nil && at.URL() != want {
			t.Errorf("%s: %s, %v; want %q", url, at.URL(), err, want)
		}
	}
	if file, ok, err := LocalPath("file:///data/out"); file != "/data/out" || !ok || err != nil {
		t.Errorf("%s, %v, %v", file, ok, err)
	}
	for name, want := range map[string]string{
		"s3://AKIA:sec/ret@plants/out?x=secret": "s3://...@plants/out", "s3://plants/out": "s3://plants/out", "out": "out",
	} {
		if got := Shown(name); got != want {
			t.Errorf("%s is shown as %s", name, got)
		}
	}
	for _, name := range []string{"s3://AKIA:secret@plants/out", "s3://AKIA:sec/ret@plants", "azblob://x:secret@plants?sas=secret", "s3://AKIA:%zzsecret@plants"} {
		if _, err := Parse(name); !errors.Is(err, ErrURL) || strings.Contains(err.Error(), "sec") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := LocalPath("file://data/out"); !errors.Is(err, ErrURL) {
		t.Error(err)
	}
}

// TestPushPull takes a folder from one machine to another and back.
func TestPushPull(t *testing.T) {
	b := newMemory()
	here, there := machine(t, b), machine(t, b)
	pull(t, here, everything)
	write(t, here, "plan.json", "plan")
	write(t, here, ".lock", "1")
	write(t, here, "damaged/x", "1")
	write(t, here, "runs/half/checkpoint.bin", "x")
	trained(t, here, "r", "loss", "h", 1)
	push(t, here)
	if got := keys(b); got != "plan.json runs/r/done.json runs/r/losses.parquet" {
		t.Errorf("stored: %s", got)
	}
	pull(t, there, everything)
	if there.text("plan.json") != "plan" || there.text("runs/r/losses.parquet") != "loss" {
		t.Error("not all came")
	}
	before := there.Moved()
	pull(t, there, everything)
	if there.Moved() != before {
		t.Errorf("fetched again: %+v after %+v", there.Moved(), before)
	}
	write(t, there, "plan.json", "other")
	write(t, there, "report.html", "page")
	if err := os.RemoveAll(there.path("runs/r")); err != nil {
		t.Fatal(err)
	}
	push(t, there)
	if got := keys(b); got != "plan.json report.html" {
		t.Errorf("stored: %s", got)
	}
	pull(t, here, everything)
	if here.text("plan.json") != "other" || here.text("runs/r/done.json") == "" {
		t.Error("here:", here.text("plan.json"))
	}
	if _, err := os.Stat(here.path("runs/r")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a run that is gone from the store is still here")
	}
	// Who loses files of the working copy before a pull loses nothing.
	if err := os.RemoveAll(string(here.dir)); err != nil {
		t.Fatal(err)
	}
	pull(t, here, everything)
	push(t, here)
	if got := keys(b); got != "plan.json report.html" || here.text("report.html") != "page" {
		t.Errorf("stored: %s", got)
	}
}

// TestLostUpdate lets two machines change the same file.
func TestLostUpdate(t *testing.T) {
	b := newMemory()
	one, two := machine(t, b), machine(t, b)
	write(t, one, "groups.json", "1")
	push(t, one)
	pull(t, two, everything)
	write(t, one, "groups.json", "from one")
	write(t, two, "groups.json", "from two")
	push(t, one)
	if err := two.Push(t.Context()); !errors.Is(err, ErrChanged) || !strings.Contains(err.Error(), "groups.json") {
		t.Errorf("the second: %v", err)
	}
	pull(t, two, everything)
	if got := two.text("groups.json"); got != "from one" {
		t.Error(got)
	}
	if strings.Contains(keys(b), "claim") {
		t.Error("claims stay:", keys(b))
	}
}

// TestTwice ends a run on two machines: alike, and otherwise.
func TestTwice(t *testing.T) {
	b := newMemory()
	one, two, three := machine(t, b), machine(t, b), machine(t, b)
	for m, seconds := range map[*Mirror]float64{one: 1, two: 2} {
		if err := m.Publish(t.Context(), trained(t, m, "r", "loss", "h", seconds), nil); err != nil {
			t.Fatal(err)
		}
	}
	if one.text("runs/r/done.json") != two.text("runs/r/done.json") {
		t.Error("each machine has a done.json of its own")
	}
	err := three.Publish(t.Context(), trained(t, three, "r", "other", "h", 3), nil)
	if !errors.Is(err, ErrTwice) || three.text("runs/r/losses.parquet") != "loss" {
		t.Errorf("%v, and here is %s", err, three.text("runs/r/losses.parquet"))
	}
	// Of another version of the study, it is another run.
	if err := three.Publish(t.Context(), trained(t, three, "r", "other", "new", 3), nil); err != nil {
		t.Error(err)
	}
	pull(t, one, everything)
	if one.text("runs/r/losses.parquet") != "other" {
		t.Error(one.text("runs/r/losses.parquet"))
	}
}

// TestPartialUpload dies at each write of a run, on one machine, and goes on there or on another.
func TestPartialUpload(t *testing.T) {
	patience(t, 1)
	for at := range 2 {
		for _, how := range []string{"lost", "answer", "twice"} {
			b := newMemory()
			one, two := machine(t, b), machine(t, b)
			writes := 0
			b.fault = func(_, _ string) string {
				if writes++; writes == at+1 {
					return how
				}
				return ""
			}
			dir := trained(t, one, "r", "loss", "h", 1)
			err := one.Publish(t.Context(), dir, nil)
			if (err == nil) != (how == "twice") {
				t.Errorf("write %d %s: %v", at, how, err)
			}
			if err == nil != one.Published(dir) {
				t.Errorf("write %d %s: published: %v", at, how, one.Published(dir))
			}
			pull(t, two, everything)
			_, stored := b.objects["a/b/runs/r/done.json"]
			if _, err := os.Stat(two.path("runs/r/done.json")); (err == nil) != stored {
				t.Errorf("write %d %s: elsewhere: %v", at, how, err)
			}
			if stored && two.text("runs/r/losses.parquet") != "loss" {
				t.Error("done.json came before its files")
			}
			if err := one.Publish(t.Context(), dir, nil); err != nil {
				t.Errorf("again: %v", err)
			}
			if err := two.Publish(t.Context(), trained(t, two, "r", "loss", "h", 9), nil); err != nil {
				t.Errorf("elsewhere: %v", err)
			}
			if one.text("runs/r/done.json") != two.text("runs/r/done.json") || one.text("runs/r/losses.parquet") != "loss" {
				t.Errorf("write %d %s: two ends", at, how)
			}
		}
	}
}

// TestClaims lets workers on machines of their own take the same work, some of which stop
// to beat, while answers get lost.
func TestClaims(t *testing.T) {
	b := newMemory()
	rng, mu := rand.New(rand.NewPCG(1, 2)), sync.Mutex{}
	b.fault = func(_, key string) string {
		mu.Lock()
		defer mu.Unlock()
		return map[int]string{0: "lost", 1: "answer", 2: "twice"}[rng.IntN(12)]
	}
	const workers, rounds, beat = 6, 15, 20 * time.Millisecond
	holders, most, taken := 0, 0, 0
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			m := machine(t, b)
			claimer := claim.New(claim.Options{Beat: beat, Space: m.Claims()})
			for r := 0; r < rounds; {
				held, err := claimer.Take(m.path("runs/r"))
				if err != nil {
					time.Sleep(beat / 4)
					continue
				}
				r++
				if held.Confirm() == nil {
					mu.Lock()
					holders, taken = holders+1, taken+1
					most = max(most, holders)
					mu.Unlock()
					time.Sleep(time.Millisecond)
					mu.Lock()
					holders--
					mu.Unlock()
				}
				for held.Release(w%2 == 0 && r%3 == 0) != nil { // a lost answer: tried once more, or left to the lease
					break
				}
			}
		})
	}
	wg.Wait()
	if most != 1 {
		t.Errorf("%d held the same run at a time", most)
	}
	t.Logf("%d times taken", taken)
}

// TestStale takes a run over from a worker that was killed, with its checkpoint.
func TestStale(t *testing.T) {
	b := newMemory()
	one, two := machine(t, b), machine(t, b)
	dead := claim.New(claim.Options{Beat: 10 * time.Millisecond, Space: silent{one.Claims(), new(sync.Once)}})
	if _, err := dead.Take(one.path("runs/r")); err != nil {
		t.Fatal(err)
	}
	alive := claim.New(claim.Options{Beat: 10 * time.Millisecond, Space: two.Claims()})
	began := time.Now()
	for {
		held, err := alive.Take(two.path("runs/r"))
		if err == nil {
			defer held.Release(true)
			break
		}
		if !errors.Is(err, claim.ErrHeld) || time.Since(began) > 5*time.Second {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Millisecond)
	}
	if took := time.Since(began); took < 80*time.Millisecond {
		t.Errorf("taken over after %v, within the lease", took)
	}
}

// silent is the space of a worker that is killed once it has a claim, on another machine.
type silent struct {
	claim.Space
	once *sync.Once
}

func (s silent) Create(dir string, number int, content []byte, token string) error {
	content = []byte(strings.NewReplacer(`"machine":"`, `"machine":"other `, `"host":"`, `"host":"other `).Replace(string(content)))
	return s.Space.Create(dir, number, content, token)
}

func (silent) Replace(string, int, []byte, string) error {
	return fmt.Errorf("%w: killed", ErrUnreachable)
}

// TestPlanUnderWorkers changes the plan while a worker lives, and after it died.
func TestPlanUnderWorkers(t *testing.T) {
	defer func(was time.Duration) { beat = was }(beat)
	beat = 10 * time.Millisecond
	b := newMemory()
	one, two := machine(t, b), machine(t, b)
	write(t, one, "plan.json", "1")
	push(t, one)
	pull(t, two, Parts{})
	worker := claim.New(claim.Options{Beat: 10 * time.Millisecond, Space: two.Claims()})
	held, err := worker.Take(two.path("runs/r"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, one, "plan.json", "22")
	if err := one.Push(t.Context()); !errors.Is(err, layout.ErrInUse) {
		t.Errorf("with a worker: %v", err)
	}
	if err := held.Release(false); err != nil {
		t.Fatal(err)
	}
	push(t, one)
	if data, err := b.Read(t.Context(), "a/b/plan.json"); err != nil || string(data) != "22" {
		t.Errorf("%s, %v", data, err)
	}
}

// TestData fetches a file, a folder and a pattern, once, and what has changed.
func TestData(t *testing.T) {
	b := newMemory()
	for key, text := range map[string]string{"d/a.csv": "1", "d/b.csv": "2", "d/deep/c.csv": "3", "d2.csv": "4", "m.onnx": "5", "m.onnx.data": "6"} {
		if err := b.write(key, []byte(text), false); err != nil {
			t.Fatal(err)
		}
	}
	cache := t.TempDir()
	data := func() *Data {
		return NewData(func(string) (Bucket, error) { return b, nil }, cache)
	}
	fetch := func(url string) []string {
		t.Helper()
		file, err := data().Fetch(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		found, err := filepath.Glob(file)
		if err != nil || len(found) == 0 {
			t.Fatal(file, err)
		}
		var out []string
		for _, f := range found {
			_ = filepath.WalkDir(f, func(p string, d fs.DirEntry, err error) error {
				if err == nil && !d.IsDir() {
					text, _ := os.ReadFile(p)
					out = append(out, filepath.Base(p)+"="+string(text))
				}
				return err
			})
		}
		return out
	}
	for url, want := range map[string][]string{
		"s3://p/d/a.csv": {"a.csv=1"}, "s3://p/d": {"a.csv=1", "b.csv=2", "c.csv=3"}, "s3://p/d/*.csv": {"a.csv=1", "b.csv=2"}, "s3://p/m.onnx": {"m.onnx=5"},
	} {
		if got := fetch(url); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", url, got, want)
		}
	}
	if err := errors.Join(b.write("d/a.csv", []byte("new"), false), b.Delete(t.Context(), "d/b.csv")); err != nil {
		t.Fatal(err)
	}
	if got := fetch("s3://p/d"); !slices.Equal(got, []string{"a.csv=new", "c.csv=3"}) {
		t.Error(got)
	}
	if _, err := data().Fetch(t.Context(), "s3://p/nothing"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}
