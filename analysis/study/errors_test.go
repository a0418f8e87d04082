package study

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/versioned/alteration"
)

// TestErrors states, for mistakes that people make, where the message points
// and what it says.
func TestErrors(t *testing.T) {
	// edit replaces a text of the minimal study.
	edit := func(old, new string) string {
		if !strings.Contains(minimal, old) {
			t.Fatalf("%q is not in the minimal study", old)
		}
		return strings.Replace(minimal, old, new, 1)
	}
	table := func(rest string) string {
		return "version: 1\nname: t\ndomains:\n  - {name: a, data: a.csv, " + rest + "}\n  - {name: b, data: b.csv, columns: {label: y}}\n"
	}
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "study.yaml: the file is empty"},
		{"list", "- a\n", "study.yaml:1:1: a study file is a mapping"},
		{"syntax", "version: 1\nname: [a\nseed: 2\n", "not YAML: "},
		{"tab", "version: 1\n\tname: a\n", "study.yaml:2:1: not YAML: "},
		{"key twice", minimal + "name: again\n", `study.yaml:9:1: not YAML: mapping key "name" already defined`},
		{"two documents", minimal + "---\na: 1\n", "study.yaml:10:1: a second document"},
		{"no version", edit("version: 1\n", ""), `study.yaml:1:1: the key "version" is missing`},
		{"later version", edit("version: 1", "version: 2"), `study.yaml:1:10: version: "2" is not a whole number: 1`},
		{"unknown key", minimal + "training: {epoch: 3}\n", `study.yaml:9:12: training.epoch: unknown key; did you mean "epochs"?`},
		{"unknown key, none near", minimal + "grouping: {size: 3}\n", "grouping.size: unknown key; there are max_groups, min_gain, must_link, cannot_link, largest_pool, objective, aversion, budget, helpers, models, sites, tolerance"},
		{"no value", edit("name: digits", "name:"), "name: no value; a text must stand here"},
		{"fraction for a count", minimal + "seeds: 2.5\n", `study.yaml:9:8: seeds: "2.5" is not a whole number from 1 to 1000`},
		{"no seeds", minimal + "seeds: 0\n", `seeds: "0" is not a whole number from 1 to 1000`},
		{"quoted number", minimal + "seeds: '3'\n", `seeds: "3" is not a whole number`},
		{"infinite rate", minimal + "training: {rate: .inf}\n", `training.rate: ".inf" is not a number above 0`},
		{"rate zero", minimal + "training: {rate: 0}\n", `training.rate: "0" is not a number above 0`},
		{"yes for true", minimal + "arms: {joint: yes}\n", `arms.joint: "yes" is neither true nor false`},
		{"word not in the choice", minimal + "training: {optimizer: adma}\n", `training.optimizer: "adma" is not adamw, sgd, adam or adagrad; did you mean "adam"?`},
		{"list for a text", edit("name: digits", "name: [digits]"), "name: a list is not a text"},
		{"text for a list", minimal + "arms: {pools: mnist}\n", `arms.pools: "mnist" is not a list`},
		{"text for a mapping", minimal + "arms: all\n", `arms: "all" is not a mapping with the keys joint, pairs, pools`},
		{"unknown alias", minimal + "training: *t\n", "training: no anchor &t"},
		{"circular alias", minimal + "x-a: &a [*a]\narms: {pools: *a}\n", "arms.pools"},

		{"domain twice", edit("usps", "MNIST"), `study.yaml:7:11: domains[1].name: a second domain is called "MNIST"`},
		{"bad name", edit("usps", "us ps"), `domains[1].name: "us ps": a name begins with`},
		{"no data", edit("    data: {images: c.gz, labels: d.gz}\n", ""), `study.yaml:7:5: domains[1]: the key "data" is missing`},
		{"no labels", edit(", labels: d.gz", ""), "study.yaml:8:11: domains[1].data: format idx needs two files"},
		{"no image size", edit("input: {image: [28, 28]}", "input: {channels: 3}"), "study.yaml:3:8: input: images need a common size"},
		{"one side", edit("[28, 28]", "[28]"), "input.image: 1 elements, where 2 must stand"},
		{"two channels", edit("28]}", "28], channels: 2}"), "input.channels: 2 channels; images have 1 (grey) or 3"},
		{"table among images", edit("{images: c.gz, labels: d.gz}", "u.csv"), "domains[1].columns: say what is predicted"},
		{"table and images", strings.Replace(minimal, "data: {images: c.gz, labels: d.gz}", "data: u.csv\n    columns: {label: y}", 1), "domain usps is of format csv, and the input is of kind image"},
		{"regression of images", edit("name: usps", "name: usps\n    task: regression"), "domains[1].task.kind: regression needs a table"},
		{"unset variable", edit("c.gz", "'${NOT_SET_IN_TESTS}/c.gz'"), "study.yaml:8:20: domains[1].data.images: the environment variable NOT_SET_IN_TESTS is not set"},

		{"label and targets", table("columns: {label: y, targets: [z]}"), "domains[0].columns: label, targets and labels: more than one is given"},
		{"unit that is a number", table("columns: {label: y, units: {x: '2'}}"), `domains[0].columns.units.x: "2" cannot be told from a number; write what stands before or behind it, such as $ or kg`},
		{"unit of nothing", table("columns: {label: y, units: {x: ''}}"), `domains[0].columns.units.x: "" cannot be told`},
		{"unit that is a sign", table("columns: {label: y, units: {x: '-'}}"), `domains[0].columns.units.x: "-" cannot be told`},
		{"an ignored column that is known", table("columns: {label: y, ignore: [t], known: [t]}"), `domains[0].columns.known: column "t" is ignore, and no input`},
		{"column with two roles", table("columns: {label: y, group: y}"), `domains[0].columns.group: column "y" is label already`},
		{"group without column", table("columns: {label: y}, split: group"), "domains[0].split.by: splitting by group needs columns.group"},
		{"names and header", table("columns: {label: y, names: [x, y], header: true}"), "domains[0].columns.names: names are for a file without header"},
		{"delimiter", table("columns: {label: y, delimiter: commas}"), `domains[0].columns.delimiter: "commas" is not comma`},
		{"cnn for tables", table("columns: {label: y}") + "model: cnn\n", "model.trunk: cnn takes images; use mlp"},
		{"no test data", table("columns: {label: y}, split: {test: 0}"), "domains[0].split.test: no test data"},
		{"nothing to train on", table("columns: {label: y}, split: {test: 0.5, validation: 0.5}"), "leave nothing for training"},
		{"one class", table("columns: {label: y}, task: {classes: [a]}"), "one class leaves nothing to tell apart"},
		{"right answers of regression", table("columns: {targets: [y]}, task: {measure: error}"), "domains[0].task.measure: regression has no right or wrong answers; measure it by loss"},
		{"unknown measure", table("columns: {label: y}, task: {measure: accuracy}"), `domains[0].task.measure: "accuracy" is not error, balanced, auc or loss`},
		{"ranks of numbers", table("columns: {targets: [y]}, task: {measure: auc}"), "domains[0].task.measure: regression has no right or wrong answers; measure it by loss"},
		{"ranks of several labels", table("columns: {labels: [y, z]}, task: {measure: auc}"), "domains[0].task.measure: auc is for samples of one class each; measure several labels by loss or error"},
		{"ranks of three classes", table("columns: {label: y}, task: {classes: [a, b, c], measure: auc}"), "domains[0].task.measure: auc is for two classes, and 3 are listed; balanced counts every class the same"},
		{"class twice", table("columns: {label: y}, task: {classes: [a, b, a]}"), `domains[0].task.classes[2]: class "a" is listed twice`},
		{"bad expression", "version: 1\nname: t\ninput: {image: [8, 8]}\ndomains: [{name: a, data: a, split: {group: '('}}, {name: b, data: b}]\n", "domains[0].split.group: not a regular expression"},
		{"expression without group", "version: 1\nname: t\ninput: {image: [8, 8]}\ndomains: [{name: a, data: a, split: {group: 'x'}}, {name: b, data: b}]\n", "domains[0].split.group: \"x\" has no parenthesis"},
		{"best without validation", edit("name: usps", "name: usps\n    split: {validation: 0}") + "training: {select: best}\n", "domains[1].split.validation: training.select is best"},

		{"unknown domain in a pool", minimal + "arms:\n  pools: [[mnist, ups]]\n", `study.yaml:10:19: arms.pools[0][1]: no domain is called "ups"; did you mean "usps"?`},
		{"pool twice", minimal + "arms: {pools: [[mnist, usps], [usps, mnist]]}\n", "arms.pools[1]: the same pool as arms.pools[0]"},
		{"domain twice in a pool", minimal + "arms: {pools: [[mnist, mnist]]}\n", "arms.pools[0][1]: mnist is named twice"},
		{"nothing planned", minimal + "arms: {joint: false, pairs: false}\n", "study.yaml:9:7: arms: no arm is planned"},
		{"groups without pairs", minimal + "  - {name: third, data: {images: e, labels: f}}\narms: {pairs: false}\ngrouping: {max_groups: 2}\n", "study.yaml:10:7: arms: groups are asked for and no pairs are planned"},
		{"unknown weighting", minimal + "weightings: [gradsurgery]\n", `weightings[0]: "gradsurgery" is not equal, size, static, temperature, baseline, dwa, uncertainty, rlw`},
		{"weight missing", minimal + "weightings: [{name: static, weights: {mnist: 1}}]\n", "weightings[0]: static weights lack domain usps"},
		{"weight for nobody", minimal + "weightings: [{name: static, weights: {mnist: 1, usps: 1, upss: 2}}]\n", `weightings[0].weights.upss: no domain is called "upss"`},
		{"weighting twice", minimal + "weightings: [dwa, dwa]\n", "weightings[1]: a second entry is called dwa"},
		{"descending widths", minimal + "model: {widths: [1, 0.5]}\n", "model.widths: widths go from small to large"},
		{"mirrored tables", table("columns: {label: y}") + "training: {augment: {flip: true}}\n", `training.augment.flip: it is for images, and these are tables`},
		{"gain of images", minimal + "training: {augment: {scaling: 0.1}}\n", "study.yaml:9:31: training.augment.scaling: it is for tables and series, and these are images"},
		{"crop of all", minimal + "training: {augment: {crop: 28}}\n", "training.augment.crop: moving by up to 28 pixels can leave nothing"},
		{"shift of a domain", edit("name: usps", "name: usps\n    augment: {shift: 0.1}"), "domains[1].augment.shift: it is for series"},
		{"bad pattern", minimal + "model: {freeze: [conv*, '[a-']}\n", `study.yaml:9:25: model.freeze[1]: "[a-" is no pattern`},
		{"scaling twice", "version: 1\nname: n\ninput: {image: [8, 8], normalize: unit, scale: 255}\ndomains: [{name: a, data: x}]\n", "study.yaml:3:35: input.normalize: give either normalize, or scale, mean and std"},
		{"deviation of 0", "version: 1\nname: n\ninput: {image: [8, 8], std: [0]}\ndomains: [{name: a, data: x}]\n", "input.std[0]"},
		{"bad adapter pattern", minimal + "model: {adapters: {match: ['[a-']}}\n", `study.yaml:9:28: model.adapters.match[0]: "[a-" is no pattern`},
		{"adapter rank", minimal + "model: {adapters: 0}\n", "model.adapters"},
		{"features of a named trunk", minimal + "model: {trunk: cnn, features: auto}\n", "model.features: the trunk cnn ends in features; this key is for models of one's own"},
		{"unknown init", minimal + "model: {init: xaver}\n", `did you mean "xavier"?`},
		{"unknown trunk", minimal + "model: cn\n", `model.trunk: "cn" is not bag, cnn, mlp, resnet20, tcn, transformer or the path of an .onnx file; did you mean "cnn"?`},
		{"widths of a file", minimal + "model: {trunk: a.onnx, widths: [1]}\n", "model.widths: widths are for the trunks bag, cnn, mlp, resnet20, tcn, transformer;"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ParseBytes([]byte(c.text), "study.yaml", "")
			var list Errors
			if !errors.As(err, &list) || !errors.Is(err, ErrInvalid) {
				t.Fatalf("error %v of type %T, want Errors", err, err)
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("message\n%v\nlacks\n%s", err, c.want)
			}
		})
	}
}

