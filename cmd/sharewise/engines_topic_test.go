package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/jsonschema-go/jsonschema"

	"github.com/sharewise/sharewise/analysis/engine/kubernetes"
	"github.com/sharewise/sharewise/analysis/engine/slurm"
)

// TestEngineExamples holds the files that the help shows for clusters against their
// schemas, and sees that these refuse what no file says.
func TestEngineExamples(t *testing.T) {
	for name, of := range map[string]struct {
		first  string // key of the example
		schema func() ([]byte, error)
	}{
		"slurm": {"  partition: ", slurm.Schema}, "kubernetes": {"  image: ", kubernetes.Schema},
	} {
		text, err := of.schema()
		if err != nil {
			t.Fatal(err)
		}
		var schema jsonschema.Schema
		if err := json.Unmarshal(text, &schema); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		rules, err := schema.Resolve(nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		_, rest, found := strings.Cut(enginesLong, "\n"+of.first)
		example, _, _ := strings.Cut(of.first+rest, "\n\n")
		if !found {
			t.Fatalf("%s: the help shows no file", name)
		}
		var file map[string]any
		if err := yaml.Unmarshal([]byte(example), &file); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, example)
		}
		if len(file) != len(schema.Properties) {
			t.Errorf("%s: the help shows %d keys, and the schema has %d", name, len(file), len(schema.Properties))
		}
		if err := rules.Validate(file); err != nil {
			t.Errorf("%s: the schema refuses the help's file: %v", name, err)
		}
		file["partitions"] = "gpu"
		if rules.Validate(file) == nil {
			t.Errorf("%s: the schema takes a key that does not exist", name)
		}
	}
}
