package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A file system that fails: the command runs as a child, its system calls about files
// stop before the system sees them, and this process may let one of them fail, do less
// than it says, or never come. So all that works with files is reached, libraries, the
// runtime of models and children included, and none of it knows.

// traced is set in the environment of a command whose system calls are to stop.
const traced = "SHAREWISE_TEST_TRACED"

// fileCalls are the system calls that stop, by their names in tables.
var fileCalls = map[uint64]string{
	unix.SYS_OPENAT: "open", unix.SYS_READ: "read", unix.SYS_PREAD64: "read", unix.SYS_WRITE: "write", unix.SYS_PWRITE64: "write",
	unix.SYS_FSYNC: "sync", unix.SYS_FTRUNCATE: "truncate", unix.SYS_FCHMOD: "chmod", unix.SYS_CLOSE: "close",
	unix.SYS_RENAMEAT: "rename", unix.SYS_RENAMEAT2: "rename", unix.SYS_LINKAT: "link",
	unix.SYS_UNLINKAT: "remove", unix.SYS_MKDIRAT: "mkdir", unix.SYS_NEWFSTATAT: "stat", unix.SYS_FSTAT: "stat",
	unix.SYS_GETDENTS64: "list", unix.SYS_FLOCK: "lock",
}

// stopAtFileCalls makes the system calls of this process stop, where it is to be
// traced. Those of threads and children to come stop too.
func stopAtFileCalls() {
	if os.Getenv(traced) == "" {
		return
	}
	const (
		load, jump, ret  = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, unix.BPF_RET | unix.BPF_K
		allow, trace     = 0x7fff0000, 0x7ff00000
		setFilter, tsync = 1, 1
	)
	program := []unix.SockFilter{{Code: load}} // the number of the call
	numbers := make([]uint64, 0, len(fileCalls))
	for n := range fileCalls {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	for i, n := range numbers {
		program = append(program, unix.SockFilter{Code: jump, K: uint32(n), Jt: uint8(len(numbers) - i)})
	}
	program = append(program, unix.SockFilter{Code: ret, K: allow}, unix.SockFilter{Code: ret, K: trace})
	filter := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	runtime.LockOSThread()
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		panic(err)
	}
	if _, _, err := unix.Syscall(unix.SYS_SECCOMP, setFilter, tsync, uintptr(unsafe.Pointer(&filter))); err != 0 {
		panic(err)
	}
	runtime.UnlockOSThread()
}

// call is one system call about a file of a folder.
type call struct {
	// op is a name of fileCalls; path is in the folder, without what is random in the
	// names of temporary files; n counts calls of the same op and path from 1.
	op, path string
	n        int
	// writes is set where the call may change the folder.
	writes bool
}

func (c call) String() string { return fmt.Sprintf("%s %s #%d", c.op, c.path, c.n) }

// verdict is what becomes of a call. The zero value lets it go on.
type verdict struct {
	// fail is the error it returns, unless 0; lost makes it return success. In both
	// cases the system never sees it.
	fail syscall.Errno
	lost bool
	// most bounds the bytes that it reads or writes.
	most uint64
	// instead is opened in the place of the path.
	instead string
	// kill ends the process without warning before the call.
	kill bool
}

// tracer runs commands and decides about their system calls.
type tracer struct {
	folder string // all calls about files beneath it are decided about
	decide func(call) verdict
	calls  []call
	seen   map[string]int
	opened map[string]bool // paths that were opened to write
	alone  bool            // the command's own calls only, and not those of its children
	main   map[int]bool    // whether a thread is the command's
}

// outcome is how a traced command ended.
type outcome struct {
	code   int // -1 if it was killed
	output string
}

var random = regexp.MustCompile(`\.[0-9]+\.tmp|\.claim\.[0-9a-f]{32}|sharewise-[a-z]*-?[0-9]+|\.[0-9]+$`)

// run runs the command with arguments in the folder, and waits for it and its children.
func (tr *tracer) run(t *testing.T, args ...string) outcome {
	t.Helper()
	tr.calls, tr.seen, tr.opened, tr.main = nil, map[string]int{}, map[string]bool{}, map[int]bool{}
	output, err := os.CreateTemp("", "traced-*")
	must(t, err)
	defer os.Remove(output.Name())
	defer output.Close()
	// All that traces a process is asked of one thread.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd := exec.Command("sharewise", args...)
	cmd.Dir = tr.folder
	cmd.Env = append(os.Environ(), "NO_COLOR=1", "GOMAXPROCS=2", traced+"=1")
	cmd.Stdout, cmd.Stderr = output, output
	cmd.SysProcAttr = &syscall.SysProcAttr{Ptrace: true, Setpgid: true}
	must(t, cmd.Start())
	pid := cmd.Process.Pid
	defer cmd.Process.Release()
	patience := time.AfterFunc(10*time.Minute, func() { syscall.Kill(-pid, syscall.SIGKILL) })
	defer patience.Stop()
	out, options := outcome{code: -1}, false
	for {
		var status syscall.WaitStatus
		// All that this thread began or traces, in whichever group of processes.
		tid, err := syscall.Wait4(-1, &status, syscall.WALL|unix.WNOTHREAD, nil)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if err != nil { // no process is left
			break
		}
		if !status.Stopped() {
			if tid == pid && status.Exited() {
				out.code = status.ExitStatus()
			}
			continue
		}
		if !options {
			options = true
			must(t, syscall.PtraceSetOptions(tid, unix.PTRACE_O_TRACESECCOMP|unix.PTRACE_O_TRACECLONE|unix.PTRACE_O_TRACEFORK|
				unix.PTRACE_O_TRACEVFORK|unix.PTRACE_O_TRACEEXEC|unix.PTRACE_O_EXITKILL))
		}
		signal := 0
		switch s := status.StopSignal(); {
		case s == syscall.SIGTRAP && uint32(status)>>16 == unix.PTRACE_EVENT_SECCOMP:
			if tr.concerns(pid, tid) && tr.stopped(tid) {
				syscall.Kill(-pid, syscall.SIGKILL)
			}
		case s == syscall.SIGTRAP, s == syscall.SIGSTOP: // other events, and threads that begin
		default:
			signal = int(s)
		}
		_ = syscall.PtraceCont(tid, signal) // it may have been killed
	}
	text, err := os.ReadFile(output.Name())
	must(t, err)
	out.output = string(text)
	return out
}

