package cluster

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// pod is what the kubelet reads of a Pod.
type pod struct {
	Metadata struct {
		Name, UID         string
		DeletionTimestamp string
		Annotations       map[string]string
	}
	Spec struct {
		NodeName                      string
		TerminationGracePeriodSeconds int
		Containers                    []container
		Volumes                       []struct {
			Name      string
			ConfigMap *struct{ Name string }
		}
	}
	Status struct{ Phase string }
}

type container struct {
	Name, Image string
	Args        []string
	Env         []struct {
		Name, Value string
		ValueFrom   *struct{ FieldRef *struct{ FieldPath string } }
	}
	VolumeMounts []struct{ Name, MountPath, SubPath string }
}

// kubelet runs pods as processes of this machine: images are programs, claims of volumes are
// the folders at which they are mounted, and files of ConfigMaps are bound over files that are there,
// in a mount namespace of the process, or put in the place of arguments. It schedules pods as well,
// at most slots at a time.
type kubelet struct {
	*control
	images map[string]string
	slots  int

	mu      sync.Mutex
	running map[string]*exec.Cmd // by names of pods
	exits   map[int]int          // how often containers exited with what
	done    chan struct{}
	wait    sync.WaitGroup
}

const pods = "/api/v1/namespaces/default/pods"

// serve starts the kubelet, which ends with the test.
func (c *control) serve(images map[string]string, slots int) *kubelet {
	k := &kubelet{control: c, images: images, slots: slots, running: map[string]*exec.Cmd{}, exits: map[int]int{}, done: make(chan struct{})}
	k.wait.Go(func() {
		for {
			select {
			case <-k.done:
				return
			case <-time.After(200 * time.Millisecond):
				if err := k.look(); err != nil {
					c.t.Logf("kubelet: %v", err)
				}
			}
		}
	})
	c.t.Cleanup(func() {
		close(k.done)
		for _, name := range k.names() {
			k.signal(name, syscall.SIGKILL)
		}
		k.wait.Wait()
	})
	return k
}

// look does what is to be done about pods.
func (k *kubelet) look() error {
	var list struct{ Items []pod }
	if _, err := k.do(http.MethodGet, pods, nil, &list); err != nil {
		return err
	}
	for _, p := range list.Items {
		ended := p.Status.Phase == "Succeeded" || p.Status.Phase == "Failed"
		k.mu.Lock()
		_, runs := k.running[p.Metadata.Name]
		free := len(k.running) < k.slots
		k.mu.Unlock()
		switch {
		case p.Metadata.DeletionTimestamp != "" && runs:
			k.signal(p.Metadata.Name, syscall.SIGTERM) // again and again, as nothing comes of more
		case p.Metadata.DeletionTimestamp != "":
			body := map[string]any{"gracePeriodSeconds": 0, "preconditions": map[string]any{"uid": p.Metadata.UID}}
			if _, err := k.do(http.MethodDelete, pods+"/"+p.Metadata.Name, body, nil); err != nil {
				return err
			}
		case !runs && !ended && free:
			if err := k.begin(p); err != nil {
				return fmt.Errorf("%s: %w", p.Metadata.Name, err)
			}
		}
	}
	return nil
}

// begin binds a pod to this node and starts its container.
func (k *kubelet) begin(p pod) error {
	name := p.Metadata.Name
	if p.Spec.NodeName == "" {
		binding := map[string]any{"apiVersion": "v1", "kind": "Binding", "metadata": map[string]any{"name": name}, "target": map[string]any{"kind": "Node", "name": "here"}}
		if _, err := k.do(http.MethodPost, pods+"/"+name+"/binding", binding, nil); err != nil {
			return err
		}
	}
	cmd, err := k.command(p)
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	k.mu.Lock()
	k.running[name] = cmd
	k.mu.Unlock()
	began := time.Now().UTC().Format(time.RFC3339)
	running := map[string]any{"running": map[string]any{"startedAt": began}}
	if err := k.report(p, "Running", began, running); err != nil {
		k.t.Logf("kubelet: %v", err)
	}
	k.wait.Go(func() {
		_ = cmd.Wait()
		code := cmd.ProcessState.ExitCode()
		if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
			code = 128 + int(status.Signal())
		}
		phase := "Succeeded"
		if code != 0 {
			phase = "Failed"
		}
		ended := map[string]any{"terminated": map[string]any{"exitCode": code, "startedAt": began, "finishedAt": time.Now().UTC().Format(time.RFC3339)}}
		if err := k.report(p, phase, began, ended); err != nil {
			k.t.Logf("kubelet: %v", err)
		}
		k.mu.Lock()
		delete(k.running, name)
		k.exits[code]++
		k.mu.Unlock()
	})
	return nil
}

