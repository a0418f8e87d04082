//go:build !unix

package ort

import "os/exec"

// killWithChildren leaves cmd as it is: without process groups, its children
// end when they next write to it.
func killWithChildren(*exec.Cmd) {}
