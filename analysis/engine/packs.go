package engine

import (
	"cmp"
	"container/heap"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/study"
)

// Work is a run and how long it takes, in any unit.
type Work struct {
	ID   string
	Cost float64
}

// WorkOf are runs with the operations that they take.
func WorkOf(runs []study.PlannedRun) []Work {
	out := make([]Work, len(runs))
	for i, r := range runs {
		out[i] = Work{r.ID, r.FLOPs}
	}
	return out
}

// Divide divides work into n parts of about the same cost: the longest first, each to
// the part that has least so far (Graham 1969: at most 4/3 − 1/(3n) times as long as the
// best). Parts may be empty. It depends on nothing but its arguments.
func Divide(work []Work, n int) [][]string {
	parts := make(byCost, n)
	for i := range parts {
		parts[i] = &part{number: i}
	}
	heap.Init(&parts)
	for _, w := range longestFirst(work) {
		parts[0].ids = append(parts[0].ids, w.ID)
		parts[0].cost += w.Cost
		heap.Fix(&parts, 0)
	}
	out := make([][]string, n)
	for _, p := range parts {
		out[p.number] = p.ids
	}
	return out
}

// Pack divides work into parts that cost about so much each, or more where single runs
// do or where there would be more than most parts. The longest parts come first.
func Pack(work []Work, cost float64, most int) [][]string {
	if len(work) == 0 {
		return nil
	}
	total := 0.0
	for _, w := range work {
		total += w.Cost
	}
	n := len(work)
	if cost > 0 {
		n = min(n, max(1, int(total/cost+0.5)))
	}
	if most > 0 {
		n = min(n, most)
	}
	parts := Divide(work, n)
	costs := map[string]float64{}
	for _, w := range work {
		costs[w.ID] = w.Cost
	}
	sum := func(ids []string) (s float64) {
		for _, id := range ids {
			s += costs[id]
		}
		return s
	}
	slices.SortStableFunc(parts, func(a, b []string) int { return cmp.Compare(sum(b), sum(a)) })
	return slices.DeleteFunc(parts, func(p []string) bool { return len(p) == 0 })
}

func longestFirst(work []Work) []Work {
	work = slices.Clone(work)
	slices.SortStableFunc(work, func(a, b Work) int { return cmp.Or(cmp.Compare(b.Cost, a.Cost), strings.Compare(a.ID, b.ID)) })
	return work
}

type part struct {
	number int
	cost   float64
	ids    []string
}

// byCost is a heap of parts, the one with least at its top.
type byCost []*part

func (p byCost) Len() int      { return len(p) }
func (p byCost) Swap(i, j int) { p[i], p[j] = p[j], p[i] }
func (p byCost) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(p[i].cost, p[j].cost), cmp.Compare(len(p[i].ids), len(p[j].ids)), cmp.Compare(p[i].number, p[j].number)) < 0
}
func (p *byCost) Push(x any) { *p = append(*p, x.(*part)) }
func (p *byCost) Pop() any {
	old := *p
	x := old[len(old)-1]
	*p = old[:len(old)-1]
	return x
}

// WritePacks writes parts, a line of IDs for each.
func WritePacks(path string, packs [][]string) error {
	var b strings.Builder
	for _, ids := range packs {
		b.WriteString(strings.Join(ids, " ") + "\n")
	}
	return atomicfile.WriteBytes(path, []byte(b.String()))
}

// ReadPacks reads what WritePacks wrote.
func ReadPacks(path string) ([][]string, error) {
	data, err := filelimit.ReadFile(path, filelimit.State)
	if err != nil {
		return nil, fmt.Errorf("packs: %w", err)
	}
	var packs [][]string
	for line := range strings.Lines(string(data)) {
		packs = append(packs, strings.Fields(line))
	}
	return packs, nil
}

// Job names the batch job that this process runs in, empty for none: of Slurm by its
// number and that in its array, of Kubernetes by the name of the pod.
func Job() string {
	if id := os.Getenv("SLURM_ARRAY_JOB_ID"); id != "" {
		return "Slurm job " + id + "_" + os.Getenv("SLURM_ARRAY_TASK_ID")
	}
	if id := os.Getenv("SLURM_JOB_ID"); id != "" {
		return "Slurm job " + id
	}
	if os.Getenv("KUBERNETES_SERVICE_HOST") != "" {
		return "pod " + os.Getenv("HOSTNAME")
	}
	return ""
}
