//go:build unix

// Package slurmtest starts a cluster of Slurm for tests: munged, slurmctld and a slurmd
// for each of several nodes, all on this machine and in a folder of the test, without
// systemd and beside whatever Slurm the machine has. Debian's slurm-wlm and munge are
// enough.
package slurmtest

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Cluster is a running cluster.
type Cluster struct {
	// Dir holds its configuration, logs and state.
	Dir string
	// Nodes are the names of its nodes.
	Nodes []string

	tb      testing.TB
	daemons map[string]*exec.Cmd // by node, and slurmctld
}

// Start starts a cluster of nodes of one core each, with further lines of slurm.conf, and
// sets SLURM_CONF for the test. Where Slurm is not installed, or the test does not run as
// root, it skips the test; with SHAREWISE_TESTS=all it fails instead.
func Start(tb testing.TB, nodes int, lines ...string) *Cluster {
	tb.Helper()
	missing := func(why string) {
		tb.Helper()
		if os.Getenv("SHAREWISE_TESTS") == "all" {
			tb.Fatal(why)
		}
		tb.Skip("NOT TESTED: " + why)
	}
	for _, program := range []string{"munged", "slurmctld", "slurmd", "sbatch", "scontrol"} {
		if _, err := exec.LookPath(program); err != nil {
			missing("Slurm is not installed: " + program + " is missing; on Debian: apt-get install slurm-wlm munge")
		}
	}
	if os.Getuid() != 0 {
		missing("slurmd starts jobs as root only")
	}
	dir, err := os.MkdirTemp("", "slurm") // paths of sockets are short
	if err != nil {
		tb.Fatal(err)
	}
	c := &Cluster{Dir: dir, tb: tb, daemons: map[string]*exec.Cmd{}}
	tb.Cleanup(c.stop)
	c.munge()
	c.configure(nodes, lines)
	tb.Setenv("SLURM_CONF", c.conf())
	c.daemon("slurmctld", "slurmctld", "-D", "-f", c.conf())
	for _, n := range c.Nodes {
		c.StartNode(n)
	}
	c.Wait(30*time.Second, "nodes to be idle", func() bool {
		out, _ := c.Command("sinfo", "--noheader", "--Node", "--format=%T")
		return strings.Count(out, "idle") == nodes
	})
	return c
}

func (c *Cluster) conf() string { return filepath.Join(c.Dir, "slurm.conf") }

// munge starts the service by which the daemons know each other.
func (c *Cluster) munge() {
	key := make([]byte, 128)
	_, _ = rand.Read(key) // never fails
	if err := os.WriteFile(c.path("munge.key"), key, 0o400); err != nil {
		c.tb.Fatal(err)
	}
	if err := os.Chmod(c.Dir, 0o755); err != nil {
		c.tb.Fatal(err)
	}
	c.daemon("munged", "munged", "--foreground", "--force", "--key-file="+c.path("munge.key"), "--socket="+c.path("munge.sock"),
		"--pid-file="+c.path("munged.pid"), "--log-file="+c.path("munged.log"), "--seed-file="+c.path("munged.seed"))
	c.Wait(10*time.Second, "munged", func() bool { _, err := os.Stat(c.path("munge.sock")); return err == nil })
}

func (c *Cluster) path(name string) string { return filepath.Join(c.Dir, name) }

