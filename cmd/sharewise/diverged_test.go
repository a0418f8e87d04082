package main

import (
	"errors"
	"os/exec"
	"strings"
	"testing"
)

// Where all runs diverged, whatever rests on them says that, and what to do.
func TestAllDiverged(t *testing.T) {
	dir := t.TempDir()
	plantFaultStudy(t, dir, "1e30")
	prepared("run data/study.yaml -o out --jobs 1 -q")(t, dir)
	prepared("analyze out")(t, dir)
	for _, line := range []string{
		"group out", "value out", "sources out", "remedies out", "cross out", "merge out", "linearise out", "subgroups out", "suspects out", "influence out", "export out --to csv -o tracked",
	} {
		cmd := sharewise(strings.Fields(line)...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != exitInput || !strings.Contains(string(out), "8 of 8 runs of the study diverged, such as independent-east_") || strings.Contains(string(out), "joint: true") {
			t.Errorf("sharewise %s: %v\n%s", line, err, out)
		}
	}
}
