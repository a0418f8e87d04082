package imagefile

import (
	"bytes"
	"path"
	"slices"
	"strings"
)

// unread are kinds of images that are not read, with the endings of their names.
var unread = []struct {
	kind    string
	endings []string
}{
	{"raw data of a camera", []string{".dng", ".nef", ".nrw", ".cr2", ".cr3", ".crw", ".arw", ".srf", ".sr2", ".raf", ".orf", ".rw2", ".pef", ".srw", ".x3f", ".3fr", ".iiq", ".kdc", ".dcr", ".mrw", ".erf", ".rwl", ".raw"}},
	{"HEIC", []string{".heic", ".heif", ".hif"}},
	{"AVIF", []string{".avif"}},
	{"JPEG 2000", []string{".jp2", ".j2k", ".jpf", ".jpx", ".j2c"}},
	{"JPEG XL", []string{".jxl"}},
	{"OpenEXR", []string{".exr"}},
	{"a Photoshop document", []string{".psd", ".psb"}},
	{"DICOM", []string{".dcm", ".dicom"}},
	{"a vector drawing", []string{".svg", ".eps", ".ai"}},
	{"a film", []string{".mp4", ".mov", ".avi", ".mkv", ".webm"}},
}

// Unread returns what kind of image that is not read a file is by its name, ""
// for others.
func Unread(name string) string {
	ending := strings.ToLower(path.Ext(name))
	for _, u := range unread {
		if ending != "" && slices.Contains(u.endings, ending) {
			return u.kind
		}
	}
	return ""
}

// unreadKind tells kinds of images that are not read by their beginnings.
func unreadKind(data []byte) string {
	has := func(at int, s string) bool {
		return len(data) >= at+len(s) && string(data[at:at+len(s)]) == s
	}
	switch {
	case has(4, "ftyp"):
		switch brand := string(data[8:min(len(data), 12)]); brand {
		case "heic", "heix", "heim", "heis", "hevc", "mif1", "msf1":
			return "HEIC"
		case "avif", "avis":
			return "AVIF"
		case "crx ":
			return "raw data of a camera"
		}
		return "a film"
	case has(0, "\x00\x00\x00\x0cjP  "), has(0, "\xff\x4f\xff\x51"):
		return "JPEG 2000"
	case has(0, "\x00\x00\x00\x0cJXL "), has(0, "\xff\x0a"):
		return "JPEG XL"
	case has(0, "\x76\x2f\x31\x01"):
		return "OpenEXR"
	case has(0, "8BPS"):
		return "a Photoshop document"
	case has(128, "DICM"):
		return "DICOM"
	case has(0, "FUJIFILMCCD-RAW"), has(0, "IIRO"), has(0, "IIU\x00"):
		return "raw data of a camera"
	case has(0, "RIFF") && has(8, "WEBP") && bytes.Contains(data[:min(len(data), 4096)], []byte("ANIM")):
		return "an animated WebP"
	}
	return ""
}
