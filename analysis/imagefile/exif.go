package imagefile

// exif is what counts of EXIF data.
type exif struct {
	orientation Orientation // 0 where nothing says it
	adobeRGB    bool
}

// readEXIF reads EXIF data; what is damaged says nothing. Cameras that are set to
// Adobe RGB need not embed a profile: DCF 2.0 has them mark the image as R03.
func readEXIF(data []byte) exif {
	d, err := firstDirectory(data)
	if err != nil {
		return exif{}
	}
	out := exif{orientation: orientationOf(d.number(tagOrientation, 0))}
	for _, tag := range []uint16{tagExif, tagInteroperable} {
		if d, err = directoryAt(data, d.order, d.number(tag, 0)); err != nil {
			return out
		}
	}
	id := d.bytes(tagInteroperableID)
	out.adobeRGB = len(id) >= 3 && string(id[:3]) == "R03"
	return out
}
