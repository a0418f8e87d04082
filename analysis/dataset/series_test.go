package dataset

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
	"github.com/sharewise/sharewise/analysis/versioned/alteration"
)

// ramp is n samples of channels that count up: channel c at moment i is
// 1000·c + i + offset.
func ramp(n, channels, offset int) []float32 {
	var out []float32
	for i := range n {
		for c := range channels {
			out = append(out, float32(1000*c+i+offset))
		}
	}
	return out
}

func raw32(x []float32) []byte { return appendFloats(nil, x) }

// seriesStudy is a study of two domains of series, the first of which is a.
func seriesStudy(window, settings string) string {
	return "input: {series: {" + window + "}}\ndomains: [{name: a, data: a, " + settings + "}, {name: b, data: b, series: {rate: 1}}]\n"
}

// twoClasses writes a recording of n samples for each of two classes.
func twoClasses(t testing.TB, dir string, n, channels int) {
	t.Helper()
	filetest.Write(t, dir, "a/ok/1.f32", raw32(ramp(n, channels, 0)))
	filetest.Write(t, dir, "a/worn/1.f32.gz", filetest.Gzip(raw32(ramp(n, channels, 500))))
}

// starts returns the first sample of each window of a split, with the class.
func starts(s *Split) []string {
	var out []string
	for i := range s.Len() {
		out = append(out, fmt.Sprintf("%d:%g", s.Label(i), s.Preview(i).Series[0][0]))
	}
	return out
}

func TestSeriesOfClassFolders(t *testing.T) {
	dir := t.TempDir()
	twoClasses(t, dir, 43, 2)
	d := mustOpen(t, dir, seriesStudy("window: 4, channels: 2", "split: {validation: 0.2, test: 0.3}"))
	if !slices.Equal(d.Shape, []int{2, 4}) || !slices.Equal(d.Task.Classes, []string{"ok", "worn"}) {
		t.Fatalf("shape %v, classes %q", d.Shape, d.Task.Classes)
	}
	// 10 windows of each file: 5 for training, 2 for validation, 3 for testing.
	for _, c := range []struct {
		split *Split
		want  string
	}{
		{d.Train, "[0:0 0:4 0:8 0:12 0:16 1:500 1:504 1:508 1:512 1:516]"},
		{d.Val, "[0:20 0:24 1:520 1:524]"},
		{d.Test, "[0:28 0:32 0:36 1:528 1:532 1:536]"},
	} {
		if got := fmt.Sprint(starts(c.split)); got != c.want {
			t.Errorf("windows %s, want %s", got, c.want)
		}
	}
	p := d.Test.Preview(0).Series
	if want := [][]float32{{28, 29, 30, 31}, {1028, 1029, 1030, 1031}}; fmt.Sprint(p) != fmt.Sprint(want) {
		t.Errorf("window %v, want %v", p, want)
	}
	if got, want := d.Test.Member(5), "a/worn/1.f32.gz: samples 36 to 39"; got != want || d.Test.ID(5) != 19 {
		t.Errorf("member %q and number %d, want %q and 19", got, d.Test.ID(5), want)
	}
	if len(d.Sources) != 2 {
		t.Errorf("sources %v", d.Sources)
	}
	// Training windows of channel 1 hold 0 to 19 and 500 to 519.
	if mean := d.Norm.Mean; mean[0] != 259.5 || mean[1] != 1259.5 {
		t.Errorf("means %v", mean)
	}
	x := make([]float32, 8)
	if err := d.Train.Gather([]int{1}, x); err != nil {
		t.Fatal(err)
	}
	if want := (4 - d.Norm.Mean[0]) / d.Norm.Std[0]; x[0] != want {
		t.Errorf("normalised to %g, want %g", x[0], want)
	}
}

