package datafile

import (
	"path"
	"slices"
	"strings"
)

// ImageEndings are the endings of images that can be read.
var ImageEndings = []string{".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".gif", ".webp", ".tif", ".tiff"}

// IsImage reports whether a name ends as those of images do.
func IsImage(name string) bool {
	return slices.Contains(ImageEndings, strings.ToLower(path.Ext(name)))
}
