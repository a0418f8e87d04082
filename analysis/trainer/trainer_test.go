package trainer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/study"
)

// bench is a study of one domain of each kind of task in a folder, with a shell script
// for its trainer.
type bench struct {
	t   *testing.T
	s   *study.Study
	all []*dataset.Domain
	dir string
	run layout.RunFolder
}

func newBench(t *testing.T, script string, change func(s *study.Study)) *bench {
	t.Helper()
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("bash is not here")
	}
	b := &bench{t: t, dir: t.TempDir()}
	b.run = layout.RunFolder(filepath.Join(b.dir, "out", "runs", "r"))
	s := study.New("own")
	s.Dir = b.dir
	s.Trainer = &study.Trainer{Command: []string{"bash", "train.sh"}, Timeout: "20s"}
	held := map[string]*dataset.Samples{}
	for k, name := range []string{"north", "south"} {
		d := study.NewDomain(name)
		d.Format, d.Task.Kind = study.InMemory, study.Classification
		held[name] = new(dataset.Samples)
		for i := range 40 {
			held[name].X = append(held[name].X, []float32{float32(i % 7), float32(i%5 + k)})
			held[name].Labels = append(held[name].Labels, []string{"good", "bad"}[i%2])
		}
		s.Domains = append(s.Domains, d)
	}
	if change != nil {
		change(s)
	}
	if err := s.Validate(); err != nil {
		t.Fatal(err)
	}
	var err error
	if b.all, err = dataset.OpenAll(context.Background(), s, dataset.FromMemory(held)); err != nil {
		t.Fatal(err)
	}
	b.s = s
	b.write("train.sh", script)
	return b
}