func TestErrorsAreCollectedInOrder(t *testing.T) {
	_, err := ParseBytes([]byte("nams: x\nseeds: 0\nversion: 3\ndefaults: {value: -1}\ndomains: [{}, {name: b}]\n"), "s.yaml", "")
	var list Errors
	if !errors.As(err, &list) {
		t.Fatal(err)
	}
	if len(list) != 6 {
		t.Errorf("%d errors, want 6:\n%v", len(list), err)
	}
	for i := 1; i < len(list); i++ {
		if list[i].Line < list[i-1].Line {
			t.Errorf("not in the order of the file:\n%v", err)
		}
	}
}

func TestNearest(t *testing.T) {
	words := []string{"epochs", "batch", "sampling", "name"}
	for word, want := range map[string]string{"epoch": "epochs", "Batch": "batch", "nams": "name", "samplings": "sampling", "zebra": "", "": ""} {
		if got := Nearest(word, words); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
		}
	}
	if d := distance("kitten", "sitting"); d != 3 {
		t.Errorf("distance of kitten and sitting is %d, want 3", d)
	}
}

func FuzzParseBytes(f *testing.F) {
	f.Add(minimal)
	f.Add("version: 1\nname: &a x\nx-b: *a\ndefaults: {<<: {value: 2}}\ndomains: [*a, {<<: *a}]\n")
	f.Add("? [a]\n: b\n")
	f.Add("a: !!binary x\nb: |\n  t\n")
	f.Add("{}")
	f.Add("x: &a {<<: *a}\nversion: *a")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseBytes([]byte(text), "f.yaml", "")
		if err == nil {
			if len(s.Domains) == 0 || len(s.Model.Rungs) == 0 || len(s.Weightings) == 0 {
				t.Errorf("incomplete study: %+v", s)
			}
			return
		}
		alteration.Plain(t, err)
		var list Errors
		if !errors.As(err, &list) || len(list) == 0 {
			t.Errorf("error of type %T", err)
		}
	})
}