func (c *Cluster) configure(nodes int, lines []string) {
	host, err := os.Hostname()
	if err != nil {
		c.tb.Fatal(err)
	}
	host, _, _ = strings.Cut(host, ".")
	self, err := user.Current()
	if err != nil {
		c.tb.Fatal(err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, `ClusterName=test
SlurmctldHost=%s(127.0.0.1)
SlurmctldPort=%d
SlurmUser=%s
SlurmdUser=%s
AuthType=auth/munge
AuthInfo=socket=%s,cred_expire=5
StateSaveLocation=%s
SlurmdSpoolDir=%s
SlurmctldPidFile=%s
SlurmdPidFile=%s
SlurmctldLogFile=%s
SlurmdLogFile=%s
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
SwitchType=switch/none
ReturnToService=2
SlurmdTimeout=6
KillWait=3
CompleteWait=0
JobRequeue=1
MailProg=/bin/true
SlurmdParameters=config_overrides
SchedulerParameters=sched_interval=1,batch_sched_delay=0,sched_min_interval=0,bf_interval=1,bf_min_age_reserve=0
`, host, freePort(c.tb), self.Username, self.Username, c.path("munge.sock"), c.path("state"), c.path("spool-%n"),
		c.path("slurmctld.pid"), c.path("slurmd-%n.pid"), c.path("slurmctld.log"), c.path("slurmd-%n.log"))
	for _, l := range lines {
		b.WriteString(l + "\n")
	}
	for i := range nodes {
		n := fmt.Sprintf("n%d", i+1)
		c.Nodes = append(c.Nodes, n)
		fmt.Fprintf(&b, "NodeName=%s NodeHostname=%s NodeAddr=127.0.0.1 Port=%d CPUs=1\n", n, host, freePort(c.tb))
		if err := os.MkdirAll(c.path("spool-"+n), 0o755); err != nil {
			c.tb.Fatal(err)
		}
	}
	fmt.Fprintf(&b, "PartitionName=all Nodes=%s Default=YES MaxTime=INFINITE State=UP\n", strings.Join(c.Nodes, ","))
	if err := errors.Join(os.MkdirAll(c.path("state"), 0o755), os.WriteFile(c.conf(), []byte(b.String()), 0o644)); err != nil {
		c.tb.Fatal(err)
	}
}

func freePort(tb testing.TB) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	if err := l.Close(); err != nil {
		tb.Fatal(err)
	}
	return port
}

// daemon starts a program of the cluster, whose output goes to a file.
func (c *Cluster) daemon(name, program string, args ...string) {
	c.tb.Helper()
	out, err := os.Create(c.path(name + ".out"))
	if err != nil {
		c.tb.Fatal(err)
	}
	defer out.Close()
	cmd := exec.Command(program, args...)
	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		c.tb.Fatal(err)
	}
	c.daemons[name] = cmd
}

// StartNode starts the slurmd of a node.
func (c *Cluster) StartNode(node string) {
	c.daemon(node, "slurmd", "-D", "-f", c.conf(), "-N", node)
}

// KillNode kills the slurmd of a node without warning. Jobs that it started go on.
func (c *Cluster) KillNode(node string) {
	c.tb.Helper()
	if err := c.daemons[node].Process.Kill(); err != nil {
		c.tb.Error(err)
	}
	_ = c.daemons[node].Wait()
	delete(c.daemons, node)
}

// Command runs a command of Slurm and returns what it prints, errors with it.
func (c *Cluster) Command(name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), "SLURM_CONF="+c.conf())
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	return out.String(), err
}

// Wait waits until something is so, and fails the test with the cluster's logs where it
// does not become so in time.
func (c *Cluster) Wait(most time.Duration, what string, so func() bool) {
	c.tb.Helper()
	for end := time.Now().Add(most); ; time.Sleep(100 * time.Millisecond) {
		if so() {
			return
		}
		if time.Now().After(end) {
			c.tb.Fatalf("waited %v for %s\n%s", most, what, c.Logs())
		}
	}
}

// Logs are the ends of all logs of the cluster.
func (c *Cluster) Logs() string {
	var b strings.Builder
	files, _ := filepath.Glob(c.path("*.[lo][ou][gt]"))
	for _, f := range files {
		data, _ := os.ReadFile(f)
		const most = 1500
		if len(data) > most {
			data = data[len(data)-most:]
		}
		fmt.Fprintf(&b, "--- %s\n%s\n", filepath.Base(f), data)
	}
	return b.String()
}

// stop ends all jobs and daemons.
func (c *Cluster) stop() {
	if c.daemons["slurmctld"] != nil {
		_, _ = c.Command("scancel", "--full", "--signal=KILL", "--user="+fmt.Sprint(os.Getuid()))
		_, _ = c.Command("scancel", "--user="+fmt.Sprint(os.Getuid()))
	}
	for _, d := range c.daemons {
		_ = d.Process.Kill() // nothing of it is needed any more
	}
	for _, d := range c.daemons {
		_ = d.Wait()
	}
	if c.tb.Failed() {
		c.tb.Logf("cluster:\n%s", c.Logs())
	}
	_ = os.RemoveAll(c.Dir)
}
