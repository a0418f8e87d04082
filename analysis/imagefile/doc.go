// Package imagefile reads one image as cameras, phones, scanners and scientific
// programs write it: its pixels, and what the file says about how to look at
// them.
//
// [ReadHead] tells what a file holds without decoding its pixels, [Decode] reads
// them too. PNG, JPEG, BMP, GIF, WebP and TIFF are known by their beginnings,
// whatever they are called.
//
//   - [Depth] is what the numbers of pixels are: bytes, 16 bits, or numbers of
//     any size as TIFF files of thermal cameras and microscopes have them. Nothing is
//     cut off.
//   - [Orientation] is how the image is to be turned, from EXIF data in JPEG, PNG
//     and WebP, or the tag of TIFF.
//   - [Profile] converts colours to sRGB. It is nil where they are sRGB already
//     or the file says nothing.
//   - Of animations and files of several pages the first is read;
//     [Head].Frames says how many there are.
//
// [Unread] names kinds of images that are not read, by the endings of their names:
// raw data of cameras, HEIC, AVIF.
//
// # Colour
//
// Profiles are those of the ICC (ICC.1:2022) that consist of tone curves with a
// matrix (RGB) or without (grey): sRGB, Adobe RGB, Display P3, ProPhoto and
// nearly all that cameras and phones write. Profiles of tables, as printers have
// them, are not applied, and [Head].Unapplied names them. CMYK becomes RGB without its profile.
// Cameras that mark Adobe RGB in EXIF data only (DCF 2.0, "R03") are understood.
// Chunks gAMA, cHRM and cICP of PNG are not looked at.
package imagefile
