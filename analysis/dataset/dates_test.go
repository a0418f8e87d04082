package dataset

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"github.com/sharewise/sharewise/analysis/study"

	"github.com/sharewise/sharewise/analysis/datafile"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
)

// TestMoment reads dates in the ways in which they are written.
func TestMoment(t *testing.T) {
	day := float64(time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC).Unix())
	clock := 13*3600 + 5*60.0
	for _, c := range []struct {
		text, order string
		want        float64
		bad         string
	}{
		{"2024-02-29", study.YMD, day, ""},
		{"2024/2/29 13:05", study.YMD, day + clock, ""},
		{"2024-02-29T13:05:07.5Z", study.YMD, day + clock + 7.5, ""},
		{"2024-02-29 13:05:07+02:00", study.YMD, day + clock + 7, ""},
		{"29.02.2024", study.DMY, day, ""},
		{"29.2.24 13:05", study.DMY, day + clock, ""},
		{"29/02/2024", study.DMY, day, ""},
		{"02/29/2024 1:05 PM", study.MDY, day + clock, ""},
		{"02-29-2024 01:05:00 pm", study.MDY, day + clock, ""},
		{"20240229", study.YMD, day, ""},
		{"20240229130507", study.YMD, day + clock + 7, ""},
		{"202402291305", study.YMD, day + clock, ""},
		{"2024022913", study.YMD, day + 13*3600, ""},
		{"20240229T130507Z", study.YMD, day + clock + 7, ""},
		{"20240229T130507.5+0200", study.YMD, day + clock + 7.5, ""},
		{"20240229T13:05", study.YMD, day + clock, ""},
		{"20240229 1305", study.YMD, day + clock, ""},
		{"20240229_130507", study.YMD, day + clock + 7, ""},
		{"20240229-130507", study.YMD, day + clock + 7, ""},
		{"20240229256000", study.YMD, 0, "not a date"},
		{"202402291360", study.YMD, 0, "not a date"},
		{"202402291", study.YMD, 0, "not a date"},
		{"20240229-3", study.YMD, 0, "not a date"},
		{"1801010112", study.YMD, 0, "not a date"},
		{"1709164800", study.Unix, 1709164800, ""},
		{"01/02/68", study.MDY, float64(time.Date(2068, 1, 2, 0, 0, 0, 0, time.UTC).Unix()), ""},
		{"01/02/69", study.MDY, float64(time.Date(1969, 1, 2, 0, 0, 0, 0, time.UTC).Unix()), ""},
		{"2023-02-29", study.YMD, 0, "not a date in the order ymd"},
		{"29/02/2024", study.MDY, 0, "not a date in the order mdy"},
		{"2024-02-29 25:00", study.YMD, 0, "not a date"},
		{"2024-02/29", study.YMD, 0, "not a date"},
		{"yesterday", study.YMD, 0, "not a date"},
		{"soon", study.Unix, 0, "not a number of seconds since 1970"},
	} {
		got, reason := datafile.Moment(c.text, c.order)
		if got != c.want || reason != c.bad {
			t.Errorf("%s by %s is %.1f, %q; want %.1f, %q", c.text, c.order, got, reason, c.want, c.bad)
		}
	}
}

// TestDateParts checks positions that are known: noon of Thursday, the first
// moment of a year, the middle of a leap year.
func TestDateParts(t *testing.T) {
	d := study.Date{Column: "d", Parts: []string{study.Year, study.Week, study.Day, study.Trend}}
	for _, c := range []struct {
		at                     time.Time
		year, week, day, trend float64
	}{
		{time.Date(1970, 1, 1, 12, 0, 0, 0, time.UTC), 0.5 / 365, 3.5 / 7, 0.5, 0.5 / 365},
		{time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), 0, 0, 0, 54},
		{time.Date(2024, 7, 2, 0, 0, 0, 0, time.UTC), 0.5, 1.0 / 7, 0, 54.5},
		{time.Date(1969, 12, 31, 18, 0, 0, 0, time.UTC), 364.75 / 365, 2.75 / 7, 0.75, -0.25 / 365},
	} {
		got := datafile.AppendDateInputs(nil, float64(c.at.Unix()), d)
		want := []float64{}
		for _, share := range []float64{c.year, c.week, c.day} {
			want = append(want, math.Sin(2*math.Pi*share), math.Cos(2*math.Pi*share))
		}
		want = append(want, c.trend)
		if !slices.EqualFunc(got, want, func(a, b float64) bool { return math.Abs(a-b) < 1e-9 }) {
			t.Errorf("%v: %v, want %v", c.at, got, want)
		}
	}
	if names := datafile.DateInputs(d); !slices.Equal(names, []string{"d year sin", "d year cos", "d week sin", "d week cos", "d day sin", "d day cos", "d trend"}) {
		t.Errorf("names %q", names)
	}
}

// visits makes n rows with a date of a layout, two days apart and in no order,
// the seventh without one.
func visits(n int, layout string) []string {
	out := []string{"when,x,y"}
	for i := range n {
		day := time.Date(2023, 1, 1, 6*(i%4), 0, 0, 0, time.UTC).AddDate(0, 0, 2*(i*7%n)).Format(layout)
		if i == 6 {
			day = "?"
		}
		out = append(out, fmt.Sprintf("%s,%d,%d", day, i, i%2))
	}
	return out
}

