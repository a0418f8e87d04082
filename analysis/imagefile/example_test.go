package imagefile_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"

	"github.com/sharewise/sharewise/analysis/imagefile"
)

// A picture of 16 bits stays one.
func ExampleDecode() {
	m := image.NewGray16(image.Rect(0, 0, 3, 2))
	m.SetGray16(1, 1, color.Gray16{Y: 40000})
	var file bytes.Buffer
	if err := png.Encode(&file, m); err != nil {
		fmt.Println(err)
		return
	}
	p, err := imagefile.Decode(file.Bytes())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.Format, p.Width, p.Height, p.Depth, p.Depth.White(), p.Pixels.At(1, 1))
	// Output:
	// png 3 2 uint16 65535 {40000}
}
