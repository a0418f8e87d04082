package slurm

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/engine"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/layout"
)

// Job is an array that was submitted, or the job of the report.
type Job struct {
	// Number is Slurm's; 0 before it is submitted.
	Number int `json:"number"`
	// First is the line of the packs that element 0 of the array does, from 0; Count
	// the length of the array, 0 for the report.
	First  int    `json:"first"`
	Count  int    `json:"count"`
	Script string `json:"script"` // name of the file
	// After are arrays of this submission, by their places in it, that must have ended before.
	After []int `json:"after,omitempty"`

	text string
}

// Submission is what one command submits.
type Submission struct {
	Jobs []Job `json:"jobs"`
	// Packs are the runs of each element of the arrays.
	Packs [][]string `json:"-"`

	dir, out, name, program string
	config                  Config
	before                  []int // jobs of earlier submissions that the report waits for
}

// Runs are what is to be submitted.
type Runs struct {
	// First can be trained at once, Then when the former have ended. Costs are seconds.
	First, Then []engine.Work
}

func (s *Submission) logs() string      { return filepath.Join(s.dir, "logs") }
func (s *Submission) packsFile() string { return filepath.Join(s.dir, "packs") }
func (s *Submission) bad() string       { return filepath.Join(filepath.Dir(s.dir), "bad-nodes") }

// root is the folder of all submissions of a study.
func root(folder layout.Folder) (string, error) {
	abs, err := filepath.Abs(string(folder))
	return filepath.Join(abs, "slurm"), err
}

var unusual = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// New plans the submission of runs of a study, whose name is shown in the queue. before
// are what [Cluster.Queue] returned. Nothing is written or submitted.
func New(folder layout.Folder, study string, runs Runs, c Config, l Limits, before []Task) (*Submission, error) {
	top, err := root(folder)
	if err != nil {
		return nil, err
	}
	if strings.ContainsFunc(top, unicode.IsControl) {
		return nil, fmt.Errorf("%q: the folder's name has characters that a script of Slurm cannot name; choose another", string(folder))
	}
	earlier, err := Read(folder)
	if err != nil {
		return nil, err
	}
	s := &Submission{out: filepath.Dir(top), name: "sharewise-" + strings.Trim(unusual.ReplaceAllString(study, "-"), "-"), program: c.Sharewise, config: c}
	if s.program == "" {
		if s.program, err = os.Executable(); err != nil {
			return nil, err
		}
	}
	number := 1
	for _, e := range earlier {
		n, _ := strconv.Atoi(filepath.Base(e.dir))
		number = max(number, n+1)
		for _, j := range e.Jobs {
			if j.Count > 0 && slices.ContainsFunc(before, func(t Task) bool { return t.Job == j.Number }) {
				s.before = append(s.before, j.Number)
			}
		}
	}
	s.dir = filepath.Join(top, strconv.Itoa(number))
	exclude := slices.Clone(c.Exclude)
	if bad, err := os.ReadDir(s.bad()); err == nil {
		for _, b := range bad {
			if !unusual.MatchString(b.Name()) && !slices.Contains(exclude, b.Name()) { // others are no names of nodes
				exclude = append(exclude, b.Name())
			}
		}
	}
	options := c.directives(exclude)
	pack, err := c.pack()
	if err != nil {
		return nil, err
	}
	most := max(1, l.Jobs/2-len(before))
	var firsts []int
	for _, part := range [][]engine.Work{runs.First, runs.Then} {
		after := slices.Clone(firsts)
		packs := engine.Pack(part, pack.Seconds()*float64(max(1, c.Jobs)), max(1, most*len(part)/max(1, len(runs.First)+len(runs.Then))))
		for from := 0; from < len(packs); from += l.Array {
			count := min(l.Array, len(packs)-from)
			j := Job{First: len(s.Packs) + from, Count: count, Script: fmt.Sprintf("array-%d.sh", len(s.Jobs)+1), After: after}
			j.text = s.write(arrayScript, j.First, count, options)
			firsts = append(firsts, len(s.Jobs))
			s.Jobs = append(s.Jobs, j)
		}
		s.Packs = append(s.Packs, packs...)
	}
	s.Jobs = append(s.Jobs, Job{Script: "report.sh", After: firsts, text: s.write(reportScript, 0, 0, options)})
	return s, nil
}

// Print shows the scripts and the commands that submit them.
func (s *Submission) Print(w io.Writer) error {
	for i, j := range s.Jobs {
		if _, err := fmt.Fprintf(w, "# %s\n# sbatch %s %s\n%s\n", j.Script, strings.Join(s.arguments(i, true), " "), filepath.Join(s.dir, j.Script), j.text); err != nil {
			return err
		}
	}
	return nil
}

// arguments are those of sbatch for a job. Numbers of jobs that are not submitted yet are
// shown as the names of their scripts.
func (s *Submission) arguments(i int, show bool) []string {
	args := []string{"--parsable"}
	j := s.Jobs[i]
	var after []string
	if j.Count == 0 {
		for _, n := range s.before {
			after = append(after, strconv.Itoa(n))
		}
	}
	for _, k := range j.After {
		if number := s.Jobs[k].Number; number > 0 || !show {
			after = append(after, strconv.Itoa(number))
		} else {
			after = append(after, "<"+s.Jobs[k].Script+">")
		}
	}
	if len(after) > 0 {
		args = append(args, "--dependency=afterany:"+strings.Join(after, ":"))
	}
	return args
}

