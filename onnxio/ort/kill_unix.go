//go:build unix

package ort

import (
	"os/exec"
	"syscall"
)

// killWithChildren makes the end of cmd's context kill the processes that cmd
// started, too.
func killWithChildren(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
