package reports

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/inspection"
)

// inspected is a made-up report of images, a table and a series, with every
// kind of finding.
func inspected(t testing.TB) *Inspection {
	gray := image.NewGray(image.Rect(0, 0, 8, 8))
	for i := range gray.Pix {
		gray.SetGray(i%8, i/8, color.Gray{uint8(4 * i)})
	}
	var pic bytes.Buffer
	if err := png.Encode(&pic, gray); err != nil {
		t.Fatal(err)
	}
	splits := []inspection.SplitSize{{Split: "train", Samples: 40}, {Split: "validation", Samples: 5}, {Split: "test", Samples: 15}}
	a := inspection.Place{Domain: "boards", Split: "test", Sample: 3, Member: "open/<3>.png", Answer: "open"}
	b := inspection.Place{Domain: "boards", Split: "train", Sample: 9, Member: "short/9.png", Answer: "short"}
	drift := &inspection.Drift{KS: 0.4, P: 0.0001, Q: 0.0003, Outside: 0.02}
	distance := 1.25
	r := &inspection.Report{
		Study: "parts", Title: "Parts <b>of</b> all kinds",
		Warnings: []inspection.Warning{
			{Kind: inspection.Leak, Domain: "boards", Text: "1 of 15 test samples stands in training"},
			{Kind: inspection.Stop, Domain: "sheet", Text: "2 bad samples"},
			{Kind: inspection.Caution, Domain: "sheet", Text: "few samples"},
			{Kind: inspection.Caution, Domain: "waves", Text: "few samples"},
		},
		Domains: []inspection.Domain{
			{
				Name: "boards", Format: "images", Kind: "image", Task: "classification", Shape: []int{1, 8, 8}, Splits: splits,
				Balance: &inspection.Balance{
					Classes: []inspection.ClassCount{{Class: "open", Train: 30, Validation: 3, Test: 10}, {Class: "short", Train: 10, Validation: 2, Test: 5}},
					Ratio:   3, Effective: 1.75, Majority: 2.0 / 3,
				},
				Features:   []inspection.Feature{{Name: "channel 1: mean", Mean: 100, SD: 3, Max: 120, Drift: drift}},
				Duplicates: inspection.Duplicates{TestInTraining: 1, Likely: inspection.Likely{Test: 1}, Conflicts: 2, Examples: []inspection.Match{{A: a, B: b}}},
				Near:       &inspection.Near{Bits: 4, Compared: 15, Suspected: 1, Examples: []inspection.Match{{A: a, B: b}}},
				Groups:     &inspection.Groups{Train: 4, Test: 2, InTraining: 1},
				Sources:    []dataset.Source{{Path: "boards", SHA256: "00ff"}},
			},
			{
				Name: "sheet", Format: "csv", Kind: "table", Task: "regression", Shape: []int{2}, Splits: splits,
				Targets:  []inspection.Feature{{Name: "power", Mean: -4, SD: 1}},
				Features: []inspection.Feature{{Name: "same", Constant: true}, {Name: "heat", Missing: 2, FarOut: 0.01, Drift: &inspection.Drift{Q: 1}}},
				Dropped:  []dataset.Drop{{Reason: `column "heat": missing value`, Count: 2, Example: "sheet.csv:4"}},
				Notes:    []string{`columns without numbers are left out: "name"`},
			},
			{Name: "waves", Kind: "series", Task: "regression", Shape: []int{2, 300}, Splits: splits},
		},
		Pairs: []inspection.Pair{
			{A: "boards", B: "sheet"},
			{A: "boards", B: "waves", SameInputs: true, SharedClasses: []string{"1", "2", "3", "4", "5", "6", "7", "8"}, Distance: &distance,
				Equal: inspection.Both{A: 3, B: 4}, TestInTraining: inspection.Both{B: 1}, Likely: inspection.Both{B: 1}},
		},
	}
	pictures := func(class string) inspection.SheetRow {
		return inspection.SheetRow{Class: class, Samples: []inspection.SheetSample{{Place: b, PNG: pic.Bytes()}}}
	}
	wave := make([]float32, 300)
	for i := range wave {
		wave[i] = float32(math.Sin(float64(i) / 9))
	}
	return &Inspection{Report: r, Sheets: []*inspection.Sheet{
		{Domain: "boards", Rows: []inspection.SheetRow{pictures("open"), pictures("short")}},
		{Domain: "sheet", Columns: []string{"same", "heat"}, Rows: []inspection.SheetRow{{Samples: []inspection.SheetSample{{Place: inspection.Place{Answer: "-3.5"}, Values: []float32{1, -2.5}}}}}},
		{Domain: "waves", Rows: []inspection.SheetRow{{Samples: []inspection.SheetSample{{Series: [][]float32{wave, make([]float32, 300)}}}}}},
	}}
}

func inspectionText(t *testing.T, in *Inspection) string {
	t.Helper()
	var b bytes.Buffer
	if err := InspectionHTML(&b, in); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestInspectionHTML checks that the page is self-contained and shows what it
// is given.
func TestInspectionHTML(t *testing.T) {
	text := inspectionText(t, inspected(t))
	checkSelfContained(t, text)
	for _, want := range []string{
		"One suspected leak, one thing that stops a run and two things worth knowing.",
		"Parts &lt;b&gt;of&lt;/b&gt; all kinds", "1 × 8 × 8", `<td class="n odd">0.40</td>`, "−4", "<small>constant</small>",
		"data:image/png;base64,", "test open/&lt;3&gt;.png <small>(open)</small>", `<polyline class="c1"`, "sheet.csv:4",
		"8: 1, 2, 3, 4, 5, 6 and 2 more", `<td class="n odd">0 / 1</td>`, "1.25", "−2.5",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("does not contain %q", want)
		}
	}
	if again := inspectionText(t, inspected(t)); again != text {
		t.Error("the same report gave another page")
	}
	clean := inspected(t)
	clean.Report.Warnings = nil
	if text := inspectionText(t, clean); !strings.Contains(text, "Nothing odd was found.") {
		t.Error("warns of nothing")
	}
}

// TestPointsKeepPeaks draws a long series with one peak.
func TestPointsKeepPeaks(t *testing.T) {
	x := make([]float32, 5000)
	x[3333] = 1
	l := newLineScale(&inspection.Sheet{Rows: []inspection.SheetRow{{Samples: []inspection.SheetSample{{Series: [][]float32{x}}}}}})
	points := strings.Fields(l.points(0, x))
	if len(points) != lineWidth {
		t.Errorf("%d points", len(points))
	}
	high := 0
	for _, p := range points {
		if strings.HasSuffix(p, ",2") {
			high++
		}
	}
	if high != 1 {
		t.Errorf("%d points at the top, want the peak alone", high)
	}
}

func TestWriteInspection(t *testing.T) {
	if err := WriteInspection(filepath.Join(t.TempDir(), "none", "page.html"), inspected(t)); err == nil {
		t.Error("no error for a folder that does not exist")
	}
}