// Submit writes the scripts and hands them to Slurm. What was submitted before an error
// is kept in the folder.
func (s *Submission) Submit(ctx context.Context, c Cluster) error {
	for _, dir := range []string{s.logs(), s.bad()} {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return fmt.Errorf("slurm: %w", err)
		}
	}
	if err := engine.WritePacks(s.packsFile(), s.Packs); err != nil {
		return err
	}
	for i := range s.Jobs {
		if err := atomicfile.WriteBytes(filepath.Join(s.dir, s.Jobs[i].Script), []byte(s.Jobs[i].text)); err != nil {
			return err
		}
	}
	for i := range s.Jobs {
		out, err := c.run(ctx, "", "sbatch", append(s.arguments(i, false), filepath.Join(s.dir, s.Jobs[i].Script))...)
		if err != nil {
			return fmt.Errorf("%w; %s", err, s.Cancel())
		}
		number, _, _ := strings.Cut(strings.TrimSpace(out), ";") // the cluster's name may follow
		if s.Jobs[i].Number, err = strconv.Atoi(number); err != nil {
			return fmt.Errorf("sbatch printed %q, which is no number of a job", out)
		}
		if err := layout.WriteJSON(filepath.Join(s.dir, "submission.json"), s); err != nil {
			return err
		}
	}
	return nil
}

// Cancel says how the jobs of the submission are cancelled.
func (s *Submission) Cancel() string {
	var numbers []string
	for _, j := range s.Jobs {
		if j.Number > 0 {
			numbers = append(numbers, strconv.Itoa(j.Number))
		}
	}
	return Cancel(numbers)
}

// Cancel says how jobs of these numbers are cancelled.
func Cancel(numbers []string) string {
	if len(numbers) == 0 {
		return "no job was submitted"
	}
	return "to cancel them: scancel " + strings.Join(numbers, " ")
}

// Numbers are those of the submission's jobs that are in the queue.
func (s *Submission) Numbers(queue []Task) []string {
	var out []string
	for _, j := range s.Jobs {
		if slices.ContainsFunc(queue, func(t Task) bool { return t.Job == j.Number }) {
			out = append(out, strconv.Itoa(j.Number))
		}
	}
	return out
}

// Elements is the number of jobs of the submission's arrays together.
func (s *Submission) Elements() int { return len(s.Packs) }

// Read reads the submissions of a study, in their order.
func Read(folder layout.Folder) ([]*Submission, error) {
	top, err := root(folder)
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(top)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("slurm: %w", err)
	}
	var out []*Submission
	for _, e := range entries {
		if _, err := strconv.Atoi(e.Name()); err != nil {
			continue
		}
		s := &Submission{dir: filepath.Join(top, e.Name()), out: filepath.Dir(top)}
		path := filepath.Join(s.dir, "submission.json")
		data, err := filelimit.ReadFile(path, filelimit.State)
		if errors.Is(err, fs.ErrNotExist) { // nothing of it was submitted
			out = append(out, s)
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("slurm: %w", err)
		}
		if err := filelimit.DecodeJSON(data, s); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if s.Packs, err = engine.ReadPacks(s.packsFile()); err != nil {
			return nil, err
		}
		if err := s.whole(); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b *Submission) int { return number(a) - number(b) })
	return out, nil
}

// whole fails where a submission says of its jobs what cannot be.
func (s *Submission) whole() error {
	for i, j := range s.Jobs {
		if j.Number < 0 || j.First < 0 || j.Count < 0 || j.First > len(s.Packs) || j.Count > len(s.Packs)-j.First {
			return fmt.Errorf("job %d is number %d and does the lines from %d, %d of them, of %s, which has %d; a file is damaged: move the folder away, and jobs that are queued are submitted again",
				i+1, j.Number, j.First, j.Count, s.packsFile(), len(s.Packs))
		}
	}
	return nil
}

func number(s *Submission) int {
	n, _ := strconv.Atoi(filepath.Base(s.dir))
	return n
}

// Place is where a run waits or runs.
type Place struct {
	Job    string `json:"job"` // number of the array and of the element in it
	State  string `json:"state"`
	Node   string `json:"node,omitempty"`
	Reason string `json:"reason,omitempty"`
	Log    string `json:"log"`
}

// Where says of the runs of submissions which of them are in the queue.
func Where(submissions []*Submission, queue []Task) map[string]Place {
	at := map[[2]int]Task{}
	for _, t := range queue {
		at[[2]int{t.Job, t.Index}] = t
	}
	out := map[string]Place{}
	for _, s := range submissions {
		for _, j := range s.Jobs {
			for i := range j.Count {
				t, queued := at[[2]int{j.Number, i}]
				if !queued || j.First+i >= len(s.Packs) {
					continue
				}
				p := Place{Job: fmt.Sprintf("%d_%d", j.Number, i), State: t.State, Node: t.Node, Reason: t.Reason}
				p.Log = filepath.Join(s.logs(), p.Job+".log")
				if p.Reason == "None" {
					p.Reason = ""
				}
				for _, id := range s.Packs[j.First+i] {
					out[id] = p
				}
			}
		}
	}
	return out
}

// Queued counts the jobs of submissions that wait or run, the report's among them.
func Queued(submissions []*Submission, queue []Task) int {
	n := 0
	for _, t := range queue {
		if slices.ContainsFunc(submissions, func(s *Submission) bool {
			return slices.ContainsFunc(s.Jobs, func(j Job) bool { return j.Number == t.Job })
		}) {
			n++
		}
	}
	return n
}

// Pause is how long to wait between looks at the queue, which all users of a cluster share.
const Pause = 5 * time.Second