// Whatever divides the windows, none of one split may overlap one of another.
func TestNoWindowTouchesTwoSplits(t *testing.T) {
	dir := t.TempDir()
	twoClasses(t, dir, 3000, 1)
	for _, settings := range []string{
		"series: {stride: 3}",
		"series: {stride: 1}, split: {by: random}",
		"series: {stride: 7, block: 3}, split: {by: random}, limit: {train: 100}",
		"series: {stride: 10, rate: 3}, split: {by: random}",
		"series: {stride: 5, rate: 3}",
	} {
		window := "window: 10"
		if strings.Contains(settings, "rate") {
			window += ", rate: 2"
		}
		d := mustOpen(t, dir, seriesStudy(window, settings))
		st := d.Train.store
		n := map[part]int{}
		for i, p := range st.part {
			n[p]++
			for j, q := range st.part {
				a, b := st.span[i], st.span[j]
				if p != q && p != nowhere && q != nowhere && a.signal == b.signal && a.from <= b.to && b.from <= a.to {
					t.Fatalf("%s: windows %v of part %d and %v of part %d overlap", settings, a, p, b, q)
				}
			}
		}
		if all := float64(st.rows()); float64(n[inTest]) < 0.15*all || float64(n[inVal]) < 0.04*all || float64(n[nowhere]) > 0.3*all && d.Train.Len() != 100 {
			t.Errorf("%s: windows by part %v", settings, n)
		}
		if n[nowhere] > 0 && d.Train.Len() != 100 && !strings.Contains(strings.Join(d.Notes, "\n"), fmt.Sprintf("%d windows are left out because they overlap", n[nowhere])) {
			t.Errorf("%s: %d left out, notes %q", settings, n[nowhere], d.Notes)
		}
	}
}

func TestRawTypes(t *testing.T) {
	values := []float64{1, -2, 3, 100, -100, 7, 8, 9}
	for kind, size := range map[string]int{"float32": 4, "float64": 8, "int8": 1, "uint8": 1, "int16": 2, "int32": 4} {
		for name, order := range map[string]binary.AppendByteOrder{"little": binary.LittleEndian, "big": binary.BigEndian} {
			var data []byte
			for _, v := range values {
				switch kind {
				case "float32":
					data = order.AppendUint32(data, math.Float32bits(float32(v)))
				case "float64":
					data = order.AppendUint64(data, math.Float64bits(v))
				case "int32":
					data = order.AppendUint32(data, uint32(int32(v)))
				case "int16":
					data = order.AppendUint16(data, uint16(int16(v)))
				default:
					data = append(data, byte(int8(v)))
				}
			}
			if len(data) != size*len(values) {
				t.Fatal(kind)
			}
			dir := t.TempDir()
			filetest.Write(t, dir, "a/x/1.bin", data)
			filetest.Write(t, dir, "a/y/1.bin", data)
			filetest.Write(t, dir, "a/y/readme.txt", []byte("not a signal"))
			d := mustOpen(t, dir, seriesStudy("window: 2", "series: {type: "+kind+", byte_order: "+name+"}"))
			got := d.Train.Preview(1).Series[0]
			want := []float32{3, 100}
			if !slices.Equal(got, want) {
				t.Errorf("%s %s: %v, want %v", kind, name, got, want)
			}
			if minus := d.Train.Preview(0).Series[0][1]; minus != -2 && kind != "uint8" || kind == "uint8" && minus != 254 {
				t.Errorf("%s %s: -2 is read as %g", kind, name, minus)
			}
		}
	}
}

