package main

import (
	"errors"
	"fmt"
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
		if out := refusal(t, dir, line); !strings.Contains(out, "8 of 8 runs of the study diverged, such as independent-east_") || strings.Contains(out, "joint: true") {
			t.Errorf("sharewise %s:\n%s", line, out)
		}
	}
}

// Commands that look at what was trained say that adapters are merged; similarity goes on
// without that.
func TestMergedAdapters(t *testing.T) {
	dir := t.TempDir()
	plantFaultStudy(t, dir, "0.003")
	text := fmt.Sprintf(strings.Replace(faultStudy, "widths: [0.1]", "widths: [0.1], adapters: 2", 1), "0.003")
	file("data/study.yaml", []byte(text))(t, dir)
	prepared("run data/study.yaml -o out --jobs 1 -q")(t, dir)
	for _, command := range []string{"merge", "linearise", "suspects", "influence"} {
		if out := refusal(t, dir, command+" out"); !strings.Contains(out, "adapters (model.adapters) were merged into the weights") || strings.Contains(out, "lora") {
			t.Errorf("sharewise %s out:\n%s", command, out)
		}
	}
	prepared("similarity out")(t, dir)
}

// refusal is what a command says that finds its input bad.
func refusal(t *testing.T, dir, line string) string {
	t.Helper()
	cmd := sharewise(strings.Fields(line)...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != exitInput {
		t.Errorf("sharewise %s: %v\n%s", line, err, out)
	}
	return string(out)
}
