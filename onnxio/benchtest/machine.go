package benchtest

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// Machine says where figures were measured.
type Machine struct {
	Processor string   `json:"processor"`
	Cores     int      `json:"cores"`
	Vectors   []string `json:"vectors"` // wide instructions that it has
	Memory    float64  `json:"memory"`  // bytes
	System    string   `json:"system"`
	Go        string   `json:"go"`
}

// This reads what Linux tells of the machine; elsewhere it knows less.
func This() Machine {
	m := Machine{Cores: runtime.NumCPU(), System: runtime.GOOS + "/" + runtime.GOARCH, Go: runtime.Version()}
	cpu, _ := os.ReadFile("/proc/cpuinfo")
	m.Processor = field(cpu, "model name")
	flags := strings.Fields(field(cpu, "flags"))
	for _, v := range []string{"avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_tile"} {
		for _, f := range flags {
			if f == v {
				m.Vectors = append(m.Vectors, v)
			}
		}
	}
	mem, _ := os.ReadFile("/proc/meminfo")
	if kb, err := strconv.ParseFloat(strings.TrimSuffix(field(mem, "MemTotal"), " kB"), 64); err == nil {
		m.Memory = kb * 1024
	}
	if release, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		version, _, _ := strings.Cut(strings.TrimSpace(string(release)), "-")
		m.System += ", Linux " + version
	}
	return m
}

// String is the machine in one line.
func (m Machine) String() string {
	s := fmt.Sprintf("%d cores of %s", m.Cores, m.Processor)
	if len(m.Vectors) > 0 {
		s += " (" + strings.Join(m.Vectors, ", ") + ")"
	}
	return fmt.Sprintf("%s, %.0f GiB of memory, %s, %s", s, m.Memory/(1<<30), m.System, m.Go)
}

// field is the value of the first line "key : value" of a file of /proc.
func field(data []byte, key string) string {
	for line := range bytes.Lines(data) {
		name, value, ok := bytes.Cut(line, []byte(":"))
		if ok && string(bytes.TrimSpace(name)) == key {
			return string(bytes.TrimSpace(value))
		}
	}
	return ""
}

// Noise is what went on on the machine beside what was measured.
type Noise struct {
	// Steal is the share of the cores' time that the host gave to others, and
	// Other the share that processes had which are not ours.
	Steal float64 `json:"steal"`
	Other float64 `json:"other"`
	Load  float64 `json:"load"` // average of a minute, at the start
}

// Shares of the cores' time of others beyond which what was measured is marked.
const (
	MostSteal = 0.02
	MostOther = 0.05
)

// granularity is the time in seconds by which what the kernel counts of several
// processes may be off: its clocks tick a hundred times a second.
const granularity = 0.03

// Disturbed reports whether figures measured meanwhile should be marked.
func (n Noise) Disturbed() bool { return n.Steal > MostSteal || n.Other > MostOther }

// ticks counts the time of all cores since the machine started, in units of
// /proc/stat.
type ticks struct{ busy, steal float64 }

// Watch begins to look at the machine; the function that it returns says what
// others did since. mine is the processor time in seconds that our own processes
// have had so far.
func Watch(mine func() float64) func() Noise {
	start, before, had := time.Now(), readTicks(), mine()
	load := loadAverage()
	return func() Noise {
		after := readTicks()
		all := time.Since(start).Seconds() * float64(runtime.NumCPU())
		const perSecond = 100 // USER_HZ, the same on all that Linux runs on
		return Noise{
			Steal: (after.steal - before.steal) / perSecond / all,
			Other: max(0, (after.busy-before.busy)/perSecond-(mine()-had)-granularity) / all,
			Load:  load,
		}
	}
}

func readTicks() (t ticks) {
	data, _ := os.ReadFile("/proc/stat")
	line, _, _ := strings.Cut(string(data), "\n")
	// cpu user nice system idle iowait irq softirq steal; guests are in user.
	for i, f := range strings.Fields(line) {
		v, _ := strconv.ParseFloat(f, 64)
		switch i {
		case 1, 2, 3, 6, 7:
			t.busy += v
		case 8:
			t.steal = v
		}
	}
	return t
}

func loadAverage() float64 {
	data, _ := os.ReadFile("/proc/loadavg")
	first, _, _ := strings.Cut(string(data), " ")
	v, _ := strconv.ParseFloat(first, 64)
	return v
}

// ProcessorTime is what a process and its ended children have had, in seconds; 0
// for one that is gone.
func ProcessorTime(pid int) float64 {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	// The name, in parentheses, may hold anything; utime, stime, cutime and
	// cstime are the 12th to 15th fields after it.
	_, rest, _ := strings.Cut(string(data[bytes.LastIndexByte(data, ')'):]), " ")
	sum := 0.0
	for i, f := range strings.Fields(rest) {
		if i >= 11 && i <= 14 {
			v, _ := strconv.ParseFloat(f, 64)
			sum += v
		}
	}
	return sum / 100
}