func TestClassesOfRecordings(t *testing.T) {
	dir := t.TempDir()
	x := raw32(ramp(20, 1, 0))
	filetest.Write(t, dir, "a/B7_load0.f32", x)
	filetest.Write(t, dir, "a/B7_load1.f32", x)
	filetest.Write(t, dir, "a/IR_load0.f32", x)
	filetest.Write(t, dir, "a/IR_load1.f32", x)
	filetest.Write(t, dir, "index.tsv", filetest.Lines("name\tkind\thp\trig\tuse", "B7_load0.f32\tball\t0\tr1\ty", "IR_load0.f32\tinner\t0\tr1\ty", "B7_load1.f32\tball\t1\tr2\ty", "IR_load1.f32\tinner\t1\tr2\ty", "gone.f32\tinner\t2\tr5\tn"))
	for _, c := range []struct{ settings, classes, groups string }{
		{"series: {class: '^([A-Z0-9]+)_'}", "[B7 IR]", "[ ]"},
		{"series: {class: '^([A-Z0-9]+)_'}, split: {group: '_(load.)', test: 0.5, validation: 0}", "[B7 IR]", "[load0 load1]"},
		{"series: {class: '^([A-Z0-9]+)_'}, split: {by: group, test: 0.5, validation: 0}", "[B7 IR]", "[B7_load0.f32 B7_load1.f32 IR_load0.f32 IR_load1.f32]"},
		{"series: {index: {path: index.tsv, file: name, class: kind, where: {hp: 1}}}", "[ball inner]", "[ ]"},
		{"series: {index: {path: index.tsv, file: name, class: kind, group: rig, where: {use: y}}}, split: {test: 0.5, validation: 0}", "[ball inner]", "[r1 r2]"},
	} {
		d, err := open(t, dir, seriesStudy("window: 2", c.settings))
		if err != nil {
			t.Errorf("%s: %v", c.settings, err)
			continue
		}
		groups := map[string]bool{}
		for _, s := range []*Split{d.Train, d.Val, d.Test} {
			for i := range s.Len() {
				groups[s.Group(i)] = true
			}
		}
		var names []string
		for g := range groups {
			names = append(names, g)
		}
		slices.Sort(names)
		want := strings.Trim(c.groups, "[]")
		if got := strings.Join(names, " "); got != strings.TrimSpace(want) || fmt.Sprint(d.Task.Classes) != c.classes {
			t.Errorf("%s: classes %v, groups %q", c.settings, d.Task.Classes, got)
		}
	}
	// An index without header, names without endings, and a name from a folder below.
	filetest.Write(t, dir, "b/r1.f32", x)
	filetest.Write(t, dir, "b/r2.f32", x)
	filetest.Write(t, dir, "b/below/r3.f32", x)
	filetest.Write(t, dir, "b/REFERENCE.csv", filetest.Lines("r1,-1", "r2.f32,1", "r3.f32,-1"))
	indexed := strings.Replace(seriesStudy("window: 2", "series: {index: {path: b/REFERENCE.csv, header: false, file: column1, class: column2}}"), "data: a,", "data: b,", 1)
	if d := mustOpen(t, dir, indexed); fmt.Sprint(d.Task.Classes) != "[-1 1]" || len(d.Sources) != 4 || d.Train.Len()+d.Val.Len()+d.Test.Len() != 30 {
		t.Errorf("index without header: classes %v, %v", d.Task.Classes, d.Sources)
	}
	// Tables beside recordings describe them, and files of unknown endings are none.
	filetest.Write(t, dir, "c/ok/1.f32", x)
	filetest.Write(t, dir, "c/worn/2.f32", x)
	filetest.Write(t, dir, "c/attributes.csv", filetest.Lines("file,load", "1,2", "2,3"))
	filetest.Write(t, dir, "c/docs/notes.txt", []byte("of the rig\n"))
	filetest.Write(t, dir, "c/ok/rig.step", []byte("a drawing"))
	for _, how := range []string{"series: {stride: 2}", "series: {type: float32}"} {
		d := mustOpen(t, dir, strings.Replace(seriesStudy("window: 2", how), "data: a,", "data: c,", 1))
		if fmt.Sprint(d.Task.Classes) != "[ok worn]" || len(d.Sources) != 2 {
			t.Errorf("%s: classes %v, %v", how, d.Task.Classes, d.Sources)
		}
	}
	// A pattern instead of a folder.
	text := strings.Replace(seriesStudy("window: 2", "series: {class: '^([A-Z0-9]+)_'}"), "data: a,", "data: 'a/*_load1.f32',", 1)
	if d := mustOpen(t, dir, text); len(d.Sources) != 2 || fmt.Sprint(d.Task.Classes) != "[B7 IR]" {
		t.Errorf("pattern: %v %v", d.Sources, d.Task.Classes)
	}
}

