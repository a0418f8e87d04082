package study

import (
	"errors"
	"strings"
	"testing"
)

func TestArrays(t *testing.T) {
	s := mustParse(t, `version: 1
name: cameras
input: {array: [3, 32, 32]}
domains:
  - name: a
    data: {path: a.npz, inputs: x_train, labels: y_train}
    test: {path: a.npz, inputs: x_test, labels: y_test}
  - {name: b, data: {path: b.npy, labels: c.npy, groups: g.npy}}
  - {name: c, data: {path: c.safetensors, targets: t}}
`)
	a, b, c := s.Domains[0], s.Domains[1], s.Domains[2]
	if s.Input.Kind != ArrayInput || s.Model.Trunk != "cnn" {
		t.Errorf("input %+v, trunk %s", s.Input, s.Model.Trunk)
	}
	if a.Format != ArrayFormat || a.Files != (Files{Path: "a.npz", Inputs: "x_train", Labels: "y_train"}) || *a.Test != (Files{Path: "a.npz", Inputs: "x_test", Labels: "y_test"}) {
		t.Errorf("a: %+v", a)
	}
	if b.Split.By != ByGroup || c.Task.Kind != Regression {
		t.Errorf("b splits by %s, c is %s", b.Split.By, c.Task.Kind)
	}
	for shape, want := range map[string]string{"[9]": "mlp", "[2, 64]": "tcn", "[1, 2, 3, 4]": "mlp"} {
		text := "version: 1\nname: n\ninput: {array: " + shape + "}\ndomains: [{name: a, data: {path: a.npy, labels: y.npy}}, {name: b, data: {path: a.npy, labels: y.npy}}]\n"
		if got := mustParse(t, text).Model.Trunk; got != want {
			t.Errorf("shape %s: trunk %s, want %s", shape, got, want)
		}
	}
}

func TestArrayErrors(t *testing.T) {
	one := func(input, domain string) string {
		return "version: 1\nname: n\ninput: {" + input + "}\ndomains:\n  - {name: a, " + domain + "}\n  - {name: b, data: {path: b.npy, labels: y.npy}}\n"
	}
	for _, c := range []struct{ text, want string }{
		{one("", "data: a.npy"), "domains[0].data: say what is predicted: {path: FILE, labels: ARRAY}"},
		{one("", "data: {path: a.npy, labels: y, targets: z}"), "labels and targets are both given"},
		{one("", "task: regression, data: {path: a.npy, labels: y.npy}"), "name the array of numbers to predict under targets"},
		{one("", "format: array, data: {labels: y.npy}"), "format array needs a file"},
		{one("", "data: {path: a.npy, images: b.npy, labels: y.npy}"), "images are for format idx; arrays name inputs"},
		{one("", "data: {path: a.npy, labels: y.npy}, columns: {label: y}"), "columns are for tables (format csv); arrays are named in data"},
		{one("", "data: {path: a.npy, labels: y.npy}, invert: true"), "invert is for images"},
		{one("", "data: {path: a.npy, labels: y.npy}, split: group"), "splitting by group needs data.groups"},
		{one("", "data: {path: a.npy, labels: y.npy}, test: {path: b.npy, labels: y.npy, groups: g.npy}"), "groups are named for one part of the data and not for another"},
		{one("kind: table", "data: {path: a.npy, labels: y.npy}"), "is of format array, and the input is of kind table"},
		{one("image: [2, 2], array: [1, 2, 2]", "data: {path: a.npy, labels: y.npy}"), "input.image: the input is arrays, whose shape input.array says"},
		{one("kind: image, image: [2, 2], array: [1, 2, 2]", "data: {path: a.npy, labels: y.npy}"), "input.array: the input is of kind image"},
		{one("array: [9]", "data: {path: a.npy, labels: y.npy}") + "model: cnn\n", "model.trunk: cnn takes images; use mlp for tables"},
		{one("array: []", "data: {path: a.npy, labels: y.npy}"), "input.array: 0 elements, where 1 to 4 must stand"},
		{one("image: [2, 2]", "format: images, data: {path: a, targets: t}"), "inputs, targets and groups name arrays (format array); this domain's format is images"},
	} {
		_, err := ParseBytes([]byte(c.text), "study.yaml", "")
		if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("message\n%v\nlacks\n%s", err, c.want)
		}
	}
}
