package dataset

import (
	"fmt"

	"github.com/sharewise/sharewise/analysis/imagefile"
)

// looks counts images that were turned upright, converted from another colour profile
// or set before the background, in the order in which such images were met.
type looks struct {
	images int
	found  []look
}

type look struct {
	what    string
	images  int
	example string
}

func (l *looks) add(what []string, member string) {
	l.images++
next:
	for _, w := range what {
		for i := range l.found {
			if l.found[i].what == w {
				l.found[i].images++
				continue next
			}
		}
		l.found = append(l.found, look{w, 1, member})
	}
}

// notes are what a reader of the results should know.
func (l *looks) notes() []string {
	if l == nil {
		return nil
	}
	var out []string
	for _, k := range l.found {
		which := fmt.Sprintf("%d of %d images, such as %s", k.images, l.images, k.example)
		if k.images == l.images {
			which = "all images"
		}
		out = append(out, which+": "+k.what)
	}
	return out
}

// looks lists what was done to an image.
func (d *decodedImage) looks(sh *shaper) []string {
	var out []string
	h := d.head
	if h.Orientation != imagefile.Upright {
		out = append(out, "turned upright, as the orientation in the file says")
	}
	if h.Profile != nil {
		out = append(out, fmt.Sprintf("converted to sRGB from the colour profile %q", h.Profile.Name))
	}
	if h.CMYK {
		out = append(out, "CMYK, taken for RGB without a colour profile; colours are not exact")
	} else if h.Unapplied != "" {
		out = append(out, fmt.Sprintf("the colour profile %q is not applied; colours are not exact", h.Unapplied))
	}
	if d.clear {
		out = append(out, fmt.Sprintf("transparent pixels show input.background, %d", sh.background))
	}
	if h.Frames > 1 {
		out = append(out, "an animation or several pages, of which the first is read")
	}
	if h.Depth == imagefile.Uint16 {
		out = append(out, "16 bits; raw inputs count from 0 to 65535")
	}
	if h.Depth == imagefile.Float32 {
		out = append(out, "numbers (float32), taken as they are")
	}
	return out
}
