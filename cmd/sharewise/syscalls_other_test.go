//go:build !(linux && amd64)

package main

// stopAtFileCalls does nothing where no test traces system calls.
func stopAtFileCalls() {}
