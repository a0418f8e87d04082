package slurm_test

import (
	"fmt"
	"strings"

	"github.com/sharewise/sharewise/analysis/engine"
	"github.com/sharewise/sharewise/analysis/engine/slurm"
	"github.com/sharewise/sharewise/analysis/layout"
)

// Twenty-five runs of a minute each in jobs of about five minutes, on a cluster whose
// arrays have at most three elements.
func Example() {
	var runs slurm.Runs
	for i := range 25 {
		runs.First = append(runs.First, engine.Work{ID: fmt.Sprintf("run%02d", i), Cost: 60})
	}
	config := slurm.Config{Partition: "gpu", Time: "30:00", Pack: "5m", Sharewise: "/opt/sharewise"}
	s, err := slurm.New(layout.Folder("/data/out"), "lines", runs, config, slurm.Limits{Array: 3, Jobs: 10000}, nil)
	if err != nil {
		panic(err)
	}
	fmt.Println(len(s.Packs), "jobs in", len(s.Jobs)-1, "arrays, and a report")
	var b strings.Builder
	if err := s.Print(&b); err != nil {
		panic(err)
	}
	for line := range strings.Lines(b.String()) {
		if strings.Contains(line, "--array") || strings.Contains(line, "--packs") || strings.HasPrefix(line, "# sbatch") {
			fmt.Print(line)
		}
	}
	// Output:
	// 5 jobs in 2 arrays, and a report
	// # sbatch --parsable /data/out/slurm/1/array-1.sh
	// #SBATCH --array=0-2
	// /opt/sharewise work /data/out --jobs 1 --packs /data/out/slurm/1/packs --index $((SLURM_ARRAY_TASK_ID + 0)) --log "$log" &
	// # sbatch --parsable /data/out/slurm/1/array-2.sh
	// #SBATCH --array=0-1
	// /opt/sharewise work /data/out --jobs 1 --packs /data/out/slurm/1/packs --index $((SLURM_ARRAY_TASK_ID + 3)) --log "$log" &
	// # sbatch --parsable --dependency=afterany:<array-1.sh>:<array-2.sh> /data/out/slurm/1/report.sh
}
