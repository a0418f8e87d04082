package trainer

import "os/exec"

func together(*exec.Cmd) {}

// ask ends the program: there is no way to ask it.
func ask(cmd *exec.Cmd) { kill(cmd) }

func kill(cmd *exec.Cmd) { _ = cmd.Process.Kill() }

func killAll(*exec.Cmd, string) {}
