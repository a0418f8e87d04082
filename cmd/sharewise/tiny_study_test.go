package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// tinyStudy writes a study of tables with so many domains and seeds, and returns its file: each
// domain alone, all together and, with pairs, every two, for so many epochs.
func tinyStudy(t *testing.T, dir string, domains, seeds, epochs int, pairs bool) string {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	text := fmt.Sprintf("version: 1\nname: tiny\nseeds: %d\ndefaults: {columns: {label: y}}\nmodel: {trunk: mlp, widths: [0.05]}\ntraining: {epochs: %d, batch: 8}\narms: {joint: true, pairs: %v}\ndomains:\n", seeds, epochs, pairs)
	for d := range domains {
		var b strings.Builder
		b.WriteString("u,v,y\n")
		for range 60 {
			u, v := rng.NormFloat64(), rng.NormFloat64()
			fmt.Fprintf(&b, "%.3f,%.3f,%s\n", u, v, map[bool]string{true: "good", false: "bad"}[u+0.1*float64(d)*v+0.5*rng.NormFloat64() > 0])
		}
		name := fmt.Sprintf("d%02d", d)
		if err := os.WriteFile(filepath.Join(dir, name+".csv"), []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		text += fmt.Sprintf("  - {name: %s, data: %s.csv}\n", name, name)
	}
	file := filepath.Join(dir, "study.yaml")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}
