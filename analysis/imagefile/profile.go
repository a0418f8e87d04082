package imagefile

import (
	"encoding/binary"
	"math"
	"strings"
	"unicode/utf16"
)

// Profile converts colours, or greys, to sRGB (IEC 61966-2-1): by tone curves to
// linear light, by a matrix to the primaries of sRGB, by its curve back. Colours
// that sRGB lacks are clipped.
type Profile struct {
	// Name is what the profile calls itself.
	Name   string
	gray   bool
	curves [3]func(float64) float64
	matrix [3][3]float64
}

// Convert converts a colour in place, from 0 to 1.
func (p *Profile) Convert(c *[3]float64) {
	if p.gray {
		v := encodeSRGB(p.curves[0](c[0]))
		c[0], c[1], c[2] = v, v, v
		return
	}
	var linear [3]float64
	for i := range linear {
		linear[i] = p.curves[i](c[i])
	}
	for i := range c {
		c[i] = encodeSRGB(p.matrix[i][0]*linear[0] + p.matrix[i][1]*linear[1] + p.matrix[i][2]*linear[2])
	}
}

// encodeSRGB is the curve of sRGB from linear light.
func encodeSRGB(v float64) float64 {
	switch v = min(1, max(0, v)); {
	case v <= 0.0031308:
		return 12.92 * v
	default:
		return 1.055*math.Pow(v, 1/2.4) - 0.055
	}
}

// isSRGB reports whether colours stay what they are, to a level of 255.
func (p *Profile) isSRGB() bool {
	const step, near = 0.2, 1. / 255
	for r := 0.0; r < 1.01; r += step {
		for g := 0.0; g < 1.01; g += step {
			for b := 0.0; b < 1.01; b += step {
				c := [3]float64{r, g, b}
				if p.gray {
					c[1], c[2] = r, r
				}
				before := c
				p.Convert(&c)
				for i := range c {
					if math.Abs(c[i]-before[i]) > near {
						return false
					}
				}
			}
		}
	}
	return true
}

// primaries of sRGB and Adobe RGB (1998) as profiles have them: X, Y, Z of red,
// green and blue, adapted to D50.
var (
	sRGBPrimaries     = [3][3]float64{{0.4360747, 0.2225045, 0.0139322}, {0.3850649, 0.7168786, 0.0971045}, {0.1430804, 0.0606169, 0.7141733}}
	adobeRGBPrimaries = [3][3]float64{{0.6097559, 0.3111242, 0.0194811}, {0.2052401, 0.6256560, 0.0608902}, {0.1492240, 0.0632197, 0.7448387}}
)

func adobeRGB() *Profile {
	const gamma = 563. / 256
	power := func(v float64) float64 { return math.Pow(v, gamma) }
	return &Profile{Name: "Adobe RGB (1998)", curves: [3]func(float64) float64{power, power, power}, matrix: toSRGB(adobeRGBPrimaries)}
}

// toSRGB is the matrix from linear light in some primaries to that in sRGB's.
func toSRGB(primaries [3][3]float64) [3][3]float64 {
	inv := inverse(sRGBPrimaries)
	var out [3][3]float64
	for i := range 3 {
		for j := range 3 {
			for k := range 3 {
				out[i][j] += inv[k][i] * primaries[j][k]
			}
		}
	}
	return out
}

// inverse of a matrix, by cofactors.
func inverse(m [3][3]float64) [3][3]float64 {
	cofactor := func(i, j int) float64 {
		a, b, c, d := (i+1)%3, (i+2)%3, (j+1)%3, (j+2)%3
		return m[a][c]*m[b][d] - m[a][d]*m[b][c]
	}
	det := m[0][0]*cofactor(0, 0) + m[0][1]*cofactor(0, 1) + m[0][2]*cofactor(0, 2)
	var out [3][3]float64
	for i := range 3 {
		for j := range 3 {
			out[j][i] = cofactor(i, j) / det
		}
	}
	return out
}

// readICC reads a profile for an image in grey, RGB or CMYK. It is nil for sRGB
// and for what is no such profile; unapplied is the name of one that cannot be
// converted here.
func readICC(data []byte, gray, cmyk bool) (p *Profile, unapplied string) {
	const header = 132
	if len(data) < header || string(data[36:40]) != "acsp" {
		return nil, ""
	}
	tags := iccTags(data)
	name := iccName(tags["desc"])
	switch space := string(data[16:20]); {
	case cmyk:
		return nil, name
	case gray && space == "GRAY":
		p = &Profile{gray: true}
		p.curves[0] = iccCurve(tags["kTRC"])
		if p.curves[0] == nil {
			return nil, name
		}
	case !gray && space == "RGB ":
		p = &Profile{}
		var primaries [3][3]float64
		for i, c := range []string{"r", "g", "b"} {
			xyz, ok := iccXYZ(tags[c+"XYZ"])
			p.curves[i] = iccCurve(tags[c+"TRC"])
			if !ok || p.curves[i] == nil {
				if strings.Contains(name, "sRGB") { // of tables, and no news
					return nil, ""
				}
				return nil, name
			}
			primaries[i] = xyz
		}
		p.matrix = toSRGB(primaries)
	default:
		return nil, "" // a profile of another kind of image
	}
	p.Name = name
	if p.isSRGB() {
		return nil, ""
	}
	return p, ""
}

