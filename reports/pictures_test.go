package reports

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/grouping/appraisal"
	"github.com/sharewise/sharewise/reports/internal/browser"
)

// TestMap draws who gains from whom: the pool's outline, its sure pair, and all names.
func TestMap(t *testing.T) {
	in := fixture(t)
	m := newMap(in)
	if m == nil {
		t.Fatal("no map")
	}
	if len(m.Pools) != 1 || len(m.Dots) != 4 || len(m.Lines) != 4 {
		t.Fatalf("%d pools, %d dots, %d lines", len(m.Pools), len(m.Dots), len(m.Lines))
	}
	if m.Lines[0].Class != "gains" || m.Lines[3].Class != "harms" { // the largest change first
		t.Errorf("lines %+v", m.Lines)
	}
	at := func(i int) (x, y float64) {
		x, _ = strconv.ParseFloat(m.Dots[i].X, 64)
		y, _ = strconv.ParseFloat(m.Dots[i].Y, 64)
		return x, y
	}
	apart := func(i, j int) float64 {
		a, b := at(i)
		c, d := at(j)
		return math.Hypot(a-c, b-d)
	}
	if bolts, apples := apart(0, 1), apart(0, 3); bolts >= apples {
		t.Errorf("bolts are %g from screws, which help, and %g from apples, which harm", bolts, apples)
	}
	if got := m.Table[0].Best.String(); got != "screws (+21%)" {
		t.Errorf("bolts gain most from %q", got)
	}
	rows, err := csv.NewReader(strings.NewReader(m.Data.CSV())).ReadAll()
	if err != nil || len(rows) != 5 || rows[1][0] != "bolts" {
		t.Errorf("data %v, %v", rows, err)
	}
}

// TestMapOfSimilarity falls back on a measure of similarity where pairs were not
// trained, and says that it is no gain.
func TestMapOfSimilarity(t *testing.T) {
	in := fixture(t)
	in.Groups.Pairs = in.Groups.Pairs[:1]
	if newMap(in) != nil {
		t.Error("a map of one pair")
	}
	in.Similar = &layout.Similarities{Study: in.Results.Study, Measures: []layout.Similarity{{Name: "labels"}, {Name: "OTDD"}}}
	for i, a := range in.Results.Domains {
		for _, b := range in.Results.Domains[:i] {
			in.Similar.Measures[1].Pairs = append(in.Similar.Measures[1].Pairs, layout.SimilarPair{A: b.Name, B: a.Name, Score: float64(i)})
		}
	}
	m := newMap(in)
	if m == nil || !strings.Contains(m.Lead.String(), "OTDD") || !strings.Contains(m.Lead.String(), "nothing of gains") || len(m.Lines) != 0 {
		t.Fatalf("%+v", m)
	}
	in.Similar.Study = "another"
	if newMap(in) != nil {
		t.Error("similarities of another study")
	}
}

// TestFlows adds up to all answers, and draws what is beyond chance apart.
func TestFlows(t *testing.T) {
	in := fixture(t)
	f := newFlows(in)
	if f == nil || len(f.Figures) != 4 || f.More != 0 {
		t.Fatalf("%+v", f)
	}
	if got := f.Figures[0].Title.String(); got != "bolts, bolts + screws" {
		t.Errorf("bolts under %q", got)
	}
	for i, figure := range f.Figures {
		rows, err := csv.NewReader(strings.NewReader(figure.Data.CSV())).ReadAll()
		if err != nil || len(rows) != 6 {
			t.Fatalf("data %v, %v", rows, err)
		}
		sum := 0.0
		for _, row := range rows[1:5] {
			x, err := strconv.ParseFloat(row[2], 64)
			if err != nil || x < 0 {
				t.Errorf("%v: %v", row, err)
			}
			sum += x
		}
		if math.Abs(sum-1) > 1e-5 {
			t.Errorf("figure %d adds up to %g", i, sum)
		}
	}
	// Rivets lose by all together: harm beyond chance is drawn, help beyond is not.
	classes := map[string]bool{}
	for _, b := range f.Figures[2].Bands {
		classes[b.Class] = true
	}
	if !classes["harmed"] || classes["helped"] && !classes["helped chance"] {
		t.Errorf("rivets: %v", classes)
	}
}

