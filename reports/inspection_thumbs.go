package reports

import (
	"encoding/base64"
	"html/template"
	"math"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/inspection"
)

// Size of the small line plots, in the units of their view box.
const (
	lineWidth, lineHeight = 96, 48
	mostChannels          = 3
)

// lineScale is the common scale of all small plots of a domain, by channel.
type lineScale struct{ lo, hi []float64 }

func newLineScale(sheet *inspection.Sheet) lineScale {
	var l lineScale
	for _, row := range sheet.Rows {
		for _, s := range row.Samples {
			for c, x := range s.Series {
				if c == len(l.lo) {
					l.lo, l.hi = append(l.lo, math.Inf(1)), append(l.hi, math.Inf(-1))
				}
				l.lo[c] = min(l.lo[c], float64(slices.Min(x)))
				l.hi[c] = max(l.hi[c], float64(slices.Max(x)))
			}
		}
	}
	return l
}

func thumbs(samples []inspection.SheetSample, l lineScale) []thumb {
	var out []thumb
	for _, s := range samples {
		t := thumb{Title: s.String()}
		switch {
		case isPNG(s.PNG):
			t.Picture = template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(s.PNG))
		case len(s.Series) > 0:
			for c, x := range s.Series[:min(len(s.Series), mostChannels)] {
				t.Lines = append(t.Lines, l.points(c, x))
			}
		default:
			continue
		}
		out = append(out, t)
	}
	return out
}

// points draws one channel. Of more values than the plot has room for, the
// smallest and the largest of every stretch are drawn, so that no peak is lost.
func (l lineScale) points(c int, x []float32) string {
	const most = lineWidth
	values := make([]float64, 0, most)
	if len(x) <= most {
		for _, v := range x {
			values = append(values, float64(v))
		}
	} else {
		for k := range most / 2 {
			stretch := x[k*len(x)/(most/2) : (k+1)*len(x)/(most/2)]
			lo, hi := float64(slices.Min(stretch)), float64(slices.Max(stretch))
			if slices.Index(stretch, slices.Min(stretch)) > slices.Index(stretch, slices.Max(stretch)) {
				lo, hi = hi, lo
			}
			values = append(values, lo, hi)
		}
	}
	span := l.hi[c] - l.lo[c]
	if span == 0 {
		span = 1
	}
	points := make([]string, len(values))
	for i, v := range values {
		at := lineWidth * float64(i) / float64(max(1, len(values)-1))
		points[i] = coordinate(at) + "," + coordinate(lineHeight-2-(lineHeight-4)*(v-l.lo[c])/span)
	}
	return strings.Join(points, " ")
}
