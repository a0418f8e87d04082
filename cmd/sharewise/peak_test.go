//go:build unix

package main

import (
	"fmt"
	"os"
	"strings"
	"time"
)

// watchMemory looks every two milliseconds at the memory of a process that is, or becomes,
// the command. What it returns is called when the process has ended, and gives the most of its own
// and the most with mapped pages of files, in megabytes; both are zero on systems without /proc.
//
// What the system counts for a child that has ended is no less than what whoever began it
// had at that time, so that it cannot be used.
func watchMemory(pid int) func() (own, mapped int64) {
	var own, mapped int64
	ended, over := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(over)
		for {
			select {
			case <-ended:
				return
			case <-time.After(2 * time.Millisecond):
			}
			status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
			if !strings.Contains(string(status), "Name:\tsharewise") {
				continue
			}
			for name, most := range map[string]*int64{"RssAnon:": &own, "VmHWM:": &mapped} {
				_, text, _ := strings.Cut(string(status), name)
				var kilobytes int64
				_, _ = fmt.Sscan(text, &kilobytes)
				*most = max(*most, kilobytes>>10)
			}
		}
	}()
	return func() (int64, int64) {
		close(ended)
		<-over
		return own, mapped
	}
}