func (b *bench) write(name, text string) {
	b.t.Helper()
	if err := os.WriteFile(filepath.Join(b.dir, name), []byte(text), 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// job is a run of all domains.
func (b *bench) job() *Job {
	b.t.Helper()
	p, err := Find(b.s)
	if err != nil {
		b.t.Fatal(err)
	}
	r := study.Run{ID: "r", Hash: "h", Arm: study.Joint, Domains: []string{"north", "south"}, Rung: study.Rung{Name: "w1", Width: 1}, Seed: 2, StudySeed: 1, Randomness: study.Paired, Weighting: study.Weighting{Name: "equal"}}
	return &Job{Program: p, Study: b.s, Run: r, Domains: b.all, Spec: layout.Spec{Run: r}}
}

func (b *bench) execute(ctx context.Context) (*layout.Done, error) {
	return Execute(ctx, b.job(), b.run)
}

// answers is a script that answers rightly but for what the filter makes of it, row by
// row: an awk program over domain,sample,loss,correct.
func answers(filter string) string {
	return `cd "$1"
{ echo domain,sample,loss,correct
for d in north south; do while read -r i; do echo "$d,$i,0.25,1"; done < samples/$d/test.rows.txt; done
} | awk -F, -v OFS=, '` + filter + `' > losses.csv
`
}

// TestAnswers has a program of three lines train, in several dialects, and wants the
// table that sharewise's own runs leave.
func TestAnswers(t *testing.T) {
	for name, script := range map[string]string{
		"plain":       answers("{print}"),
		"a mark":      answers(`NR==1{printf "\xef\xbb\xbf"} {print}`),
		"windows":     answers(`{printf "%s\r\n", $0}`),
		"shuffled":    answers("{print}") + `{ head -1 losses.csv; tail -n +2 losses.csv | sort -t, -k2,2nr -k1,1r; } > l && mv l losses.csv`,
		"words":       answers(`NR>1{$4="True"} {print}`),
		"other order": answers(`{print $4,$3,$1,$2}`),
		"decimals":    answers(`NR>1{$2=$2".0"} {print}`),
		"semicolons":  answers(`{gsub(",",";"); gsub(/0\.25/,"0,25"); print}`),
		"more":        answers(`{print $0, NR==1 ? "time" : "now"}`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, script, nil)
			done, err := b.execute(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if done.Status != layout.Finished || done.Files["losses.parquet"] == "" || done.Files["history.parquet"] == "" || done.Files["spec.json"] == "" {
				t.Errorf("done %+v", done)
			}
			table, err := losses.ReadFile(b.run.Losses())
			if err != nil {
				t.Fatal(err)
			}
			if want := b.all[0].Test.Len() + b.all[1].Test.Len(); table.Len() != want {
				t.Errorf("%d rows, want %d", table.Len(), want)
			}
			for i := range table.Len() {
				if table.Loss[i] != 0.25 || !table.Correct[i] || table.Seed[i] != 2 || table.Label[i] != int32(1-table.Sample[i].Number%2) {
					t.Errorf("row %d: loss %g, correct %t, seed %d, sample %s of class %d", i, table.Loss[i], table.Correct[i], table.Seed[i], table.Sample[i], table.Label[i])
				}
			}
			if table.Prediction != nil || table.Meta.Arm != study.Joint || table.Meta.Hash != "h" {
				t.Errorf("prediction %v, meta %+v", table.Prediction, table.Meta)
			}
			if _, err := os.Stat(b.run.Work()); !os.IsNotExist(err) {
				t.Errorf("the folder of work is still there: %v", err)
			}
		})
	}
}

// TestFaults tells apart what can be wrong with a program, and shows its last lines.
func TestFaults(t *testing.T) {
	for name, c := range map[string]struct {
		script string
		fault  Fault
		want   []string
	}{
		"exit code":      {"echo one; echo two >&2; exit 7", Exited, []string{"exit code 7", "| one", "| two", LogName}},
		"silent":         {"exit 1", Exited, []string{"exit code 1", "it wrote nothing"}},
		"signal":         {"echo dying; kill -SEGV $$", Killed, []string{"signal 11", "| dying"}},
		"memory":         {"kill -KILL $$", Killed, []string{"signal 9", "where memory runs out"}},
		"no result":      {"echo done", NoResult, []string{"neither losses.parquet nor losses.csv", "| done"}},
		"two results":    {answers("{print}") + "cp losses.csv losses.parquet", BadResult, []string{"both losses.parquet and losses.csv"}},
		"a NaN":          {answers(`$2==1||NR==5{$3="nan"} {print}`), BadResult, []string{"the loss of sample", "is NaN", "losses are no finite numbers"}},
		"infinite":       {answers(`NR==5{$3="inf"} {print}`), BadResult, []string{"is +Inf"}},
		"too large":      {answers(`NR==5{$3="1e300"} {print}`), BadResult, []string{"is +Inf"}},
		"empty loss":     {answers(`NR==5{$3=""} {print}`), BadResult, []string{"is NaN"}},
		"missing rows":   {answers("NR!=3{print}"), BadResult, []string{"lacks 1 of the", "test samples of north, such as"}},
		"only a header":  {answers("NR==1{print}"), BadResult, []string{"lacks"}},
		"twice":          {answers("{print} NR==3{print}"), BadResult, []string{"occurs twice; it stands in losses.csv, line 3 too"}},
		"much too many":  {answers("NR>1{for(i=0;i<200;i++) print} NR==1{print}"), BadResult, []string{"rows, which is more than there can be"}},
		"endless":        {answers("{print} END{for(i=0;i<2000;i++) print $1,i,1,1}"), BadResult, []string{"more than"}},
		"unknown domain": {answers(`NR==3{$1="nort"} {print}`), BadResult, []string{`the run has no domain "nort"; did you mean "north"?`}},
		"a train sample": {answers("{print}") + `i=$(head -1 samples/north/train.rows.txt); echo "north,$i,1,1" >> losses.csv`, BadResult, []string{"is no test sample: it is a training sample"}},
		"no sample":      {answers(`NR==3{$2=99} {print}`), BadResult, []string{"sample 99 of north is no test sample"}},
		"odd sample":     {answers(`NR==3{$2="x"} {print}`), BadResult, []string{`losses.csv, line 3: sample "x" is no whole number`}},
		"odd loss":       {answers(`NR==3{$3="low"} {print}`), BadResult, []string{`loss "low" is no number`}},
		"odd correct":    {answers(`NR==3{$4="perhaps"} {print}`), BadResult, []string{`correct "perhaps" is none of`}},
		"no correct":     {answers(`{print $1,$2,$3}`), BadResult, []string{`neither a column "correct" nor a column "prediction"`}},
		"no loss":        {answers(`{print $1,$2,$4}`), BadResult, []string{`no column "loss"`}},
		"contradiction":  {answers(`{print $0, NR==1 ? "prediction" : 0}`), BadResult, []string{"correct is true for sample", "the prediction is class 0", "is right"}},
		"no such class":  {answers(`{print $0, NR==1 ? "prediction" : 2}`), BadResult, []string{"prediction 2 is no class"}},
		"no probability": {answers(`{print $0, NR==1 ? "confidence" : 2}`), BadResult, []string{"confidence 2 is no probability"}},
		"a pipe":         {`mkfifo "$1/losses.csv"`, BadResult, []string{"no regular file"}},
		"a link":         {`ln -s /etc/passwd "$1/losses.csv"`, BadResult, []string{"no regular file"}},
		"binary":         {`head -c 3000 /dev/zero > "$1/losses.csv"`, BadResult, []string{"neither text nor Parquet"}},
		"half a file":    {`printf 'PAR1xxxx' > "$1/losses.parquet"`, BadResult, []string{"losses.parquet"}},
		"empty":          {`: > "$1/losses.csv"`, BadResult, []string{"losses.csv is empty"}},
		"bad history":    {answers("{print}") + "echo 'epoch,domain,split,loss' > history.csv; echo '0,north,val,1' >> history.csv", BadResult, []string{"history.csv, line 2: epoch is 0"}},
		"half a history": {answers("{print}") + `echo '[{"epoch": 1}' > history.json`, BadResult, []string{"history.json"}},
		"two models":     {answers("{print}") + "touch model.pkl model.pt", BadResult, []string{"both model.pkl and model.pt"}},
		"changes itself": {`echo "# more" >> "$SHAREWISE_STUDY_FOLDER/train.sh"; ` + answers("{print}"), Changed, []string{"train.sh has changed"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, c.script, nil)
			_, err := b.execute(context.Background())
			var fault *Error
			if !errors.As(err, &fault) || fault.Fault != c.fault {
				t.Fatalf("error %v, want %s", err, c.fault)
			}
			for _, w := range c.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("error %q lacks %q", err, w)
				}
			}
			if _, err := os.Stat(b.run.Done()); !os.IsNotExist(err) {
				t.Error("there is a done.json")
			}
		})
	}
}