func TestSeriesMistakes(t *testing.T) {
	dir := t.TempDir()
	good := raw32(ramp(20, 1, 0))
	nan := raw32([]float32{0, 1, 2, 3, 4, float32(math.NaN()), 6, 7, 8, float32(math.Inf(1)), 10, 11})
	filetest.Write(t, dir, "a/ok/1.f32", good)
	filetest.Write(t, dir, "nan/ok/1.f32", nan)
	filetest.Write(t, dir, "nan/worn/1.f32", good)
	filetest.Write(t, dir, "short/ok/1.f32", good[:8])
	filetest.Write(t, dir, "short/worn/1.f32", good)
	filetest.Write(t, dir, "odd/ok/1.f32", good[:15])
	filetest.Write(t, dir, "flat/1.f32", good)
	filetest.Write(t, dir, "cut/ok/1.f32.gz", filetest.Gzip(good)[:30])
	filetest.Write(t, dir, "big/ok/1.f64", binary.LittleEndian.AppendUint64(slices.Clone(good[:8]), math.Float64bits(1e300)))
	filetest.Write(t, dir, "none/ok/1.xyz", good)
	filetest.Write(t, dir, "i.csv", filetest.Lines("file,class", "ok/1.f32,ok", ",worn"))
	filetest.Write(t, dir, "secret.f32", good)
	filetest.Write(t, dir, "out.csv", filetest.Lines("file,class", "../secret.f32,ok", "1,worn"))
	filetest.Write(t, dir, "twice.csv", filetest.Lines("file,class", "ok/1.f32,ok", "1,worn"))
	filetest.Write(t, dir, "gone.csv", filetest.Lines("file,class", "2.f32,ok", "1,worn"))
	filetest.Write(t, dir, "j.csv", filetest.Lines("file,class", "ok/1.f32"))
	filetest.Write(t, dir, "k.csv", filetest.Lines("file,kind", "ok/1.f32,x"))
	for _, c := range []struct{ data, window, settings, want string }{
		{"nan", "window: 2", "", "nan/ok/1.f32: sample 5 of channel 1 (byte 20): not a number (\"NaN\")"},
		{"nan", "window: 2", "", "sample 9 of channel 1 (byte 36): not finite (\"+Inf\")"},
		{"short", "window: 4", "", "short/ok/1.f32: 2 samples, where a window with its horizon takes 4"},
		{"odd", "window: 2", "", "odd/ok/1.f32: the last 3 bytes are less than one float32 for each of 1 channels"},
		{"flat", "window: 2", "", "flat: 1.f32: nothing says the class of this file"},
		{"cut", "window: 2", "", "cut/ok/1.f32.gz: the file ends too early"},
		{"big", "window: 2", "", "sample 1 of channel 1 (byte 8): too large for a 32-bit number"},
		{"none", "window: 2", "", "none: no files of signals in this folder; where the ending does not tell"},
		{"none/ok/1.xyz", "window: 2", "series: {class: '(.)'}", "set series.type"},
		{"nowhere", "window: 2", "", "no such file"},
		{"a", "window: 2", "series: {class: '^(x)'}", "a: ok/1.f32: the name does not match series.class ^(x)"},
		{"a", "window: 2", "", "all samples are of one class"},
		{"a", "window: 2, rate: 3.14159265", "series: {rate: 2.71828182}", "choose another input.series.rate"},
		{"a", "window: 2", "series: {index: i.csv}", "i.csv:3: column \"file\": missing value"},
		{"a", "window: 2", "series: {index: out.csv}", "out.csv:2: column \"file\": no such recording in a (\"../secret.f32\")"},
		{"a", "window: 2", "series: {index: twice.csv}", "twice.csv:3: column \"file\": the recording is listed in line 2 already (\"1\")"},
		{"a", "window: 2", "series: {index: gone.csv}", "gone.csv:2: column \"file\": no such recording in a (\"2.f32\")"},
		{"a", "window: 2", "series: {index: j.csv}", "j.csv:2: 1 fields, the table has 2 columns"},
		{"a", "window: 2", "series: {index: k.csv}", "column \"class\": series.index.class names it, and the table has no such column"},
		{"a", "window: 2", "series: {index: {path: i.csv, where: {class: z}}}", "the first there are: \"class=ok\", \"class=worn\""},
	} {
		text := strings.Replace(seriesStudy(c.window, c.settings), "data: a,", "data: "+c.data+",", 1)
		if _, err := open(t, dir, text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %s: %v\nwant %s", c.data, c.settings, err, c.want)
		}
	}
	// Windows with bad samples are left out and counted.
	d := mustOpen(t, dir, strings.Replace(seriesStudy("window: 2", "skip_bad: true"), "data: a,", "data: nan,", 1))
	if got := fmt.Sprint(d.Dropped); got != "[{not a number 1 nan/ok/1.f32: sample 5 of channel 1 (byte 20)} {not finite 1 nan/ok/1.f32: sample 9 of channel 1 (byte 36)}]" {
		t.Errorf("dropped %s", got)
	}
	if n := d.Train.Len() + d.Val.Len() + d.Test.Len(); n != 4+10 {
		t.Errorf("%d windows are left, want 14", n)
	}
}