// TestErrorsAreCut checks that a mistake in every domain does not fill the
// screen.
func TestErrorsAreCut(t *testing.T) {
	var all Errors
	for i := range 12 {
		all = append(all, &Error{File: "study.yaml", Line: i + 1, Column: 1, Message: fmt.Sprintf("mistake %d", i+1)})
	}
	if got := all[:10].Error(); strings.Count(got, "\n") != 9 || strings.Contains(got, "more") {
		t.Errorf("ten mistakes give\n%s", got)
	}
	if got := all.Error(); !strings.HasSuffix(got, "mistake 10\nand 2 more") {
		t.Errorf("twelve mistakes give\n%s", got)
	}
}

// TestBinaryStudy names what is given for a study file, and shows none of it.
func TestBinaryStudy(t *testing.T) {
	for _, c := range []struct{ data, want string }{
		{"PK\x03\x04\x14\x00\x00\x00", "x.yaml: not a study file: it is a zip archive"},
		{"version: 1\nname: a\xff\n", "x.yaml: not a study file: it is no text in UTF-8"},
		{"version: 1\nname: a\x1b[31m\n", "x.yaml: not a study file: it is no text in UTF-8"},
	} {
		_, err := ParseBytes([]byte(c.data), "x.yaml", "")
		if !errors.Is(err, ErrInvalid) || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%q: %v, want %s", c.data, err, c.want)
		}
	}
}
