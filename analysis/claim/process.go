package claim

import "os"

// self is this process.
func self() Holder {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown host"
	}
	pid := os.Getpid()
	process, _ := processStart(pid)
	return Holder{Version: 1, Host: host, Machine: machine(), PID: pid, Process: process}
}

// Gone reports whether the holder is a process of this machine that has ended. Of
// other machines this cannot be told.
func (h *Holder) Gone() bool {
	s := self()
	return h.gone(&s)
}

// Alive reports whether the holder is a process of this machine that runs.
func (h *Holder) Alive() bool {
	s := self()
	return h.Machine != "" && h.Machine == s.Machine && !h.gone(&s)
}

func (h *Holder) gone(self *Holder) bool {
	if h.Machine == "" || h.Machine != self.Machine {
		return false
	}
	process, running := processStart(h.PID)
	return !running || process != h.Process
}
