package live

import (
	"context"
	"encoding/gob"
	"encoding/json"
	"errors"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sharewise/sharewise/analysis/claim"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/reports/internal/browser"
	"github.com/sharewise/sharewise/reports/language"
)

// planned is a folder with a plan of two domains, each alone and both together, in so
// many seeds; and its runs, in the order in which they are trained.
func planned(t testing.TB, seeds int, names ...string) (layout.Folder, []study.PlannedRun) {
	t.Helper()
	s := study.New("plants")
	var sizes []study.DomainSize
	for _, name := range names {
		d := study.NewDomain(name)
		d.Format = study.InMemory
		s.Domains = append(s.Domains, d)
		sizes = append(sizes, study.DomainSize{Name: name, Task: study.Classification, Outputs: 2, Train: 640, Val: 100, Test: 100, SHA256: "of the data"})
	}
	s.Seeds = seeds
	if err := s.Validate(); err != nil {
		t.Fatal(err)
	}
	plan, err := s.Plan(sizes, map[string]study.ModelSize{"w1": {SHA256: "of the model", FLOPs: 1000, Params: 10}})
	if err != nil {
		t.Fatal(err)
	}
	plan.Title = `<img src=x onerror="document.body.dataset.ran=1">`
	folder := layout.Folder(t.TempDir())
	if err := folder.WritePlan(plan); err != nil {
		t.Fatal(err)
	}
	return folder, study.InOrder(plan.Runs)
}

// losses are a history with one validation loss an epoch for every domain of a run.
func losses(r study.PlannedRun, values ...float64) []layout.HistoryRow {
	var rows []layout.HistoryRow
	for i, v := range values {
		for _, d := range r.Domains {
			row := layout.HistoryRow{Epoch: int32(i + 1), Domain: d, Split: layout.ValSplit}
			row.Clear()
			row.Loss = v
			rows = append(rows, row)
		}
	}
	return rows
}

