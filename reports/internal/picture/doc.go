// Package picture lays out what reports draw: points by how far apart things are
// ([Embed]), outlines around some of them ([Outline]), and labels that keep out of each
// other's way ([Place]).
//
// It knows nothing of domains and of SVG, holds no clock and draws no chance: equal
// input has equal output.
package picture

// Point is a place in the plane, x to the right and y upwards or downwards as the
// caller has it.
type Point struct{ X, Y float64 }
