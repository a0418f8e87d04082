package trainer

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/versioned/alteration"
)

// TestLinksInTheWay finds links where a run's files are made: what they lead to is left
// alone, and what a program leaves must be files of its own.
func TestLinksInTheWay(t *testing.T) {
	b := newBench(t, answers("{print}"), nil)
	precious := filepath.Join(b.dir, "precious")
	for _, dir := range []string{precious, string(b.run)} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	b.write("precious/letter", "dear")
	if err := os.Symlink(precious, b.run.Work()); err != nil {
		t.Skip(err)
	}
	if _, err := b.execute(t.Context()); err != nil {
		t.Error(err)
	}
	if entries, err := os.ReadDir(precious); err != nil || len(entries) != 1 {
		t.Errorf("the folder that a link led to has %v, %v", entries, err)
	}
	for file, script := range map[string]string{
		"losses.csv":   "cd \"$1\"; ln -s /etc/passwd losses.csv\n",
		"history.json": answers("{print}") + "ln -s /etc/passwd history.json\n",
		"history.csv":  answers("{print}") + "mkfifo history.csv\n",
		"model.bin":    answers("{print}") + "ln -s /etc/passwd model.bin\n",
	} {
		if _, err := newBench(t, script, nil).execute(t.Context()); err == nil || !strings.Contains(err.Error(), file+" is no regular file") {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// FuzzReturned reads tables that programs leave, of every kind of task.
func FuzzReturned(f *testing.F) {
	for _, text := range []string{
		"domain,sample,loss,correct,prediction,confidence,score\na,0,0.5,1,1,0.9,0.1\n", "domain;sample;loss;correct\na;1,0;0,5;wahr\n",
		"domain,sample,loss\na,1e300,nan\n", "arm,domain,sample,seed,loss,correct\njoint,a,0,1,0.5,1\n",
	} {
		f.Add([]byte(text))
	}
	f.Add([]byte("PAR1\x15\x02\x19\xfc\xff\xff\xff\xff\x07\x09\x00\x00\x00PAR1"))
	table := &losses.Table{Domain: []string{"a"}, Seed: []int64{1}, Sample: []losses.SampleID{{Number: 0}}, Loss: []float32{0.5}, Correct: []bool{true}}
	path := filepath.Join(f.TempDir(), "a.parquet")
	if err := losses.WriteFile(path, table); err != nil {
		f.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	s := study.New("x")
	s.Domains = append(s.Domains, study.NewDomain("a"))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "losses.csv")
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		const most = 1000
		x, err := readFrame(path, existingColumn, most)
		if err != nil {
			alteration.Plain(t, err)
			return
		}
		if x.rows > most {
			t.Errorf("%d rows, of %d at most", x.rows, most)
		}
		for name, column := range x.cols {
			if len(column) != x.rows {
				t.Fatalf("column %s has %d values of %d", name, len(column), x.rows)
			}
		}
		for row := range x.rows {
			_ = x.place(row)
			for name := range x.cols {
				_, _ = x.whole(name, row)
				if v, err := x.number(name, row); err == nil && x.cols[name][row] == "" && !math.IsNaN(v) {
					t.Errorf("nothing is %g", v)
				}
				_, _ = x.truth(name, row)
			}
		}
		alteration.Plain(t, (&existing{runs: map[runKey][]rowsOf{}}).divide(s, x))
	})
}

// FuzzHistory reads learning curves that programs leave.
func FuzzHistory(f *testing.F) {
	f.Add([]byte("epoch,split,domain,loss,accuracy,tested\n1,train,a,2,,\n1,validation,a,1.5,0.25,true\n"), false)
	f.Add([]byte(`[{"epoch":1,"split":"train","domain":"a","loss":2,"tested":true},{"epoch":1,"split":"val","domain":"a","loss":1e3}]`), true)
	f.Add([]byte(`[null,{"epoch":1}]`), true)
	f.Fuzz(func(t *testing.T, data []byte, json bool) {
		dir, name := t.TempDir(), "history.csv"
		if json {
			name = "history.json"
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
		rows, epoch, err := readHistory(dir, study.Run{Domains: []string{"a"}})
		if err != nil {
			alteration.Plain(t, err)
			return
		}
		for _, r := range rows {
			if r.Domain != "a" || r.Epoch < 1 || epoch < 1 {
				t.Errorf("%+v, epoch %d", r, epoch)
			}
		}
	})
}
