package imagefile

import "image"

// Orientation says how stored pixels are turned and mirrored, as the tag
// Orientation of TIFF 6.0 and EXIF counts: where row 0 and column 0 of what is
// stored are to be seen.
type Orientation uint8

// Upright is pixels as they are.
const Upright Orientation = 1

// orientationOf is a tag's value; 0 where it is none of the eight.
func orientationOf(v uint32) Orientation {
	if v < 1 || v > 8 {
		return 0
	}
	return Orientation(v)
}

// Swapped reports whether width and height change places.
func (o Orientation) Swapped() bool { return o >= 5 }

// Size is what a stored size looks like when it is upright, and the other way
// round.
func (o Orientation) Size(size image.Point) image.Point {
	if o.Swapped() {
		return image.Pt(size.Y, size.X)
	}
	return size
}

// Stored finds the stored pixel that is seen at (x, y) of the upright image.
// size is that of the stored one.
func (o Orientation) Stored(x, y int, size image.Point) (int, int) {
	right, bottom := size.X-1, size.Y-1
	switch o {
	case 2:
		return right - x, y
	case 3:
		return right - x, bottom - y
	case 4:
		return x, bottom - y
	case 5:
		return y, x
	case 6:
		return y, bottom - x
	case 7:
		return right - y, bottom - x
	case 8:
		return right - y, x
	}
	return x, y
}

// StoredRect is the stored part that a part of the upright image shows.
func (o Orientation) StoredRect(r image.Rectangle, size image.Point) image.Rectangle {
	if r.Empty() {
		return r
	}
	x0, y0 := o.Stored(r.Min.X, r.Min.Y, size)
	x1, y1 := o.Stored(r.Max.X-1, r.Max.Y-1, size)
	return image.Rect(min(x0, x1), min(y0, y1), max(x0, x1)+1, max(y0, y1)+1)
}
