package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTextsToReport goes from a folder of texts by domain and class to a report, and no
// line of the study is written by hand. Its trainings take some 20 s of a processor, so
// that SHAREWISE_TEXTS=1 asks for it.
func TestTextsToReport(t *testing.T) {
	if os.Getenv("SHAREWISE_TEXTS") == "" {
		t.Skip("SHAREWISE_TEXTS is not set")
	}
	requireRuntime(t)
	dir := t.TempDir()
	notes := filepath.Join(dir, "notes")
	subjects := map[string][]string{
		"bearings": strings.Fields("bearing grease noise vibration shaft worn replaced hot"),
		"valves":   strings.Fields("valve leak seal pressure oil hose dripping tightened"),
	}
	others := strings.Fields("the was at on shift line machine checked again today we found")
	random := rand.New(rand.NewPCG(7, 1))
	for _, plant := range []string{"plant1", "plant2"} {
		for _, subject := range []string{"bearings", "valves"} {
			must(t, os.MkdirAll(filepath.Join(notes, plant, subject), 0o755))
			for n := range 12 {
				var text []string
				for range 8 {
					words := others
					if random.Float64() < 0.4 {
						words = subjects[subject]
					}
					text = append(text, words[random.IntN(len(words))])
				}
				must(t, os.WriteFile(filepath.Join(notes, plant, subject, fmt.Sprint(n, ".txt")), []byte(strings.Join(text, " ")+".\n"), 0o644))
			}
		}
	}
	study, out := filepath.Join(notes, "study.yaml"), filepath.Join(dir, "out")
	for _, args := range [][]string{{"init", notes, "-o", study}, {"run", study, "-o", out}, {"analyze", out}, {"group", out}, {"report", out, "--lang", "ja"}} {
		if text, err := sharewise(args...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, text)
		}
	}
	drafted, err := os.ReadFile(study)
	must(t, err)
	if !strings.Contains(string(drafted), "kind: text") {
		t.Errorf("init did not recognise texts:\n%s", drafted)
	}
	page, err := os.ReadFile(filepath.Join(out, "report.html"))
	must(t, err)
	for _, want := range []string{`<html lang="ja">`, "plant1", "ロジスティック回帰"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the report lacks %q", want)
		}
	}
}
