package claim

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// machine is the identity of this start of the system and of the name space of its
// processes.
func machine() string {
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	space, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(boot)) + " " + space
}

// processStart says when a process began, in ticks since the system started, and
// whether it runs. A process that nobody has waited for yet does not run.
func processStart(pid int) (start string, running bool) {
	data, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return "", !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, unix.ESRCH)
	}
	// The name of the program stands in parentheses and may have any characters.
	fields := bytes.Fields(data[bytes.LastIndexByte(data, ')')+1:])
	const state, started = 0, 19 // fields 3 and 22 of proc(5)
	if len(fields) <= started {
		return "", true
	}
	if s := string(fields[state]); s == "Z" || s == "X" {
		return "", false
	}
	return string(fields[started]), true
}

// awake is a clock that goes on while the system is suspended.
func awake() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &t); err != nil {
		return time.Since(began)
	}
	return time.Duration(t.Nano())
}

var began = time.Now()
