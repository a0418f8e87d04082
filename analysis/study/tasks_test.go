package study

import (
	"fmt"
	"strings"
	"testing"
)

func TestTasks(t *testing.T) {
	for task, want := range map[string]string{
		"columns: {label: y}":                             "classification cross_entropy",
		"task: binary, columns: {label: y}":               "binary binary_cross_entropy",
		"columns: {labels: [y, z]}":                       "multilabel binary_cross_entropy",
		"columns: {targets: [y]}":                         "regression squared_error",
		"task: {loss: huber}, columns: {targets: [y, z]}": "regression huber",
	} {
		s, err := ParseBytes(fmt.Appendf(nil, "version: 1\nname: s\ndomains:\n  - {name: a, data: a.csv, %s}\n  - {name: b, data: b.csv, columns: {label: y}}\n", task), "study.yaml", "")
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Domains[0].Task.Kind + " " + s.Domains[0].Task.Loss; got != want {
			t.Errorf("%s: %s, want %s", task, got, want)
		}
	}
}

func TestTaskErrors(t *testing.T) {
	for task, want := range map[string]string{
		"task: multilabel, columns: {label: y}":                               "columns.label: the task is multilabel",
		"task: {loss: huber}, columns: {label: y}":                            "task.loss: huber is not a loss of classification; choose cross_entropy",
		"task: {delta: 2}, columns: {targets: [y]}":                           "task.delta: delta is for the loss huber",
		"task: {label_smoothing: 0.1}, columns: {targets: [y]}":               "task.label_smoothing: regression has no classes to smooth",
		"task: {class_weights: balanced}, columns: {targets: [y]}":            "task.class_weights: regression has no classes to weight",
		"task: {class_weights: even}, columns: {label: y}":                    `"even" is not none or balanced`,
		"task: {class_weights: {a: 0}}, columns: {label: y}":                  `task.class_weights.a: "0" is not a number above 0`,
		"task: {class_weights: {c: 2}, classes: [a, b]}, columns: {label: y}": `task.class_weights.c: there is no class "c"`,
		"task: {kind: binary, classes: [a, b, c]}, columns: {label: y}":       "task.classes: binary takes two classes, the negative one first; 3 are listed",
		"columns: {labels: [y], targets: [z]}":                                "columns: label, targets and labels: more than one is given",
		"columns: {labels: [y, y]}":                                           `columns.labels: column "y" is labels already`,
	} {
		_, err := ParseBytes(fmt.Appendf(nil, "version: 1\nname: s\ndomains:\n  - {name: a, data: a.csv, %s}\n  - {name: b, data: b.csv, columns: {label: y}}\n", task), "study.yaml", "")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %s", task, err, want)
		}
	}
}

// TestObjectiveInIdentity checks that only what changes training changes what
// is hashed.
func TestObjectiveInIdentity(t *testing.T) {
	for i, test := range []struct {
		task  Task
		plain bool
	}{
		{Task{Kind: Classification, Loss: CrossEntropy, ClassWeights: ClassWeights{Rule: "none"}}, true},
		{Task{Kind: Binary, Loss: BinaryCrossEntropy}, true},
		{Task{Kind: Regression, Loss: SquaredError}, true},
		{Task{Kind: Regression, Loss: Huber, Delta: 1}, false},
		{Task{Kind: Classification, Loss: CrossEntropy, Smoothing: 0.1}, false},
		{Task{Kind: Classification, Loss: CrossEntropy, ClassWeights: ClassWeights{Rule: BalancedClasses}}, false},
	} {
		if got := test.task.objective() == nil; got != test.plain {
			t.Errorf("task %d: plain is %v", i, got)
		}
	}
}

func TestSplitByContent(t *testing.T) {
	text := func(first string) string {
		return "version: 1\nname: s\ndefaults: {columns: {label: y}}\ndomains:\n  - {name: a, data: a.csv, " + first + "}\n  - {name: b, data: b.csv}\n"
	}
	if s := mustParse(t, text("split: {by: content}")); s.Domains[0].Split.By != ByContent {
		t.Errorf("split %+v", s.Domains[0].Split)
	}
	for _, c := range []struct{ first, want string }{
		{"split: {by: content}, columns: {group: lot}", "domains[0].split.by: a group is named, and content would tear groups apart"},
		{"split: {by: content, shared: true}", "domains[0].split.by: domain a may use the rows of another domain"},
	} {
		if _, err := ParseBytes([]byte(text(c.first)), "s.yaml", ""); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %s", c.first, err, c.want)
		}
	}
}

// A measure that the classes in the data do not allow is refused before anything
// is trained, and one that counts what training does not reduce is warned of.
func TestMeasuresOfPlans(t *testing.T) {
	plan := func(task string, classes int) (*Plan, error) {
		s := mustParse(t, "version: 1\nname: s\ndefaults: {columns: {label: y}, task: "+task+"}\ndomains: [{name: a, data: x.csv}, {name: b, data: y.csv}]\n")
		sizes := []DomainSize{
			{Name: "a", Task: Classification, Outputs: 2, Train: 64, Val: 8, Test: 100, SHA256: "a"},
			{Name: "b", Task: Classification, Outputs: classes, Train: 64, Val: 8, Test: 100, SHA256: "b"},
		}
		return s.Plan(sizes, map[string]ModelSize{"w1": {SHA256: "m", FLOPs: 1, Params: 1}})
	}
	if _, err := plan("{measure: auc}", 3); err == nil || !strings.Contains(err.Error(), "domain b: task.measure: auc is for two classes, and its data have 3") {
		t.Errorf("three classes: %v", err)
	}
	p, err := plan("{measure: auc, class_weights: balanced}", 2)
	if err != nil || p.Domains[0].Measure != "auc" || p.Domains[0].ClassWeights != BalancedClasses || len(p.Warnings) != 0 {
		t.Errorf("two classes: %v, %v, %v", p.Domains, p.Warnings, err)
	}
	p, err = plan("{measure: error, class_weights: balanced}", 2)
	if err != nil || len(p.Warnings) != 2 || !strings.Contains(p.Warnings[0], "domain a: task.class_weights changes what training reduces, and task.measure: error counts every sample the same") {
		t.Errorf("error and class weights: %q, %v", p.Warnings, err)
	}
}
