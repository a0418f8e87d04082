//go:build unix

package store

import (
	"os/exec"
	"syscall"
)

// apart keeps signals of the terminal from a program.
func apart(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