// TestDiverged records a run without a number among its losses as a result.
func TestDiverged(t *testing.T) {
	b := newBench(t, answers(`$1=="south"{$3="nan"} {print}`), nil)
	done, err := b.execute(context.Background())
	if err != nil || done.Status != layout.Diverged || !strings.Contains(done.Reason, "domain south") {
		t.Fatalf("%+v, %v", done, err)
	}
}

// TestLogThatCannotBeKept: a run whose log could not be written has not ended, and says why.
func TestLogThatCannotBeKept(t *testing.T) {
	b := newBench(t, answers("{print}"), nil)
	in := filepath.Join(string(b.run), LogName)
	if err := os.MkdirAll(filepath.Join(in, "in the way"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := b.execute(context.Background()); err == nil || !strings.Contains(err.Error(), LogName) {
		t.Errorf("error %v", err)
	}
	if done, err := b.run.ReadDone("h"); done != nil || err != nil {
		t.Errorf("done %+v, %v", done, err)
	}
	if err := os.RemoveAll(in); err != nil {
		t.Fatal(err)
	}
	if _, err := b.execute(context.Background()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(in); err != nil {
		t.Error(err)
	}
}

// TestNotThere names programs that are not there, or are none.
func TestNotThere(t *testing.T) {
	for command, want := range map[string]Fault{
		"no-such-program-at-all": NotFound,
		"./none.sh":              NotFound,
		"./train.sh":             NotExecutable,
		"bash none.py":           NotFound,
	} {
		b := newBench(t, "true", func(s *study.Study) { s.Trainer.Command = strings.Fields(command) })
		_, err := Find(b.s)
		var fault *Error
		if !errors.As(err, &fault) || fault.Fault != want {
			t.Errorf("%s: %v, want %s", command, err, want)
		}
	}
	b := newBench(t, "no first line", func(s *study.Study) { s.Trainer.Command = []string{"./train.sh"} })
	if err := os.Chmod(filepath.Join(b.dir, "train.sh"), 0o755); err != nil {
		t.Fatal(err)
	}
	var fault *Error
	if _, err := b.execute(context.Background()); !errors.As(err, &fault) || fault.Fault != NotExecutable {
		t.Errorf("a file that is no program: %v", err)
	}
	b.write("train.sh", "#!/no/such/interpreter\n")
	if _, err := b.execute(context.Background()); !errors.As(err, &fault) || fault.Fault != NotFound {
		t.Errorf("no interpreter: %v", err)
	}
}

// TestHangs stops what does not end: the program, and what it started, in and out of its
// process group, even where they ignore being asked.
func TestHangs(t *testing.T) {
	if testing.Short() {
		t.Skip("takes ten seconds")
	}
	limit := func(s *study.Study) { s.Trainer.Timeout = "1s" }
	for name, script := range map[string]string{
		"sleeps":  `echo waiting; echo $$ > pids; sleep 1000`,
		"ignores": `trap "" TERM; echo waiting; echo $$ > pids; (trap "" TERM; sleep 1000) & echo $! >> pids; while :; do sleep 1; done`,
		"escapes": `echo waiting; setsid bash -c 'echo $$ >> pids; exec sleep 1000' & echo $$ >> pids; sleep 1000`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, `cd "$1"; `+script, limit)
			start := time.Now()
			_, err := b.execute(context.Background())
			var fault *Error
			if !errors.As(err, &fault) || fault.Fault != Hung || !slices.Contains(fault.Lines, "waiting") {
				t.Fatalf("%v", err)
			}
			if took := time.Since(start); took > patience+8*time.Second {
				t.Errorf("took %s", took)
			}
			b.gone("pids")
		})
	}
}

