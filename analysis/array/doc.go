// Package array reads arrays of numbers or texts from the bytes of a file, as
// NumPy and tools of machine learning write them.
//
//   - [NPY] reads one array, format versions 1.0 to 3.0.
//   - [NPZ] reads the arrays of an archive, stored or deflated.
//   - [Safetensors] reads the tensors of a file.
//
// An [Array] is a view: it keeps the bytes that it was given, which may be a
// mapped file, and converts elements when they are asked for. Only deflated
// members of archives are unpacked into memory.
//
// Errors are [*Error], with the array and the byte where something is wrong.
// Sizes that a header states are compared with the bytes that are there before
// anything is made of them.
//
// # Limits
//
// Complex numbers, dates, records and pickled objects are refused.
package array