// concerns reports whether the calls of a thread are decided about.
func (tr *tracer) concerns(pid, tid int) bool {
	if !tr.alone {
		return true
	}
	of, known := tr.main[tid]
	if !known {
		of = there(fmt.Sprintf("/proc/%d/task/%d", pid, tid))
		tr.main[tid] = of
	}
	return of
}

// stopped decides about the call at which a thread stopped, and reports whether all is
// to be killed.
func (tr *tracer) stopped(tid int) (kill bool) {
	var r syscall.PtraceRegs
	if syscall.PtraceGetRegs(tid, &r) != nil {
		return false
	}
	op := fileCalls[r.Orig_rax]
	path, writes := "", false
	switch op {
	case "open":
		path = tr.at(tid, r.Rdi, r.Rsi)
		writes = r.Rdx&(syscall.O_CREAT|syscall.O_TRUNC) != 0
		if r.Rdx&(syscall.O_WRONLY|syscall.O_RDWR) != 0 {
			tr.opened[path] = true
		}
		if writes {
			op = "create"
		}
	case "rename", "link":
		path, writes = tr.at(tid, r.Rdx, r.R10), true
		if _, ok := tr.inside(path); !ok {
			path = tr.at(tid, r.Rdi, r.Rsi) // out of the folder
		}
	case "remove", "mkdir":
		path, writes = tr.at(tid, r.Rdi, r.Rsi), true
	case "stat":
		if r.Orig_rax == unix.SYS_NEWFSTATAT {
			path = tr.at(tid, r.Rdi, r.Rsi)
			break
		}
		path = descriptor(tid, r.Rdi)
	default:
		path = descriptor(tid, r.Rdi)
		writes = op == "write" || op == "truncate" || op == "chmod" || op == "sync"
	}
	name, ok := tr.inside(path)
	if !ok {
		return false
	}
	key := op + " " + name
	tr.seen[key]++
	c := call{op, name, tr.seen[key], writes}
	tr.calls = append(tr.calls, c)
	if tr.decide == nil {
		return false
	}
	v := tr.decide(c)
	switch {
	case v.kill:
		return true
	case v.fail != 0:
		r.Orig_rax, r.Rax = ^uint64(0), -uint64(v.fail)
	case v.lost && op == "rename" && !there(tr.at(tid, r.Rdi, r.Rsi)): // it would fail
	case v.lost:
		r.Orig_rax, r.Rax = ^uint64(0), 0
		if op == "write" {
			r.Rax = r.Rdx
		}
	case v.most > 0:
		r.Rdx = min(r.Rdx, v.most)
	case v.instead != "":
		// The path is written below the stack, where the system looks at nothing.
		at := (r.Rsp - 1024 - uint64(len(v.instead))) &^ 15
		if _, err := syscall.PtracePokeData(tid, uintptr(at), append([]byte(v.instead), 0)); err != nil {
			return false
		}
		r.Rsi = at
	default:
		return false
	}
	_ = syscall.PtraceSetRegs(tid, &r)
	return false
}

func there(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// inside is a path in the folder, without what is random.
func (tr *tracer) inside(path string) (string, bool) {
	rest, ok := strings.CutPrefix(path, tr.folder+"/")
	return random.ReplaceAllString(rest, ".N"), ok
}

// at is the path that a call names beside the descriptor of a folder.
func (tr *tracer) at(tid int, dir, address uint64) string {
	path := make([]byte, 0, 256)
	piece := make([]byte, 64)
	for len(path) < 4096 {
		// A path may end just before memory that cannot be read.
		n, err := syscall.PtracePeekData(tid, uintptr(address)+uintptr(len(path)), piece)
		if end := slices.Index(piece[:n], 0); end >= 0 {
			path = append(path, piece[:end]...)
			break
		}
		if path = append(path, piece[:n]...); err != nil {
			break
		}
	}
	p := string(path)
	switch {
	case filepath.IsAbs(p):
	case p == "" && int32(dir) >= 0:
		return descriptor(tid, dir)
	case int32(dir) == unix.AT_FDCWD:
		p = filepath.Join(tr.folder, p)
	default:
		p = filepath.Join(descriptor(tid, dir), p)
	}
	return filepath.Clean(p)
}

// descriptor is the path of an open file.
func descriptor(tid int, fd uint64) string {
	path, _ := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", tid, int32(fd)))
	return strings.TrimSuffix(path, " (deleted)")
}
