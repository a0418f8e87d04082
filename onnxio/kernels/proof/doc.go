// Package proof compares the operators of package kernels with their definitions,
// written as plain loops in double precision.
//
// A [Case] is one node with random inputs and what it must give, element by
// element, with the error that rounding explains. [Prove] runs [Cases] in a
// backend before its kernels are offered to anybody; tests run many more.
package proof