// end writes what a run leaves that ended.
func end(t testing.TB, folder layout.Folder, r study.PlannedRun, status layout.Status, seconds float64) {
	t.Helper()
	dir := folder.Run(r.ID)
	if err := os.MkdirAll(string(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := layout.WriteHistory(dir.History(), r.Run, losses(r, 1, 0.5, 0.25)); err != nil {
		t.Fatal(err)
	}
	if err := dir.WriteDone(&layout.Done{Hash: r.Hash, Status: status, Reason: "loss is NaN", Seconds: seconds}); err != nil {
		t.Fatal(err)
	}
}

// begin writes the checkpoint of a run under way.
func begin(t *testing.T, folder layout.Folder, r study.PlannedRun, step int, values ...float64) {
	t.Helper()
	dir := folder.Run(r.ID)
	if err := os.MkdirAll(string(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(dir.Checkpoint())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := io.WriteString(f, layout.CheckpointMagic); err != nil {
		t.Fatal(err)
	}
	if err := gob.NewEncoder(f).Encode(layout.Standing{Hash: r.Hash, Step: step, History: losses(r, values...)}); err != nil {
		t.Fatal(err)
	}
}

// TestLook follows a study of six runs: one done, one diverged, one half way.
func TestLook(t *testing.T) {
	folder, runs := planned(t, 2, "north", "south")
	end(t, folder, runs[0], layout.Finished, 10) // both together, half of a seed's work
	end(t, folder, runs[1], layout.Diverged, 1)
	begin(t, folder, runs[2], runs[2].Steps/2, 0.8, 0.6)
	w := New(folder)
	v, err := w.Look("")
	if err != nil {
		t.Fatal(err)
	}
	if v.Planned != 6 || v.Ended != 2 || v.NotBegun != 3 || len(v.UnderWay) != 1 || len(v.Diverged) != 1 || len(v.Waiting) != 3 {
		t.Errorf("of 6 runs: %d planned, %d ended, %d not begun, %d under way, %d diverged, %d waiting", v.Planned, v.Ended, v.NotBegun, len(v.UnderWay), len(v.Diverged), len(v.Waiting))
	}
	if v.Waiting[0] != runs[3].ID {
		t.Errorf("next is %s, want %s", v.Waiting[0], runs[3].ID)
	}
	u := v.UnderWay[0]
	if u.ID != runs[2].ID || u.Epoch != 2 || u.Loss == nil || *u.Loss != 0.6 {
		t.Errorf("under way: %+v", u)
	}
	all := 0.0
	for _, r := range runs {
		all += r.FLOPs
	}
	done := runs[0].FLOPs + runs[1].FLOPs + runs[2].FLOPs*u.Share()
	if math.Abs(v.Share-done/all) > 1e-12 {
		t.Errorf("share %g, want %g", v.Share, done/all)
	}
	if want := (all - done) / (runs[0].FLOPs / 10); !v.AtWork || v.SecondsLeft == nil || math.Abs(*v.SecondsLeft-want) > 1e-9 {
		t.Errorf("left: %v, at work %v; want %g", v.SecondsLeft, v.AtWork, want)
	}
	if len(v.curves) != 2 || len(v.curves[1].Lines) != 2 || !strings.HasSuffix(v.curves[1].Lines[1].Class, " now") {
		t.Errorf("curves: %+v", v.curves)
	}
	if v, err := w.Look("south"); err != nil || len(v.curves) != 1 || v.curves[0].Domain != "south" {
		t.Errorf("curves of one domain: %+v, %v", v.curves, err)
	}

	w.now = func() time.Time { return time.Now().Add(time.Hour) }
	if v, err := w.Look(""); err != nil || v.AtWork || v.SecondsLeft != nil {
		t.Errorf("an hour after the last change it is still at work: %+v, %v", v, err)
	}
}

// TestLookAgain sees what changed since it looked last: a run that ended, and one that
// has to be trained again.
func TestLookAgain(t *testing.T) {
	folder, runs := planned(t, 1, "north", "south")
	begin(t, folder, runs[0], 1)
	w := New(folder)
	ended := func() int {
		v, err := w.Look("")
		if err != nil {
			t.Fatal(err)
		}
		return v.Ended
	}
	if n := ended(); n != 0 {
		t.Errorf("%d runs ended at first", n)
	}
	end(t, folder, runs[0], layout.Finished, 1)
	if n := ended(); n != 1 {
		t.Errorf("%d runs ended, want 1", n)
	}
	if err := os.Remove(folder.Run(runs[0].ID).Done()); err != nil {
		t.Fatal(err)
	}
	if n := ended(); n != 0 {
		t.Errorf("%d runs ended after one was withdrawn", n)
	}
}

// BenchmarkLook looks at 3 000 runs, half of which have ended.
func BenchmarkLook(b *testing.B) {
	folder, runs := planned(b, 1000, "north", "south")
	for _, r := range runs[:len(runs)/2] {
		end(b, folder, r, layout.Finished, 1)
	}
	w := New(folder)
	for b.Loop() {
		if _, err := w.Look(""); err != nil {
			b.Fatal(err)
		}
	}
}

func get(t *testing.T, h http.Handler, method, host, path string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, path, nil)
	r.Host = host
	rw := httptest.NewRecorder()
	h.ServeHTTP(rw, r)
	return rw.Result()
}

func TestHandler(t *testing.T) {
	folder, runs := planned(t, 1, "north", "south")
	begin(t, folder, runs[0], 3, math.NaN())
	h := New(folder).Handler()
	for _, c := range []struct {
		method, host, path string
		status             int
	}{
		{"GET", "127.0.0.1:8737", "/", 200},
		{"HEAD", "localhost", "/", 200},
		{"GET", "[::1]:8737", "/state.json", 200},
		{"GET", "::1", "/parts.json", 200},
		{"GET", "localhost", "/report", 404},
		{"GET", "localhost", "/plan.json", 404},
		{"GET", "localhost", "/../plan.json", 404},
		{"POST", "localhost", "/", 405},
		{"GET", "evil.example", "/state.json", 403},
		{"GET", "127.0.0.1.evil.example:8737", "/", 403},
		{"GET", "localhost@evil.example", "/", 403},
		{"GET", "localhost.", "/", 403},
		{"GET", "2130706433", "/", 403},
		{"GET", "", "/", 403},
		{"GET", "localhost", "/%2e%2e/plan.json", 404},
		{"GET", "localhost", "//plan.json", 404},
		{"GET", "localhost", "/report/../plan.json", 404},
		{"PUT", "localhost", "/report", 405},
	} {
		r := get(t, h, c.method, c.host, c.path)
		if r.StatusCode != c.status && !(c.status == 404 && r.StatusCode/100 == 3) {
			t.Errorf("%s %s of %s: status %d, want %d", c.method, c.path, c.host, r.StatusCode, c.status)
		}
	}
	var v View
	if err := json.NewDecoder(get(t, h, "GET", "localhost", "/state.json").Body).Decode(&v); err != nil || v.Planned != 3 || v.UnderWay[0].Step != 3 || v.UnderWay[0].Loss != nil {
		t.Errorf("state.json: %+v, %v", v, err)
	}
	if err := os.WriteFile(folder.Report(), []byte("<p>found"), 0o644); err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(get(t, h, "GET", "localhost", "/report").Body); err != nil || string(body) != "<p>found" {
		t.Errorf("report: %s, %v", body, err)
	}

	empty := New(layout.Folder(t.TempDir())).Handler()
	if body, err := io.ReadAll(get(t, empty, "GET", "localhost", "/").Body); err != nil || !strings.Contains(string(body), "no plan in this folder") {
		t.Errorf("an empty folder: %s, %v", body, err)
	}
}

// TestInChromium opens the page: its script runs and asks again, and shows what
// changed after it was opened. A title that
// looks like a script stays a text.
func TestInChromium(t *testing.T) {
	folder, runs := planned(t, 1, "north", "south")
	w := New(folder)
	asked := 0
	h := w.Handler()
	s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/parts.json" {
			if asked++; asked == 1 {
				end(t, folder, runs[0], layout.Finished, 3)
			}
		}
		h.ServeHTTP(rw, r)
	}))
	defer s.Close()
	dom := browser.DOM(t, s.URL, "whether the live page follows a study")
	if asked == 0 || !strings.Contains(dom, "<b>1</b> of 3 runs ended") {
		t.Errorf("after %d questions the page says:\n%s", asked, dom)
	}
	if !strings.Contains(dom, "<polyline") {
		t.Error("no learning curve was drawn")
	}
	if strings.Contains(dom, `data-ran="1"`) {
		t.Error("the title ran as a script")
	}
}

