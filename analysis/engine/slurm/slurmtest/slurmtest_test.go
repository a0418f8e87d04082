//go:build unix

package slurmtest

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestCluster runs a job array on two nodes.
func TestCluster(t *testing.T) {
	c := Start(t, 2)
	out := filepath.Join(c.Dir, "out")
	if err := os.Mkdir(out, 0o777); err != nil {
		t.Fatal(err)
	}
	if text, err := c.Command("sbatch", "--array=0-3", "--output=/dev/null", "--wrap=touch "+out+"/$SLURMD_NODENAME-$SLURM_ARRAY_TASK_ID; sleep 1"); err != nil {
		t.Fatal(text, err)
	}
	c.Wait(30*time.Second, "four jobs", func() bool { found, _ := filepath.Glob(out + "/*"); return len(found) == 4 })
	for _, n := range c.Nodes {
		if found, _ := filepath.Glob(out + "/" + n + "-*"); len(found) == 0 {
			t.Errorf("nothing ran on %s", n)
		}
	}
}
