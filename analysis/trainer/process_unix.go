//go:build unix

package trainer

import (
	"os/exec"
	"syscall"
)

// together makes the program the first of a process group, so that a signal reaches
// what it starts, and an interrupt from the keyboard reaches sharewise alone.
func together(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	dieToo(cmd.SysProcAttr)
}

// ask asks the program and its group to end.
func ask(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) } // it may have ended

// kill ends the program and its group.
func kill(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }

// killAll ends what the program has left running.
func killAll(cmd *exec.Cmd, dir string) {
	kill(cmd)
	killStrays(dir)
}