func TestResampledSeries(t *testing.T) {
	dir := t.TempDir()
	filetest.Write(t, dir, "a/slow/1.f32", raw32(sine(4000, 50, 2000)))
	filetest.Write(t, dir, "a/fast/1.f32", raw32(sine(4000, 200, 2000)))
	d := mustOpen(t, dir, seriesStudy("window: 100, rate: 1000", "series: {rate: 2000}, split: {validation: 0}"))
	if n := d.Train.Len() + d.Test.Len(); n != 36 {
		// 20 each, less two at each cut: the filters of windows on both sides
		// reach 101 samples of the file over it.
		t.Errorf("%d windows, want 36; %q", n, d.Notes)
	}
	for i := range d.Train.Len() {
		if d.Train.ID(i) == 0 || d.Train.ID(i) == 20 {
			continue // the beginning, where the filter hangs over
		}
		f := []float64{200, 50}[d.Train.Label(i)] // classes are sorted
		for k, v := range d.Train.Preview(i).Series[0] {
			at := float64(int(d.Train.ID(i))%20*100 + k)
			if want := math.Sin(2 * math.Pi * f * at / 1000); math.Abs(want-float64(v)) > 1e-3 {
				t.Fatalf("window %d, sample %d: %g, want %g", d.Train.ID(i), k, v, want)
			}
		}
	}
}

func FuzzRawSeries(f *testing.F) {
	f.Add(raw32(ramp(12, 1, 0)), uint8(0), false)
	f.Add(filetest.Gzip(raw32(ramp(12, 2, 0))), uint8(1), true)
	f.Add(raw32([]float32{1, float32(math.NaN()), 3, 4}), uint8(0), true)
	f.Add([]byte{0x1f, 0x8b, 8}, uint8(2), false)
	f.Add([]byte{}, uint8(5), false)
	kinds := []string{"float32", "float64", "int8", "uint8", "int16", "int32"}
	f.Fuzz(func(t *testing.T, data []byte, kind uint8, skip bool) {
		dir := t.TempDir()
		filetest.Write(t, dir, "a/x/1.bin", data)
		filetest.Write(t, dir, "a/y/1.bin", data)
		settings := fmt.Sprintf("series: {type: %s, stride: 1}, skip_bad: %t", kinds[int(kind)%len(kinds)], skip)
		d, err := open(t, dir, seriesStudy("window: 2, channels: 2", settings))
		if err != nil {
			alteration.Plain(t, err)
			return
		}
		x := make([]float32, 4)
		for i := range d.Train.Len() {
			if err := d.Train.Gather([]int{i}, x); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// TestSeriesBeyondTheBudget reads the same windows from memory and from a
// mapped file, over the ends of blocks.
func TestSeriesBeyondTheBudget(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	dir := t.TempDir()
	twoClasses(t, dir, 300_000, 2)
	s := parse(t, dir, seriesStudy("window: 70000, channels: 2", "series: {stride: 30000, block: 2}, split: {by: time, validation: 0.2, test: 0.3}"))
	var sums []string
	for _, memory := range []int64{1, 3 << 19, 1 << 30} {
		d, err := Open(context.Background(), s, s.Domains[0], Memory(memory))
		if err != nil {
			t.Fatal(err)
		}
		w := d.Train.store.values.(*windows)
		if inFile := w.values.mapped != nil; inFile != (memory < 1<<30) {
			t.Errorf("budget %d: in a file: %t", memory, inFile)
		}
		for i := range d.Train.Len() {
			x := make([]float64, 140_000)
			d.Train.Raw(i, x)
			for c := range 2 {
				for k, v := range x[c*70_000 : (c+1)*70_000] {
					if v != x[0]+float64(1000*c+k) {
						t.Fatalf("sample %d of channel %d of window %d is %g, want %g", k, c, i, v, x[0]+float64(1000*c+k))
					}
				}
			}
		}
		sums = append(sums, d.SHA256)
	}
	if sums[0] != sums[1] || sums[0] != sums[2] {
		t.Errorf("the budget changes the data: %v", sums)
	}
}