// TestClassFlows shows the classes that change most, whose bars reach the edges.
func TestClassFlows(t *testing.T) {
	in := fixture(t)
	rung, weighting := in.selection()
	in.Subgroups = &analysis.Subgroups{Study: in.Results.Study, Rung: rung, Weighting: weighting}
	for i := range 15 {
		in.Subgroups.Subgroups = append(in.Subgroups.Subgroups, analysis.Subgroup{
			Key: analysis.Key{Arm: "pool{bolts,screws}", Rung: rung, Weighting: weighting, Domain: "bolts"}, By: "class", Name: fmt.Sprint("class ", i), Samples: 20,
			Flips: &effect.Flips{Kept: 0.5, Missed: 0.3, Helped: effect.Number(0.1 + 0.01*float64(i)), Harmed: 0.1, Floor: 0.05},
			Gain:  effect.Gain{Discovery: i == 14, Absolute: effect.Point(0.1)},
		})
	}
	f := newFlows(in)
	if len(f.Classes) != 1 || len(f.Classes[0].Rows) != mostClassFlows || f.Classes[0].More != 3 {
		t.Fatalf("%+v", f.Classes)
	}
	first := f.Classes[0].Rows[0]
	if first.Name != "class 14" || first.HelpedWidth != "50" || first.Sure.String() != "surely helped" {
		t.Errorf("%+v", first)
	}
	text := render(t, in)
	if !strings.Contains(text, "class 14") || !strings.Contains(text, "surely helped") {
		t.Error("the page does not show classes")
	}
	in.Subgroups.Study = "another"
	if f := newFlows(in); len(f.Classes) != 0 {
		t.Error("subgroups of another study")
	}
}

// TestFigureDataIsNoFormula neutralises names, and no numbers.
func TestFigureDataIsNoFormula(t *testing.T) {
	var d figureData
	if d.CSV() != "" {
		t.Error("no rows")
	}
	d.add("name", "x")
	d.add("=HYPERLINK(\"x\")", -0.5)
	d.add("a,b", math.NaN())
	if got, want := d.CSV(), "name,x\n\"'=HYPERLINK(\"\"x\"\")\",-0.5\n\"a,b\",\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestPicturesCanBeTaken finds buttons under the pictures in a browser, which the
// page's script adds.
func TestPicturesCanBeTaken(t *testing.T) {
	path := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(path, []byte(render(t, fixture(t))), 0o644); err != nil {
		t.Fatal(err)
	}
	dom := browser.DOM(t, "file://"+path, "whether pictures can be taken along")
	if n := strings.Count(dom, ">SVG</button>"); n < 6 {
		t.Errorf("%d pictures can be taken as SVG", n)
	}
	if n := strings.Count(dom, ">CSV</button>"); n < 5 {
		t.Errorf("%d pictures can be taken as CSV", n)
	}
}

// TestFrontier says what the next model adds, with costs where there are prices, and
// nothing where no grouping gains.
func TestFrontier(t *testing.T) {
	in := fixture(t)
	f := newFrontier(in)
	if f == nil || len(f.Plots) != 1 || len(f.Rows) != 3 {
		t.Fatalf("%+v", f)
	}
	if got := f.Lead.String(); got != "It takes all of 3 models to come near the largest gain." {
		t.Errorf("lead %q", got)
	}
	if last := f.Rows[2]; !last.Chosen || last.Models != 3 || f.Rows[0].Chosen {
		t.Errorf("rows %+v", f.Rows)
	}
	in.Groups.Frontier[1].Total = 0.95 * in.Groups.Frontier[2].Total
	if got := newFrontier(in).Lead.String(); got != "2 models bring 95% of the gain that the best grouping has with 3." {
		t.Errorf("lead %q", got)
	}
	in.Groups.Frontier[0].Total = 0.92 * in.Groups.Frontier[2].Total
	if got := newFrontier(in).Lead.String(); got != "One model brings 92% of the gain that the best grouping has with 3." {
		t.Errorf("lead %q", got)
	}
	in.Economics = &appraisal.Appraisal{Prices: study.Economics{Currency: "EUR", Horizon: 12}}
	for i, name := range []string{"apart", appraisal.Recommended, "joint"} {
		o := appraisal.Option{Name: name}
		o.Costs.Present, o.Present.Value = float64(100*(3-i)), float64(50*i)
		in.Economics.Options = append(in.Economics.Options, o)
	}
	// All together cost least and bring most but one: 200 for 100, 250 for 200, 300 for 300.
	f = newFrontier(in)
	if len(f.Plots) != 2 || len(f.Plots[1].Series) != 2 || len(f.Plots[1].Data) != 4 {
		t.Fatalf("with prices %+v", f.Plots)
	}
	if corners := strings.Fields(f.Plots[1].Series[0].Line); len(corners) != 3 {
		t.Errorf("the line has %d corners", len(corners))
	}
	for i := range in.Groups.Frontier {
		in.Groups.Frontier[i].Total = -1
	}
	if newFrontier(in) != nil {
		t.Error("a frontier of losses")
	}
}
