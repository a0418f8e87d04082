package picture

import (
	"math"
	"unicode"
)

// Anchor is where a label's text starts, as SVG names it.
type Anchor string

// The anchors.
const (
	Start  Anchor = "start"
	Middle Anchor = "middle"
	End    Anchor = "end"
)

// Label is where a text beside a point is written: its anchor's place on the base line.
type Label struct {
	At     Point
	Anchor Anchor
	// Hidden says that there was no room: it would cover others.
	Hidden bool
}

// Frame is what labels must stay in.
type Frame struct{ Left, Right, Top, Bottom float64 }

// box is the room that something takes.
type box struct{ left, right, top, bottom float64 }

func (a box) overlap(b box) float64 {
	w := min(a.right, b.right) - max(a.left, b.left)
	h := min(a.bottom, b.bottom) - max(a.top, b.top)
	return max(0, w) * max(0, h)
}

// Place finds room for a label beside every point, with dots of a radius, a font size
// and y downwards: to the right, to the left, above or below, where it covers least. A
// label that would cover another one is hidden. Points are served in their order, so
// that the first are the last to go without.
func Place(points []Point, texts []string, radius, size float64, in Frame) []Label {
	var taken []box
	for _, p := range points {
		taken = append(taken, box{p.X - radius, p.X + radius, p.Y - radius, p.Y + radius})
	}
	out := make([]Label, len(points))
	for i, p := range points {
		width, gap := Width(texts[i], size), radius+size/4
		tries := []struct {
			label Label
			left  float64
		}{
			{Label{At: Point{p.X + gap, p.Y + size/3}, Anchor: Start}, p.X + gap},
			{Label{At: Point{p.X - gap, p.Y + size/3}, Anchor: End}, p.X - gap - width},
			{Label{At: Point{p.X, p.Y - gap}, Anchor: Middle}, p.X - width/2},
			{Label{At: Point{p.X, p.Y + gap + 0.8*size}, Anchor: Middle}, p.X - width/2},
		}
		least := math.Inf(1)
		var room box
		for _, try := range tries {
			b := box{try.left, try.left + width, try.label.At.Y - 0.8*size, try.label.At.Y + 0.2*size}
			// What sticks out of the frame counts as covered.
			covered := width*size - b.overlap(box{in.Left, in.Right, in.Top, in.Bottom})
			for k, other := range taken {
				if k != i {
					covered += b.overlap(other)
				}
			}
			if covered < least-1e-9 {
				least, out[i], room = covered, try.label, b
			}
		}
		if out[i].Hidden = least > 0.15*width*size; !out[i].Hidden {
			taken = append(taken, room)
		}
	}
	return out
}

// Width is about how wide a text is in a common font of a size.
func Width(text string, size float64) float64 {
	em := 0.0
	for _, r := range text {
		switch {
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) || r >= 0xff00:
			em++
		case unicode.IsUpper(r) || r == 'm' || r == 'w':
			em += 0.72
		default:
			em += 0.55
		}
	}
	return em * size
}
