package dataset

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
)

// tableSeries is a study of two domains of series, the first in a.csv.
func tableSeries(window, settings string) string {
	return strings.Replace(seriesStudy(window, settings), "data: a,", "data: a.csv,", 1)
}

func TestSeriesOfTable(t *testing.T) {
	dir := t.TempDir()
	filetest.Write(t, dir, "a.csv", filetest.Lines("time;p;q;state",
		"a;0;10,5;run", "b;1;11;run", "c;2;12;run", "d;3;13;run", "e;4;14;stop", "f;5;15;stop",
		"g;6;16;stop", "h;7;17;stop", "i;8;18;run", "j;9;19;run", "k;10;20;run", "l;11;21;run"))
	for _, c := range []struct{ rule, want string }{
		{"agree", "[run:0 run:1 stop:4 stop:5 run:8 run:9]"},
		{"last", "[run:0 run:1 stop:2 stop:3 stop:4 stop:5 run:6 run:7 run:8 run:9]"},
		{"majority", "[run:0 run:1 run:2 stop:3 stop:4 stop:5 stop:6 run:7 run:8 run:9]"},
	} {
		settings := "columns: {label: state, decimal: comma}, series: {stride: 1, rule: " + c.rule + "}, split: {validation: 0}"
		d := mustOpen(t, dir, tableSeries("window: 3, channels: 2", settings))
		st := d.Train.store
		var got []string
		x := make([]float32, 6)
		for i := range st.rows() {
			st.values.read(i, x)
			got = append(got, fmt.Sprintf("%s:%g", d.Task.Classes[st.label[i]], x[0]))
		}
		if fmt.Sprint(got) != c.want {
			t.Errorf("%s: %v, want %s", c.rule, got, c.want)
		}
		if !slices.Equal(d.Features, []string{"p", "q"}) {
			t.Errorf("channels %q", d.Features)
		}
		if note := "4 windows are left out because the label or the group changes in them"; (c.rule == "agree") != slices.Contains(d.Notes, note) {
			t.Errorf("%s: notes %q", c.rule, d.Notes)
		}
	}
}

func TestForecast(t *testing.T) {
	dir := t.TempDir()
	var rows []string
	for i := range 50 {
		rows = append(rows, fmt.Sprintf("%d,%d", i, 100*i))
	}
	filetest.Write(t, dir, "a.csv", filetest.Lines(append([]string{"x,y"}, rows...)...))
	for _, c := range []struct {
		horizon int
		columns string
		windows int
	}{
		{0, "{targets: [y]}", 48},
		{2, "{targets: [y]}", 46},
		{2, "{targets: [y], features: [x]}", 46},
		{1, "{targets: [y], features: [y]}", 47},
	} {
		d := mustOpen(t, dir, tableSeries("window: 3", fmt.Sprintf("columns: %s, series: {stride: 1, horizon: %d}", c.columns, c.horizon)))
		st := d.Train.store
		if st.rows() != c.windows {
			t.Errorf("horizon %d: %d windows, want %d", c.horizon, st.rows(), c.windows)
		}
		for i := range st.rows() {
			if want := float64(100 * (i + 2 + c.horizon)); st.target[i] != want {
				t.Errorf("horizon %d: target of window %d is %g, want %g", c.horizon, i, st.target[i], want)
			}
		}
		// A target of one split must not be seen by another.
		if first, last := d.Val.ID(0), d.Train.ID(d.Train.Len()-1); first-last != int64(3+c.horizon) {
			t.Errorf("horizon %d: training ends with window %d, validation begins with %d", c.horizon, last, first)
		}
	}
}

func TestSeriesTableMistakes(t *testing.T) {
	dir := t.TempDir()
	table := []string{"p,q,state,unit"}
	for i := range 30 {
		table = append(table, fmt.Sprintf("%d,%d,%c,u%d", i, i, 'a'+i/15, i/10))
	}
	table[5], table[8], table[12] = "4,?,a,u0", "7,inf,a", "11,11,,u1"
	filetest.Write(t, dir, "a.csv", filetest.Lines(table...))
	for _, c := range []struct{ window, settings, want string }{
		{"window: 2, channels: 2", "columns: {label: state, group: unit}", "a.csv:6: column \"q\": missing value"},
		{"window: 2, channels: 2", "columns: {label: state, group: unit}", "a.csv:9: 3 fields, the table has 4 columns"},
		{"window: 2, channels: 2", "columns: {label: state, group: unit}", "a.csv:13: column \"state\": missing value"},
		{"window: 2", "columns: {label: state}", "2 columns of numbers (\"p\", \"q\"), and input.series.channels is 1; name the channels under columns.features"},
		{"window: 2, channels: 2", "skip_bad: true, columns: {label: state}, series: {stride: 1, block: 20}, split: {by: random}", "all lie in one block of 40 samples; set series.block lower"},
		{"window: 2, channels: 3", "columns: {label: nothing}", "column \"nothing\": columns.label names it"},
	} {
		if _, err := open(t, dir, tableSeries(c.window, c.settings)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v\nwant %s", c.settings, err, c.want)
		}
	}
	d := mustOpen(t, dir, tableSeries("window: 2, channels: 2", "columns: {label: state, group: unit}, skip_bad: true, split: {test: 0.3}"))
	if got := fmt.Sprint(d.Dropped); !strings.Contains(got, "{column \"q\": missing value 1 a.csv:6}") || len(d.Dropped) != 3 {
		t.Errorf("dropped %s", got)
	}
	groups := map[string]*Split{}
	for _, s := range []*Split{d.Train, d.Val, d.Test} {
		for i := range s.Len() {
			if g := groups[s.Group(i)]; g != nil && g != s {
				t.Errorf("group %s is in two splits", s.Group(i))
			}
			groups[s.Group(i)] = s
		}
	}
	if len(groups) != 3 {
		t.Errorf("%d groups, want 3", len(groups))
	}
}
