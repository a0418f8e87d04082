// Package mutate damages models for fuzz tests: real ones, small and of many
// kinds, so that what comes out is wrong in one place and right in most.
//
// [Seeds] lists the models. [Wire] changes fields of a file: it walks the
// protocol-buffer encoding and removes, repeats, exchanges or overwrites fields
// at any depth. [Graph] changes what a model says: attributes, shapes,
// constants, operators and connections. Both are functions of a seed model and
// of bytes, so that a fuzzer can search and a failure can be repeated.
package mutate