// gone makes sure that the processes that a file of the run lists are.
func (b *bench) gone(file string) {
	b.t.Helper()
	data, err := os.ReadFile(filepath.Join(b.run.Work(), file))
	if err != nil {
		b.t.Fatal(err)
	}
	for _, pid := range strings.Fields(string(data)) {
		state := ""
		for range 50 {
			stat, err := os.ReadFile("/proc/" + pid + "/stat")
			if err != nil || strings.Contains(string(stat), ") Z ") {
				state = ""
				break
			}
			state = string(stat)
			time.Sleep(20 * time.Millisecond)
		}
		if state != "" {
			b.t.Errorf("process %s goes on: %s", pid, state)
		}
	}
}

// TestDaemon takes the results of a program that leaves processes behind, does not wait
// for them, and ends them.
func TestDaemon(t *testing.T) {
	b := newBench(t, answers("{print}")+`setsid bash -c 'echo $$ >> ../pids; exec sleep 1000' & sleep 1000 & echo $! >> ../pids; sleep 0.3`, nil)
	start := time.Now()
	if _, err := b.execute(context.Background()); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took > 8*time.Second {
		t.Errorf("waited for %s", took)
	}
	b.gone("../pids")
}

// TestInterrupt stops a program and keeps its checkpoint for when the run is repeated.
func TestInterrupt(t *testing.T) {
	b := newBench(t, `cd "$1"
if [ -e checkpoint/half ]; then touch resumed; `+answers("{print}")+`exit; fi
trap 'echo half > checkpoint/half; exit 1' TERM
touch stale; echo started > ../../../started; sleep 1000 & wait`, nil)
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		for range 500 {
			if _, err := os.Stat(filepath.Join(b.dir, "out", "started")); err == nil {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		cancel()
	}()
	if _, err := b.execute(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("interrupted: %v", err)
	}
	if _, err := b.execute(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// TestMuchOutput bounds what is kept of a program that writes a gigabyte.
func TestMuchOutput(t *testing.T) {
	if testing.Short() {
		t.Skip("writes a gigabyte")
	}
	b := newBench(t, `echo first; head -c 1000000000 /dev/zero; echo; echo last; exit 1`, nil)
	_, err := b.execute(context.Background())
	var fault *Error
	if !errors.As(err, &fault) || fault.Lines[len(fault.Lines)-1] != "last" || len(err.Error()) > 6000 {
		t.Fatalf("%d bytes: %.300s", len(err.Error()), err)
	}
	log, err := os.ReadFile(fault.Log)
	if err != nil || len(log) > keptHead+keptTail+100 || !strings.HasPrefix(string(log), "first\n") || !strings.Contains(string(log), "bytes left out]") {
		t.Errorf("log of %d bytes, %v", len(log), err)
	}
}

// TestConfidential shows nothing of what a program wrote about confidential data, and
// leaves none of them behind.
func TestConfidential(t *testing.T) {
	b := newBench(t, `echo secret; exit 1`, func(s *study.Study) {
		s.Domains[0].Labels = map[string][]string{"confidentiality": {"confidential"}}
	})
	_, err := b.execute(context.Background())
	var fault *Error
	if !errors.As(err, &fault) || strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), "withheld") {
		t.Fatal(err)
	}
	found := 0
	_ = filepath.WalkDir(string(b.run), func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && d.Name() != "spec.json" {
			t.Errorf("%s is left", path)
		}
		found++
		return err
	})
	if found == 0 {
		t.Error("nothing was looked at")
	}
}

