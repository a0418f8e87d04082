package slurm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// ErrNoSlurm is matched where the commands of Slurm are not there.
var ErrNoSlurm = errors.New("the commands of Slurm are not on this machine's PATH")

// Cluster is the one that the commands of Slurm on this machine reach.
type Cluster struct {
	// Run executes a command and returns what it prints; nil executes it on this machine.
	Run func(ctx context.Context, input, name string, args ...string) (string, error)
}

func (c Cluster) run(ctx context.Context, input, name string, args ...string) (string, error) {
	if c.Run != nil {
		return c.Run(ctx, input, name, args...)
	}
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdin = strings.NewReader(input)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	err := cmd.Run()
	if errors.Is(err, exec.ErrNotFound) {
		return "", fmt.Errorf("%s: %w", name, ErrNoSlurm)
	}
	if err != nil {
		return "", fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, strings.TrimSpace(said.String()))
	}
	return out.String(), nil
}

// Limits are what a cluster allows.
type Limits struct {
	// Array is MaxArraySize, which is larger than any index of an array by at least one.
	Array int
	// Jobs is MaxJobCount, how many jobs the cluster remembers.
	Jobs int
}

// Limits asks the cluster.
func (c Cluster) Limits(ctx context.Context) (Limits, error) {
	out, err := c.run(ctx, "", "scontrol", "show", "config")
	if err != nil {
		return Limits{}, err
	}
	l := Limits{}
	for line := range strings.Lines(out) {
		key, value, _ := strings.Cut(line, "=")
		n, err := strconv.Atoi(strings.TrimSpace(value))
		switch strings.TrimSpace(key) {
		case "MaxArraySize":
			l.Array, _ = n, err
		case "MaxJobCount":
			l.Jobs, _ = n, err
		}
	}
	if l.Array < 2 || l.Jobs < 2 {
		return l, fmt.Errorf("scontrol show config: MaxArraySize is %d and MaxJobCount %d, so that no array can be submitted", l.Array, l.Jobs)
	}
	return l, nil
}

// Task is an element of an array, or a job, that waits or runs.
type Task struct {
	// Job is the number of the array or job; Index is −1 for what is no array.
	Job, Index int
	State      string // such as PENDING or RUNNING
	Node       string // empty while it waits
	Reason     string // why it waits; None while it runs
}

// Queue lists the user's jobs that have not ended, each element of arrays by itself.
func (c Cluster) Queue(ctx context.Context) ([]Task, error) {
	out, err := c.run(ctx, "", "squeue", "--me", "--noheader", "--array", "--states=all", "--format=%F|%K|%T|%N|%r")
	if err != nil {
		return nil, err
	}
	var tasks []Task
	for line := range strings.Lines(out) {
		f := strings.Split(strings.TrimSpace(line), "|")
		if len(f) != 5 {
			continue
		}
		job, err := strconv.Atoi(f[0])
		if err != nil || over[f[2]] {
			continue
		}
		index, err := strconv.Atoi(f[1])
		if err != nil {
			index = -1
		}
		tasks = append(tasks, Task{job, index, f[2], f[3], f[4]})
	}
	return tasks, nil
}

// over are the states from which no job comes back by itself.
var over = map[string]bool{
	"COMPLETED": true, "CANCELLED": true, "FAILED": true, "TIMEOUT": true, "OUT_OF_MEMORY": true, "BOOT_FAIL": true, "DEADLINE": true,
	"NODE_FAIL": true, "PREEMPTED": true, "REVOKED": true,
}
