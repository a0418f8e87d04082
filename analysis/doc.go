// Package analysis turns tables of sample losses into transfer, interference,
// seed floors and gains, with intervals.
package analysis
