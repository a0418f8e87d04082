package slurm

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/engine"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/versioned/alteration"
)

var oneRun = Runs{First: []engine.Work{{ID: "a", Cost: 1}}}

// TestDamagedSubmission refuses what a submission cannot say of its jobs.
func TestDamagedSubmission(t *testing.T) {
	for text, says := range map[string]string{
		`{"jobs":[{"number":101,"first":0,"count":1}]}`:                   "",
		`{"jobs":[{"number":101,"first":-5,"count":1}]}`:                  "damaged",
		`{"jobs":[{"number":101,"first":0,"count":4611686018427387904}]}`: "damaged",
		`{"jobs":[{"number":101,"first":9223372036854775807,"count":1}]}`: "damaged",
		`{"jobs":[{"number":-1,"first":0,"count":1}]}`:                    "damaged",
		`{"jobs":7}`: "submission.json", `{"jobs":`: "submission.json", strings.Repeat("[", 100_000): "submission.json",
	} {
		folder := layout.Folder(t.TempDir())
		dir := filepath.Join(string(folder), "slurm", "1")
		for name, data := range map[string]string{"submission.json": text, "packs": "a\n"} {
			if err := os.MkdirAll(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		read, err := Read(folder)
		if says == "" && err != nil || says != "" && (err == nil || !strings.Contains(err.Error(), says)) {
			t.Errorf("%.60s: %v, want %q", text, err, says)
		}
		_ = Where(read, []Task{{Job: 101}})
	}
}

// TestInjection asks for jobs by texts that end a line, a word or a quote in a script. No
// command of theirs is executed, and no line of theirs is one of the script.
func TestInjection(t *testing.T) {
	const mark = "INJECTED"
	for _, bad := range []string{"x\n#SBATCH --uid=" + mark, "x\r#SBATCH " + mark, "x;" + mark, "$(" + mark + ")", "`" + mark + "`", "x'" + mark, "x\"" + mark, "a b"} {
		for key, c := range map[string]Config{"partition": {Partition: bad}, "account": {Account: bad}, "memory": {Memory: bad}, "gpus": {GPUs: bad}, "exclude": {Exclude: []string{bad}}} {
			if err := c.Validate(); err == nil || !strings.Contains(err.Error(), key) {
				t.Errorf("%s: %q: %v", key, bad, err)
			}
		}
		if c := (Config{Time: bad}); c.Validate() == nil {
			t.Errorf("time %q", bad)
		}
	}
	if c := (Config{Lines: []string{"--qos=x\r" + mark}}); c.Validate() == nil {
		t.Error("a line with a return")
	}
	if _, err := New(layout.Folder(filepath.Join(t.TempDir(), "a\nb")), "x", oneRun, Config{}, Limits{3, 100}, nil); err == nil {
		t.Error("a folder with a line end in its name")
	}
	shell, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash")
	}
	top := t.TempDir()
	program := filepath.Join(top, "it's $(touch "+mark+")")
	if err := os.WriteFile(program, []byte("#!/bin/sh\nprintf '%s\\n' \"$@\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	folder := layout.Folder(filepath.Join(top, "a `touch "+mark+"` $(touch "+mark+") 'b' \"c\" %j"))
	bad := filepath.Join(string(folder), "slurm", "bad-nodes")
	for _, node := range []string{"n1", "n2\ntouch " + mark, "$(touch " + mark + ")"} {
		if err := os.MkdirAll(filepath.Join(bad, node), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	s, err := New(folder, "x\ntouch "+mark, oneRun, Config{Sharewise: program, Options: []string{"--log\ntouch " + mark}}, Limits{3, 100}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, j := range s.Jobs {
		for line := range strings.Lines(j.text) {
			if directive, ok := strings.CutPrefix(line, "#SBATCH "); ok && strings.Contains(directive, mark) && !strings.HasPrefix(directive, "--job-name=sharewise-x-touch-") && !strings.Contains(directive, "--output='") {
				t.Errorf("%s", line)
			}
		}
		if !strings.Contains(j.text, "--exclude=n1\n") || !strings.Contains(j.text, "%%j/slurm/1/logs/") {
			t.Errorf("nodes or logs:\n%s", j.text)
		}
	}
	if err := os.MkdirAll(s.logs(), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, j := range s.Jobs {
		cmd := exec.Command(shell)
		cmd.Dir, cmd.Stdin = top, strings.NewReader(j.text)
		cmd.Env = append(os.Environ(), "SLURM_ARRAY_JOB_ID=1", "SLURM_ARRAY_TASK_ID=0")
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), "work\n"+string(folder)+"\n") || !strings.Contains(string(out), "--log\ntouch "+mark+"\n") {
			t.Errorf("%s: %v, the program was called with\n%s", j.Script, err, out)
		}
	}
	found, err := filepath.Glob(filepath.Join(top, mark))
	if err != nil || found != nil {
		t.Errorf("a command of a name was executed: %v, %v", found, err)
	}
}

// FuzzSubmission reads what stands in a folder of a submission, and what a queue prints.
func FuzzSubmission(f *testing.F) {
	f.Add([]byte(`{"jobs":[{"number":101,"first":0,"count":1,"script":"array-1.sh"},{"number":102,"first":0,"count":0,"after":[0]}]}`), "a b\nc\n", "101|0|RUNNING|n1|None\n102|N/A|PENDING||Dependency\n")
	f.Fuzz(func(t *testing.T, submission []byte, packs, queue string) {
		folder := layout.Folder(t.TempDir())
		dir := filepath.Join(string(folder), "slurm", "1")
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		for name, data := range map[string][]byte{"submission.json": submission, "packs": []byte(packs)} {
			if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		c := Cluster{Run: func(context.Context, string, string, ...string) (string, error) { return queue, nil }}
		tasks, err := c.Queue(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		_, _ = c.Limits(t.Context())
		read, err := Read(folder)
		if err != nil {
			alteration.Plain(t, err)
			return
		}
		Where(read, tasks)
		Queued(read, tasks)
		for _, s := range read {
			s.Numbers(tasks)
			s.Cancel()
		}
	})
}

// FuzzConfig reads settings of jobs: what is accepted makes scripts whose directives have
// one line each.
func FuzzConfig(f *testing.F) {
	f.Add([]byte("partition: gpu\ntime: 1-02:00:00\nmemory: 4G\ngpus: a100:1\nexclude: [n1, n2]\nlines: [--qos=long]\nbefore: [module load gcc]\noptions: [--onnxruntime, /x]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		dir := t.TempDir()
		file := filepath.Join(dir, "slurm.yaml")
		if err := os.WriteFile(file, data, 0o644); err != nil {
			t.Fatal(err)
		}
		c, err := ReadConfig(file)
		if err != nil {
			alteration.Plain(t, err)
			return
		}
		if c.Jobs > 1000 {
			c.Jobs = 1000
		}
		s, err := New(layout.Folder(dir), "x", oneRun, c, Limits{3, 100}, nil)
		if err != nil {
			return
		}
		for _, line := range c.directives(c.Exclude) {
			if strings.ContainsAny(line, "\n\r") {
				t.Errorf("directive %q", line)
			}
		}
		if len(s.Jobs) != 2 {
			t.Errorf("%d jobs", len(s.Jobs))
		}
	})
}

// TestBadNodes runs the script of an array on a node that fails it, in a folder that says of a
// node what would be settings of a job: only names of nodes reach scontrol, as one argument.
func TestBadNodes(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	s := &Submission{dir: filepath.Join(dir, "slurm", "1"), out: dir, name: "n", program: filepath.Join(dir, "worker"), config: Config{Exclude: []string{"far"}}}
	for _, bad := range []string{"n1 JobId=777 Command=x", "n2\nJobId=777", "n3,n4", "node-5.lan"} {
		if err := os.MkdirAll(s.bad(), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(s.bad(), bad), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range map[string]string{
		"worker": "exit 74", "scontrol": `for a; do printf '[%s]' "$a"; done >> "$CALLS"; echo >> "$CALLS"`, "array.sh": s.write(arrayScript, 0, 1, nil),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!"+bash+"\n"+text+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	calls := filepath.Join(dir, "calls")
	cmd := exec.CommandContext(t.Context(), bash, filepath.Join(dir, "array.sh"))
	cmd.Env = append(os.Environ(), "PATH="+dir+string(os.PathListSeparator)+os.Getenv("PATH"), "CALLS="+calls, "SLURM_ARRAY_JOB_ID=5", "SLURM_ARRAY_TASK_ID=0", "SLURMD_NODENAME=bad7")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	got, err := os.ReadFile(calls)
	if want := "[update][JobId=5_0][ExcNodeList=bad7,n2,node-5.lan,far]"; err != nil || !strings.Contains(string(got), want+"\n") {
		t.Errorf("%v: %s, want %s; %s", err, got, want, out)
	}
}
