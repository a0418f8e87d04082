package study

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const bearings = `version: 1
name: bearings
input: {series: {window: 1024}}
defaults:
  series: {class: '^(.*)_load', stride: 512}
domains:
  - {name: load0, data: 'cwru/*_load0.f32.gz'}
  - {name: load1, data: 'cwru/*_load1.f32.gz', series: {stride: 256}}
  - name: load2
    data: cwru
    series: {class: '', index: {path: cwru/index.tsv, where: {load_hp: 2}}}
  - name: rig
    data: rig.csv
    columns: {label: state, group: unit}
    series: {class: ''}
`

func TestSeries(t *testing.T) {
	s := mustParse(t, bearings)
	if s.Input.Kind != SeriesInput || *s.Input.Series != (Window{Length: 1024, Channels: 1}) || s.Model.Trunk != "tcn" {
		t.Errorf("input %+v, window %+v, trunk %s", s.Input, s.Input.Series, s.Model.Trunk)
	}
	base := Series{ByteOrder: "little", Class: "^(.*)_load", Stride: 512, Rule: Agree, Block: 10}
	want := []Series{base, base, base, base}
	want[1].Stride = 256
	want[2].Class = ""
	want[2].Index = &Index{Path: "cwru/index.tsv", File: "file", Class: "class", Where: map[string]string{"load_hp": "2"}}
	for i, d := range s.Domains[:3] {
		if d.Format != SeriesFormat || d.Split.By != ByTime || d.Columns != nil {
			t.Errorf("domain %s: format %s, split %+v", d.Name, d.Format, d.Split)
		}
		if diff := cmp.Diff(want[i], *d.Series); diff != "" {
			t.Errorf("domain %s: %s", d.Name, diff)
		}
	}
	// A bare number is the window.
	if a, b := mustParse(t, bearings), mustParse(t, strings.Replace(bearings, "{window: 1024}", "1024", 1)); !a.Equal(b) {
		t.Error("series: 1024 is not series: {window: 1024}")
	}
}

func TestSeriesErrors(t *testing.T) {
	one := func(settings string) string {
		return "version: 1\nname: s\ninput: {series: 8}\ndomains:\n  - {name: a, data: a, " + settings + "}\n  - {name: b, data: b}\n"
	}
	for _, c := range []struct{ text, want string }{
		{strings.Replace(bearings, "load2\n", "load2\n    format: csv\n", 1), "domain load2 is of format csv, and the input is of kind series"},
		{bearings + "    format: csv\n", "domain rig is of format csv, and the input is of kind series"},
		{strings.Replace(bearings, "{series: {window: 1024}}", "series", 1), "input: series need the length of a window, such as {series: {window: 1024, channels: 1}}"},
		{strings.Replace(bearings, "{series: {window: 1024}}", "{series: 8, image: [2, 2]}", 1), "input.image: the input is series, which has no image size"},
		{strings.Replace(bearings, "{series: {window: 1024}}", "{series: 8, normalize: unit}", 1), "input.normalize: unit is for the bytes of images"},
		{strings.Replace(bearings, "{series: {window: 1024}}", "{series: {window: 8, rate: 100}}", 1), "domains[0].series.rate: input.series.rate asks for 100 samples per second"},
		{minimal[:strings.Index(minimal, "domains")] + "domains: [{name: a, data: {images: x, labels: y}, series: {stride: 2}}, {name: b, data: {images: x, labels: y}}]\n", "domains[0].series: series are for signals (format series)"},
		{one("series: {class: '('}"), "series.class: not a regular expression"},
		{one("series: {class: 'x'}"), "series.class: \"x\" has no parenthesis"},
		{one("series: {class: '(x)'}, columns: {label: y}"), "columns.label and series.class all say what is predicted"},
		{one("series: {type: int16}, columns: {label: y}"), "columns are for tables (series.type csv); these samples are int16"},
		{one("series: {horizon: 2}"), "series.horizon: a horizon is for columns.targets"},
		{one("columns: {label: y, split: z}"), "columns.split: windows are split by time, group or at random, not by a column"},
		{one("task: regression"), "regression of series takes its targets from columns.targets"},
		{one("task: classification, columns: {targets: [y]}"), "the task is classification, which takes columns.label"},
		{one("series: {index: {class: x}}"), "series.index: the key \"path\" is missing"},
		{one("series: {index: i.csv}, test: c"), "test: series.index lists the files of all data; name data, validation and test by patterns instead"},
		{one("split: {group: 'x'}"), "split.group: \"x\" has no parenthesis"},
		{one("invert: true"), "invert is for images"},
	} {
		_, err := ParseBytes([]byte(c.text), "study.yaml", "")
		if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("message\n%v\nlacks\n%s", err, c.want)
		}
	}
}