// TestWorkersElsewhere believes a worker of another machine for as long as its lease.
func TestWorkersElsewhere(t *testing.T) {
	folder, runs := planned(t, 1, "a", "b")
	dir := string(folder.Run(runs[0].ID))
	now := time.Now()
	lease := 300.0
	sign := func(beat int) {
		text, err := json.Marshal(claim.Holder{Version: 1, Token: "x", Beat: beat, Lease: lease, Host: "other", Machine: "of another start"})
		if err == nil {
			err = errors.Join(os.MkdirAll(dir, 0o755), os.WriteFile(filepath.Join(dir, claim.FileName(1)), text, 0o644))
		}
		if err == nil {
			err = os.Chtimes(dir, now.Add(-time.Hour), now.Add(-time.Hour))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	w := New(folder)
	w.now = func() time.Time { return now }
	expect := func(want bool, when string) {
		t.Helper()
		if v, err := w.Look(""); err != nil || v.AtWork != want {
			t.Errorf("%s: at work: %v, %v", when, !want, err)
		}
	}
	expect(false, "nobody has begun")
	sign(1)
	expect(true, "seen first")
	now = now.Add(299 * time.Second)
	expect(true, "within the lease")
	now = now.Add(2 * time.Second)
	expect(false, "after the lease")
	sign(2)
	expect(true, "it lives again")
	for i, huge := range []float64{1e9, 1e300, -1, 0} { // of a file that was damaged, or is a lie
		lease = huge
		sign(3 + i)
		expect(true, "seen first, with a lease that no holder asks for")
		now = now.Add(119 * time.Second)
		expect(true, "within the usual lease")
		now = now.Add(2 * time.Second)
		expect(false, "after the usual lease")
	}
}

// TestReportAlone opens a report.html that somebody else wrote: its script reads nothing of
// the study from the pages beside it.
func TestReportAlone(t *testing.T) {
	folder, _ := planned(t, 1, "north", "south")
	const script = `<p id=a>not run</p><script>document.getElementById("a").textContent="it "+"ran";fetch("/state.json").then(r=>r.text()).then(x=>{document.body.dataset.ran=1})</script>`
	if err := os.WriteFile(folder.Report(), []byte(script), 0o644); err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(New(folder).Handler())
	defer s.Close()
	dom := browser.DOM(t, s.URL+"/report", "whether a report reads other pages")
	if !strings.Contains(dom, "it ran") {
		t.Errorf("the report's own script did not run:\n%s", dom)
	}
	if strings.Contains(dom, `data-ran="1"`) {
		t.Error("a script of the report read the state of the study")
	}
}

// TestLanguages has the page in the language of the browser, or in the one that the watcher is
// told.
func TestLanguages(t *testing.T) {
	folder, _ := planned(t, 1, "north", "south")
	const english, japanese = "<b>0</b> of 3 runs ended", "学習3回のうち<b>0回</b>が終了"
	for _, c := range []struct {
		told  language.Language
		asked string
		want  string
	}{
		{"", "", english},
		{"", "ja", japanese},
		{"", "fr-FR,ja-JP;q=0.9,en;q=0.8", japanese},
		{"", "en-US,en;q=0.9,ja;q=0.8", english},
		{"", "fr, *;q=0.5", english},
		{"", "en;q=0.1, ja;q=0.9", japanese},
		{"", "ja;q=0", english},
		{"", "ja;q=NaN,en;q=0.001", english},
		{"", "ja;q=1e300, ;;;,,q=,-,\x00ja", english},
		{"", strings.Repeat("fr,", 5000) + "JA-jp-x-" + strings.Repeat("a", 1000), japanese},
		{language.Japanese, "en", japanese},
		{language.English, "ja", english},
	} {
		w := New(folder)
		w.Language = c.told
		for _, path := range []string{"/", "/parts.json"} {
			r := httptest.NewRequest(http.MethodGet, "http://localhost"+path, nil)
			r.Header.Set("Accept-Language", c.asked)
			answer := httptest.NewRecorder()
			w.Handler().ServeHTTP(answer, r)
			got := answer.Body.String()
			if path == "/parts.json" {
				var parts map[string]string
				if err := json.Unmarshal(answer.Body.Bytes(), &parts); err != nil {
					t.Fatal(err)
				}
				got = parts["summary"]
			} else if tag := c.want == japanese; strings.Contains(got, `<html lang="ja">`) != tag {
				t.Errorf("told %q, asked for %q: the page says that it is in another language", c.told, c.asked)
			}
			if !strings.Contains(got, c.want) {
				t.Errorf("told %q, asked for %q: %s lacks %s", c.told, c.asked, path, c.want)
			}
		}
	}
}

// TestSlowClients leaves questions unfinished: others are answered meanwhile, and they end
// with the server.
func TestSlowClients(t *testing.T) {
	folder, _ := planned(t, 1, "north", "south")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- New(folder).Serve(ctx, l) }()
	for range 50 {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: localhost\r\nX: "); err != nil {
			t.Fatal(err)
		}
	}
	r, err := http.Get("http://" + l.Addr().String() + "/state.json")
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if r.StatusCode != http.StatusOK {
		t.Errorf("status %d", r.StatusCode)
	}
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: localhost\r\nX: "+strings.Repeat("a", 1<<16)+"\r\n\r\n"); err == nil {
		answer, _ := io.ReadAll(c) // it may have been closed before all was read
		if strings.Contains(string(answer), "200 OK") {
			t.Error("a head of 64 KB was taken")
		}
	}
	end()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("the server waits for who asks nothing")
	}
}

