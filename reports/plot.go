package reports

// plot is a small line chart in its own coordinates.
type plot struct {
	Title, Note              text
	Series                   []series
	X, Y                     []plotTick
	XLabel                   text
	Aria                     text
	Left, Right, Top, Bottom string // the frame
	ZeroY                    string
	Spans                    []plotSpan
	Data                     figureData // what is drawn, in words and figures
}

// plotSpan is a stretch of the x axis with a mark in it, none where At is empty.
type plotSpan struct{ Class, Left, Width, At string }

// plotTick is a position in the plot's coordinates with a label.
type plotTick struct {
	At    string
	Label text
}

type series struct {
	Name       text
	Class      string
	Line, Band string // points of a polyline and of a polygon
	Marks      []plotMark
	// Ahead and AheadBand are what was not measured: a line and its limits.
	Ahead, AheadBand string
}

// plotMark is a point with limits.
type plotMark struct{ X, Y, Lo, Hi string }

// legendEntry names a series.
type legendEntry struct {
	Class string
	Name  text
}

// The frame of a plot, in the units of its view box.
const (
	frameLeft, frameRight = 40, 312
	frameTop, frameBottom = 8, 160
)

// frame maps data to a plot's coordinates.
type frame struct {
	x0, x1 float64
	yScale scale
}

func newFrame(x0, x1 float64, y scale) frame {
	if x0 > x1 { // of no values
		x0, x1 = 0, 0
	}
	x0, x1 = max(x0, -drawable), min(x1, drawable)
	if x1 <= x0 {
		x0, x1 = x0-1, x1+1
	}
	return frame{x0, x1, y}
}

func (f frame) x(v float64) string {
	return coordinate(frameLeft + (frameRight-frameLeft)*between(v, f.x0, f.x1))
}

func (f frame) y(v float64) string {
	return coordinate(frameBottom - (frameBottom-frameTop)*f.yScale.fraction(v))
}

// plot starts a plot with its frame and labels its y axis.
func (f frame) plot(title text, write func(float64) string) *plot {
	p := &plot{
		Title: title, Left: coordinate(frameLeft), Right: coordinate(frameRight),
		Top: coordinate(frameTop), Bottom: coordinate(frameBottom),
	}
	for _, t := range f.yScale.ticks(write) {
		v := f.yScale.lo + f.yScale.step*float64(len(p.Y))
		p.Y = append(p.Y, plotTick{f.y(v), t.Label})
	}
	return p
}