// TestIdentity changes with the command, its files and settings, and with nothing else.
func TestIdentity(t *testing.T) {
	sums := map[string]string{}
	of := func(name string, change func(s *study.Study), text string) {
		b := newBench(t, text, change)
		p, err := Find(b.s)
		if err != nil {
			t.Fatal(err)
		}
		sum, err := p.Model(study.Rung{Name: "w1"})
		if err != nil {
			t.Fatal(err)
		}
		sums[name] = sum
	}
	of("first", nil, "true")
	of("again", func(s *study.Study) { s.Trainer.Timeout = "3h" }, "true")
	of("file", nil, "false")
	of("argument", func(s *study.Study) { s.Trainer.Command = append(s.Trainer.Command, "-x") }, "true")
	of("setting", func(s *study.Study) { s.Trainer.Settings = map[string]string{"depth": "3"} }, "true")
	of("inputs", func(s *study.Study) { s.Trainer.Inputs = study.RawInputs }, "true")
	if sums["first"] != sums["again"] {
		t.Error("another timeout is another program")
	}
	for a := range sums {
		for b := range sums {
			if a < b && sums[a] == sums[b] && a+b != "againfirst" {
				t.Errorf("%s and %s are the same", a, b)
			}
		}
	}
}

// TestManyAtOnce runs programs side by side, each in a folder of its own.
func TestManyAtOnce(t *testing.T) {
	b := newBench(t, answers("{print}"), nil)
	errs := make(chan error)
	for i := range 8 {
		go func() {
			job := b.job()
			job.Run.ID = fmt.Sprint("r", i)
			_, err := Execute(context.Background(), job, layout.RunFolder(filepath.Join(b.dir, "out", "runs", job.Run.ID)))
			errs <- err
		}()
	}
	for range 8 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

// TestImport takes runs that exist already, from text and from what sharewise's own runs
// leave, and says which are missing or twice there.
func TestImport(t *testing.T) {
	b := newBench(t, answers("{print}"), nil)
	if _, err := b.execute(context.Background()); err != nil { // joint, seed 2
		t.Fatal(err)
	}
	table, err := os.ReadFile(b.run.Losses())
	if err != nil {
		t.Fatal(err)
	}
	b.write("joint.parquet", string(table))
	text := "domain,sample,loss,correct,arm,seed\n"
	for _, d := range b.all {
		for seed := 1; seed <= 2; seed++ {
			for i := range d.Test.Len() {
				text += fmt.Sprintf("%s,%d,0.5,1,independent,%d\n", d.Name, d.Test.ID(i), seed)
			}
		}
	}
	b.write("alone.csv", text)
	b.s.Trainer.Command, b.s.Trainer.Import = nil, "*.[cp]*"
	take := func(domains []string, seed int) (*losses.Table, error) {
		job := b.job()
		job.Run.ID = fmt.Sprint(strings.Join(domains, "+"), seed)
		job.Run.Domains, job.Run.Seed, job.Run.Arm = domains, seed, study.Joint
		if len(domains) == 1 {
			job.Run.Arm, job.Run.Weighting = study.Independent, study.Weighting{}
			job.Domains = slices.DeleteFunc(slices.Clone(b.all), func(d *dataset.Domain) bool { return d.Name != domains[0] })
		}
		run := layout.RunFolder(filepath.Join(b.dir, "out", "runs", job.Run.ID))
		if _, err := Execute(context.Background(), job, run); err != nil {
			return nil, err
		}
		return losses.ReadFile(run.Losses())
	}
	for _, c := range []struct {
		domains []string
		seed    int
		loss    float32
	}{{[]string{"north"}, 1, 0.5}, {[]string{"south"}, 2, 0.5}, {[]string{"north", "south"}, 2, 0.25}} {
		got, err := take(c.domains, c.seed)
		if err != nil {
			t.Fatal(err)
		}
		if got.Len() != b.all[0].Test.Len()*len(c.domains) || got.Loss[0] != c.loss || got.Seed[0] != int64(c.seed) || got.Meta.Hash != "h" {
			t.Errorf("%v, seed %d: %d rows, loss %g", c.domains, c.seed, got.Len(), got.Loss[0])
		}
	}
	var fault *Error
	if _, err := take([]string{"north", "south"}, 1); !errors.As(err, &fault) || fault.Fault != NoResult || !strings.Contains(err.Error(), "north+south, size w1, weighting equal, seed 1") {
		t.Errorf("a run that is not there: %v", err)
	}
	b.write("again.csv", text)
	if _, err := take([]string{"south"}, 1); !errors.As(err, &fault) || !strings.Contains(err.Error(), "run of south, size w1, seed 1: alone.csv, line ") || !strings.Contains(err.Error(), " of south occurs twice; it stands in again.csv, line ") {
		t.Errorf("a run that is there twice: %v", err)
	}
}
