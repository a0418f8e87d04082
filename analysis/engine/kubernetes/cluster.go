package kubernetes

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"
)

// ErrNoKubectl is matched where kubectl is not there.
var ErrNoKubectl = errors.New("kubectl is not on this machine's PATH")

// Pause is how long to wait between two looks at a Job.
const Pause = 2 * time.Second

// Cluster is the one that kubectl on this machine reaches.
type Cluster struct {
	// Namespace is that of Jobs; empty leaves it to kubectl.
	Namespace string
	// Run executes kubectl and returns what it prints; nil executes it on this machine.
	Run func(ctx context.Context, input io.Reader, args ...string) ([]byte, error)
}

func (c Cluster) run(ctx context.Context, input io.Reader, args ...string) ([]byte, error) {
	if c.Namespace != "" {
		args = append(args, "--namespace="+c.Namespace)
	}
	if c.Run != nil {
		return c.Run(ctx, input, args...)
	}
	cmd := exec.CommandContext(ctx, "kubectl", args...)
	cmd.Stdin = input
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if errors.Is(err, exec.ErrNotFound) {
		return nil, ErrNoKubectl
	}
	if err != nil {
		return nil, fmt.Errorf("kubectl %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(said.String()))
	}
	return out, nil
}

// Apply hands manifests to the cluster.
func (c Cluster) Apply(ctx context.Context, m *Manifests) error {
	var text bytes.Buffer
	if err := m.Print(&text); err != nil {
		return err
	}
	_, err := c.run(ctx, &text, "apply", "--filename=-")
	return err
}

// State is how far a Job is.
type State struct {
	// Active, Succeeded and Failed count pods; Failed those that were tried again too.
	Active    int `json:"active"`
	Succeeded int `json:"succeeded"`
	Failed    int `json:"failed"`
	// Ended is set when nothing of the Job will run any more.
	Ended bool `json:"-"`
}

func (s State) String() string {
	return fmt.Sprintf("pods: %d active, %d succeeded, %d failed", s.Active, s.Succeeded, s.Failed)
}

// State asks for that of a Job.
func (c Cluster) State(ctx context.Context, job string) (State, error) {
	out, err := c.run(ctx, nil, "get", "job", job, "--output=json")
	if err != nil {
		return State{}, err
	}
	var got struct {
		Status struct {
			State
			Conditions []struct {
				Type   string `json:"type"`
				Status string `json:"status"`
			} `json:"conditions"`
		} `json:"status"`
	}
	if err := json.Unmarshal(out, &got); err != nil {
		return State{}, fmt.Errorf("kubectl get job %s: %w", job, err)
	}
	for _, condition := range got.Status.Conditions {
		if (condition.Type == "Complete" || condition.Type == "Failed") && condition.Status == "True" {
			got.Status.Ended = true
		}
	}
	return got.Status.State, nil
}

// Cancel is the command that ends a Job and removes its ConfigMap.
func (c Cluster) Cancel(job string) string {
	text := "kubectl delete job,configmap " + job
	if c.Namespace != "" {
		text += " --namespace=" + c.Namespace
	}
	return text
}