// TestDates reads the same dates in several forms: the inputs are the same, and
// all rows decide on the order of day and month.
func TestDates(t *testing.T) {
	var first string
	for _, layout := range []string{"2006-01-02 15:04", "02.01.2006 15:04", "01/02/2006 15:04", "2/1/06 15:04", "2006-01-02T15:04:05Z"} {
		dir := t.TempDir()
		filetest.Write(t, dir, "a.csv", filetest.Lines(visits(60, layout)...))
		d := mustOpen(t, dir, tableStudy("columns: {label: y, dates: [when]}"))
		if want := []string{"x", "when year sin", "when year cos", "when week sin", "when week cos", "when day sin", "when day cos", "when year sin missing"}; !slices.Equal(d.Features, want) {
			t.Fatalf("%s: features %q", layout, d.Features)
		}
		if len(d.Missing) != 1 || d.Missing[0].Name != "when year sin" || len(d.Dropped) > 0 {
			t.Errorf("%s: missing %v, dropped %v", layout, d.Missing, d.Dropped)
		}
		if !slices.Equal(d.Dated, d.Features[1:7]) {
			t.Errorf("%s: made of dates %q", layout, d.Dated)
		}
		if first == "" {
			first = d.SHA256
		}
		if d.SHA256 != first {
			t.Errorf("%s: other data", layout)
		}
	}
}

func TestDateMistakes(t *testing.T) {
	for _, c := range []struct {
		rows []string
		say  string
		want string
	}{
		{[]string{"01/02/2023", "03/04/2023"}, "dates: [when]", "all 40 dates can be read with the day or the month first; say which is right: columns.dates: [{column: when, order: dmy}], or mdy"},
		{[]string{"13/02/2023", "03/14/2023"}, "dates: [when]", "no order of day, month and year fits all dates: 0 have the year first, 20 the day, 20 the month"},
		{[]string{"2023-01-02", "soon"}, "dates: [when]", `a.csv:3: column "when": not a date ("soon")`},
		{[]string{"13/02/2023", "14/02/2023"}, "dates: [{column: when, order: mdy}]", `column "when": not a date in the order mdy ("13/02/2023")`},
		{[]string{"2023-01-02", "2023-01-03"}, "dates: [whem]", `columns.dates names it, and the table has no such column; did you mean "when"?`},
	} {
		dir := t.TempDir()
		content := []string{"when,x,y"}
		for i := range 40 {
			content = append(content, fmt.Sprintf("%s,%d,%d", c.rows[i%2], i, i/2%2))
		}
		filetest.Write(t, dir, "a.csv", filetest.Lines(content...))
		if _, err := open(t, dir, tableStudy("columns: {label: y, "+c.say+"}")); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: error %v\nwant %s", c.rows, err, c.want)
		}
	}
}

// TestParquetDates takes the date types of Parquet for what they are.
func TestParquetDates(t *testing.T) {
	type row struct {
		Day  int32     `parquet:"day,date"`
		When time.Time `parquet:"when,timestamp(microsecond)"`
		Y    int64     `parquet:"y"`
	}
	var rows []row
	content := []string{"day,when,y"}
	for i := range 40 {
		at := time.Date(2023, 1, 1, i, 30, 0, 0, time.UTC).AddDate(0, 0, i)
		rows = append(rows, row{int32(at.Unix() / 86400), at, int64(i % 2)})
		content = append(content, fmt.Sprintf("%s,%s,%d", at.Format(time.DateOnly), at.Format(time.DateTime), i%2))
	}
	dir := t.TempDir()
	if err := parquet.WriteFile(dir+"/a.parquet", rows); err != nil {
		t.Fatal(err)
	}
	filetest.Write(t, dir, "a.csv", filetest.Lines(content...))
	text := tableStudy("columns: {label: y, dates: [day, {column: when, parts: [day, trend]}], time: when}, split: time")
	a, b := mustOpen(t, dir, text), mustOpen(t, dir, strings.Replace(text, "a.csv", "a.parquet", 1))
	if a.SHA256 != b.SHA256 || len(a.Features) != 9 {
		t.Errorf("features %q and %q", a.Features, b.Features)
	}
}

// TestSplitByTimeColumn tests on the latest rows whatever their order in the
// file, and keeps rows of one time together.
func TestSplitByTimeColumn(t *testing.T) {
	dir := t.TempDir()
	content := []string{"when,year,x,y"}
	for i := range 60 {
		k := i * 7 % 60
		content = append(content, fmt.Sprintf("%s,%d,%d,%d", time.Date(2023, 1, 1+k/4, 0, 0, 0, 0, time.UTC).Format("02.01.2006"), 2000+k/4, k, i%2))
	}
	filetest.Write(t, dir, "a.csv", filetest.Lines(content...))
	for _, column := range []string{"when", "year"} {
		d := mustOpen(t, dir, tableStudy("columns: {label: y, features: [x], time: "+column+"}, split: {by: time, validation: 0.1, test: 0.22}"))
		latest := func(s *Split) (lo, hi float64) {
			x := make([]float64, 1)
			lo = math.Inf(1)
			for i := range s.Len() {
				s.Raw(i, x)
				lo, hi = min(lo, x[0]), max(hi, x[0])
			}
			return lo, hi
		}
		_, a := latest(d.Train)
		b, c := latest(d.Val)
		e, _ := latest(d.Test)
		// 13 of 60 rows would cut a day of four: 12 are taken.
		if a >= b || c >= e || d.Test.Len() != 12 || d.Val.Len()%4 != 0 || int(e)%4 != 0 {
			t.Errorf("%s: training to %g, validation %g to %g, testing from %g, %d and %d rows", column, a, b, c, e, d.Val.Len(), d.Test.Len())
		}
	}
	_, err := study.ParseBytes([]byte("version: 1\nname: t\n"+tableStudy("columns: {label: y, time: when}")), "study.yaml", dir)
	if err == nil || !strings.Contains(err.Error(), `column "when" orders rows for a split by time, and split.by is random`) {
		t.Errorf("error %v", err)
	}
}
