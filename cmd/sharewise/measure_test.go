package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/measures"
)

// TestMeasureWords takes the words of studies and of tables for each other.
func TestMeasureWords(t *testing.T) {
	for word, want := range map[string]string{
		"error": measures.Correct, "correct": measures.Correct, "auc": measures.AUC,
		"balanced": measures.Balanced, "loss": measures.Loss, "auto": "",
	} {
		f := measureFlag{value: word, correct: measures.Correct}
		if got, err := f.parse(); got != want || err != nil {
			t.Errorf("%s: %q, %v; want %q", word, got, err, want)
		}
	}
	f := measureFlag{value: "f1", correct: "error"}
	if _, err := f.parse(); err == nil || !strings.Contains(err.Error(), `"f1": want error, balanced, auc, loss or auto`) {
		t.Errorf("error %v", err)
	}
}

// TestEmptyDefaults keeps lists without default from showing one in help.
func TestEmptyDefaults(t *testing.T) {
	for _, command := range []string{"compare", "eval", "group", "model train"} {
		var out bytes.Buffer
		a := &app{stdout: &out, stderr: &out, quiet: true}
		if code := a.main(append(strings.Fields(command), "--help")); code != 0 {
			t.Fatalf("%s --help: exit code %d", command, code)
		}
		if text := out.String(); !strings.Contains(text, "Flags:") || strings.Contains(text, "(default )") || strings.Contains(text, "(default [])") {
			t.Errorf("help of %s:\n%s", command, text)
		}
	}
}