// report says what became of a pod.
func (k *kubelet) report(p pod, phase, began string, state map[string]any) error {
	c := p.Spec.Containers[0]
	_, terminated := state["terminated"]
	status := map[string]any{"phase": phase, "startTime": began, "containerStatuses": []any{map[string]any{
		"name": c.Name, "image": c.Image, "imageID": c.Image, "ready": !terminated, "restartCount": 0, "state": state,
	}}}
	_, err := k.do(http.MethodPatch, pods+"/"+p.Metadata.Name+"/status", map[string]any{"status": status}, nil)
	return err
}

// command is the process of a pod.
func (k *kubelet) command(p pod) (*exec.Cmd, error) {
	c := p.Spec.Containers[0]
	program := k.images[c.Image]
	if program == "" {
		return nil, fmt.Errorf("no image %q", c.Image)
	}
	var env []string
	for _, e := range c.Env {
		value := e.Value
		if e.ValueFrom != nil && e.ValueFrom.FieldRef != nil {
			path := strings.NewReplacer("metadata.annotations['", "", "metadata.labels['", "", "']", "").Replace(e.ValueFrom.FieldRef.FieldPath)
			value = p.Metadata.Annotations[path]
		}
		env = append(env, e.Name+"="+value)
	}
	args, binds := append([]string(nil), c.Args...), []string{}
	for _, m := range c.VolumeMounts {
		file, err := k.mounted(p, m.Name, m.SubPath)
		if err != nil {
			return nil, err
		}
		if file == "" { // a claim
			continue
		}
		if _, err := os.Stat(m.MountPath); err == nil {
			binds = append(binds, file, m.MountPath)
			continue
		}
		for i := range args {
			if args[i] == m.MountPath {
				args[i] = file
			}
		}
	}
	for i := range args {
		for _, e := range env {
			name, value, _ := strings.Cut(e, "=")
			args[i] = strings.ReplaceAll(args[i], "$("+name+")", value)
		}
	}
	const bind = `n=$1; shift; while [ "$n" -gt 0 ]; do mount --bind "$1" "$2" || exit 125; shift 2; n=$((n-1)); done; exec "$@"`
	all := append([]string{"--mount", "--propagation", "private", "sh", "-c", bind, "sh", fmt.Sprint(len(binds) / 2)}, binds...)
	cmd := exec.Command("unshare", append(append(all, program), args...)...)
	cmd.Env = append(os.Environ(), env...)
	log, err := os.Create(filepath.Join(k.dir, p.Metadata.Name+".log"))
	if err != nil {
		return nil, err
	}
	cmd.Stdout, cmd.Stderr = log, log
	return cmd, nil
}

// mounted writes a file of a ConfigMap where a process can read it; it is empty for a claim.
func (k *kubelet) mounted(p pod, volume, key string) (string, error) {
	for _, v := range p.Spec.Volumes {
		if v.Name != volume || v.ConfigMap == nil {
			continue
		}
		var config struct{ Data map[string]string }
		if _, err := k.do(http.MethodGet, "/api/v1/namespaces/default/configmaps/"+v.ConfigMap.Name, nil, &config); err != nil {
			return "", err
		}
		text, ok := config.Data[key]
		if !ok {
			return "", errors.New("ConfigMap " + v.ConfigMap.Name + " has no " + key)
		}
		dir := filepath.Join(k.dir, p.Metadata.Name)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return "", err
		}
		file := filepath.Join(dir, key)
		return file, os.WriteFile(file, []byte(text), 0o644)
	}
	return "", nil
}

// names are those of the pods that run.
func (k *kubelet) names() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	var out []string
	for name := range k.running {
		out = append(out, name)
	}
	return out
}

// signal sends a signal to a pod's process, unless it has ended.
func (k *kubelet) signal(name string, s os.Signal) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if cmd := k.running[name]; cmd != nil {
		_ = cmd.Process.Signal(s)
	}
}
