package trainer

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// dieToo has the program killed when sharewise is.
func dieToo(a *syscall.SysProcAttr) { a.Pdeathsig = syscall.SIGKILL }

// killStrays ends processes that left the program's group: those that have the
// environment of the run. Those of other users are none of ours, and one that has changed
// its environment is not found.
func killStrays(dir string) {
	mark := []byte(runFolder + "=" + dir)
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return
	}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil || pid == os.Getpid() {
			continue
		}
		env, err := os.ReadFile(filepath.Join("/proc", e.Name(), "environ"))
		if err != nil {
			continue
		}
		for v := range bytes.SplitSeq(env, []byte{0}) {
			if bytes.Equal(v, mark) {
				_ = syscall.Kill(pid, syscall.SIGKILL)
				break
			}
		}
	}
}