func iccTags(data []byte) map[string][]byte {
	tags := map[string][]byte{}
	n := binary.BigEndian.Uint32(data[128:])
	for rest := data[132:]; n > 0 && len(rest) >= 12; n-- {
		at, size := int64(binary.BigEndian.Uint32(rest[4:])), int64(binary.BigEndian.Uint32(rest[8:]))
		if at+size <= int64(len(data)) {
			tags[string(rest[:4])] = data[at : at+size]
		}
		rest = rest[12:]
	}
	return tags
}

// iccName reads a description: type desc of version 2, or mluc of version 4.
func iccName(tag []byte) string {
	const unnamed = "a profile without a name"
	if len(tag) < 12 {
		return unnamed
	}
	name := ""
	switch string(tag[:4]) {
	case "desc":
		n := int64(binary.BigEndian.Uint32(tag[8:]))
		name = strings.TrimRight(string(tag[12:12+min(n, int64(len(tag)-12))]), "\x00")
	case "mluc":
		if len(tag) < 28 {
			return unnamed
		}
		size, at := int64(binary.BigEndian.Uint32(tag[20:])), int64(binary.BigEndian.Uint32(tag[24:]))
		if at+size > int64(len(tag)) {
			return unnamed
		}
		var units []uint16
		for b := tag[at : at+size]; len(b) >= 2; b = b[2:] {
			units = append(units, binary.BigEndian.Uint16(b))
		}
		name = strings.TrimRight(string(utf16.Decode(units)), "\x00")
	}
	if name = strings.ToValidUTF8(strings.TrimSpace(name), "?"); name == "" {
		return unnamed
	}
	return name[:min(len(name), 80)]
}

func fixed16(b []byte) float64 { return float64(int32(binary.BigEndian.Uint32(b))) / 65536 }

func iccXYZ(tag []byte) (xyz [3]float64, ok bool) {
	if len(tag) < 20 || string(tag[:4]) != "XYZ " {
		return xyz, false
	}
	for i := range xyz {
		xyz[i] = fixed16(tag[8+4*i:])
	}
	return xyz, true
}

// iccCurve is a curve to linear light, of type curv or para; nil for others.
func iccCurve(tag []byte) func(float64) float64 {
	if len(tag) < 12 {
		return nil
	}
	switch string(tag[:4]) {
	case "curv":
		n := int64(binary.BigEndian.Uint32(tag[8:]))
		points := tag[12:]
		switch {
		case n == 0:
			return func(v float64) float64 { return v }
		case n > int64(len(points)/2):
			return nil
		case n == 1:
			gamma := float64(binary.BigEndian.Uint16(points)) / 256
			return func(v float64) float64 { return math.Pow(v, gamma) }
		}
		return func(v float64) float64 {
			at := v * float64(n-1)
			i := min(max(0, int(at)), int(n)-2)
			a, b := float64(binary.BigEndian.Uint16(points[2*i:])), float64(binary.BigEndian.Uint16(points[2*i+2:]))
			return (a + (at-float64(i))*(b-a)) / 65535
		}
	case "para":
		return iccParametric(tag)
	}
	return nil
}

// iccParametric is a curve of ICC.1:2022, 10.18.
func iccParametric(tag []byte) func(float64) float64 {
	kind := int(binary.BigEndian.Uint16(tag[8:]))
	counts := []int{1, 3, 4, 5, 7}
	if kind >= len(counts) || len(tag) < 12+4*counts[kind] {
		return nil
	}
	var v [7]float64
	for i := range counts[kind] {
		v[i] = fixed16(tag[12+4*i:])
	}
	g, a, b, c, d, e, f := v[0], v[1], v[2], v[3], v[4], v[5], v[6]
	switch kind {
	case 0:
		a, b, c, d, e, f = 1, 0, 0, 0, 0, 0
	case 1, 2: // power above -b/a, constant below
		if a == 0 {
			return nil
		}
		d, e, f = -b/a, c, c
		c = 0
	}
	return func(x float64) float64 {
		if x >= d {
			return math.Pow(max(0, a*x+b), g) + e
		}
		return c*x + f
	}
}
