package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/layout"
)

// TestConcludeWithoutErrors trains two domains of which one is learned without
// an error: there is nothing to gain, which is a verdict with a report.
func TestConcludeWithoutErrors(t *testing.T) {
	dir := t.TempDir()
	rng := rand.New(rand.NewPCG(5, 5))
	for name, noise := range map[string]float64{"easy": 0, "hard": 1.5} {
		var b strings.Builder
		fmt.Fprintln(&b, "x,z,class")
		for i := range 200 {
			x := float64(i%2*8-4) + 0.2*rng.NormFloat64() // far from the division
			up := x+4*noise*rng.NormFloat64() > 0
			fmt.Fprintf(&b, "%g,%g,%s\n", x, rng.NormFloat64(), map[bool]string{true: "up", false: "down"}[up])
		}
		if err := os.WriteFile(filepath.Join(dir, name+".csv"), []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(dir, "study.yaml")
	text := "version: 1\nname: s\nseeds: 2\ndefaults: {columns: {label: class}}\n" +
		"domains: [{name: easy, data: easy.csv}, {name: hard, data: hard.csv}]\n" +
		"model: {trunk: mlp, widths: [0.1]}\ntraining: {epochs: 20, rate: 0.01}\n"
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	a := &app{stdout: &out, stderr: &errs, quiet: true}
	folder := layout.Folder(filepath.Join(dir, "out"))
	if _, _, err := a.train(context.Background(), file, folder, trainOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := a.conclude(context.Background(), folder, nil); err != nil {
		t.Fatal(err)
	}
	if want := "othing to gain from a pool with easy, whose own models make no error"; !strings.Contains(out.String(), want) {
		t.Errorf("the verdict lacks %q:\n%s%s", want, out.String(), errs.String())
	}
	for _, path := range []string{folder.Groups(), folder.Report()} {
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	}
}