// TestInert follows a study whose plan, runs and curves have scripts in the place of names
// and reasons. None runs, neither on the page that is opened nor in the pieces that its
// script puts there.
func TestInert(t *testing.T) {
	const payload = `"'></title></style><script>document.body.dataset.ran=1</script><img src=x onerror="document.body.dataset.ran=1">`
	const rung = `"'><img src=x onerror="document.body.dataset.ran=1">` // which has no slash in it
	folder, _ := planned(t, 2, "north", "south")
	plan, err := folder.ReadPlan()
	if err != nil {
		t.Fatal(err)
	}
	plan.Study, plan.Title = payload, payload
	for i := range plan.Runs {
		r := &plan.Runs[i]
		r.Arm, r.Rung.Name, r.Weighting.Name = r.Arm+payload, rung, payload
	}
	if err := folder.WritePlan(plan); err != nil {
		t.Fatal(err)
	}
	runs := study.InOrder(plan.Runs)
	end(t, folder, runs[0], layout.Finished, 3)
	dir := folder.Run(runs[1].ID)
	end(t, folder, runs[1], layout.Diverged, 3)
	if err := dir.WriteDone(&layout.Done{Hash: runs[1].Hash, Status: layout.Diverged, Reason: payload, Seconds: 1}); err != nil {
		t.Fatal(err)
	}
	hostile := runs[2]
	hostile.Domains = []string{payload}
	begin(t, folder, hostile, 10, 1, 0.5)
	h := New(folder).Handler()
	pieces := false
	s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		pieces = pieces || r.URL.Path == "/parts.json"
		h.ServeHTTP(rw, r)
	}))
	defer s.Close()
	dom := browser.DOM(t, s.URL+"/?domain="+url.QueryEscape(payload), "whether the live page runs scripts of others")
	if strings.Contains(dom, `data-ran="1"`) {
		t.Error("a script of a name ran")
	}
	if n := strings.Count(dom, "dataset.ran=1"); n < 3 || !pieces {
		t.Errorf("only %d hostile texts arrived on the page; its script asked for pieces: %t\n%s", n, pieces, dom)
	}
}
