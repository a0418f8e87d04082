package cluster

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// token is what everybody here logs in by.
const token = "sharewise-test"

// control is a Kubernetes API server with its store and the controller of Jobs.
type control struct {
	t      *testing.T
	dir    string
	url    string
	client *http.Client
}

// start starts etcd, kube-apiserver and kube-controller-manager of the folder bin, and has
// kubectl speak to them.
func start(t *testing.T, bin string) *control {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("NOT TESTED: Kubernetes; pods have mount namespaces, which root may make")
	}
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH")) // for kubectl
	c := &control{t: t, dir: t.TempDir(), client: &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}}
	store, peers, secure := port(t), port(t), port(t)
	etcd := fmt.Sprintf("http://127.0.0.1:%d", store)
	c.url = fmt.Sprintf("https://127.0.0.1:%d", secure)
	c.program(filepath.Join(bin, "etcd"), "--data-dir", filepath.Join(c.dir, "etcd"), "--listen-client-urls", etcd, "--advertise-client-urls", etcd,
		"--listen-peer-urls", fmt.Sprintf("http://127.0.0.1:%d", peers), "--unsafe-no-fsync")
	key := filepath.Join(c.dir, "accounts.key")
	if out, err := exec.Command("openssl", "genrsa", "-out", key, "2048").CombinedOutput(); err != nil {
		t.Fatalf("openssl: %v: %s", err, out)
	}
	tokens := c.write("tokens.csv", token+",admin,1,\"system:masters\"\n")
	c.program(filepath.Join(bin, "kube-apiserver"), "--etcd-servers", etcd, "--secure-port", fmt.Sprint(secure), "--bind-address", "127.0.0.1",
		"--cert-dir", filepath.Join(c.dir, "certificates"), "--token-auth-file", tokens, "--authorization-mode", "RBAC",
		"--service-account-issuer", "https://kubernetes.default.svc", "--service-account-signing-key-file", key, "--service-account-key-file", key,
		"--disable-admission-plugins", "ServiceAccount", "--service-cluster-ip-range", "10.0.0.0/24", "--endpoint-reconciler-type", "none")
	c.until(2*time.Minute, "the API server is ready", func() bool {
		reply, err := c.do(http.MethodGet, "/readyz", nil, nil)
		return err == nil && reply == http.StatusOK
	})
	config := c.write("config", fmt.Sprintf("apiVersion: v1\nkind: Config\ncurrent-context: test\nclusters: [{name: test, cluster: {server: '%s', insecure-skip-tls-verify: true}}]\nusers: [{name: admin, user: {token: %s}}]\ncontexts: [{name: test, context: {cluster: test, user: admin}}]\n", c.url, token))
	t.Setenv("KUBECONFIG", config)
	c.program(filepath.Join(bin, "kube-controller-manager"), "--kubeconfig", config, "--controllers", "job-controller", "--leader-elect=false", "--secure-port", "0")
	return c
}

// port is one that nobody uses.
func port(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func (c *control) write(name, text string) string {
	c.t.Helper()
	file := filepath.Join(c.dir, name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		c.t.Fatal(err)
	}
	return file
}

// program starts a program that ends with the test, whose last lines are shown where that
// fails.
func (c *control) program(name string, args ...string) {
	c.t.Helper()
	log, err := os.Create(filepath.Join(c.dir, filepath.Base(name)+".log"))
	if err != nil {
		c.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() {
		cancel()
		_ = cmd.Wait()
		_ = log.Close()
		if text, err := os.ReadFile(log.Name()); err == nil && c.t.Failed() {
			const most = 2000
			c.t.Logf("%s:\n%s", filepath.Base(name), text[max(0, len(text)-most):])
		}
	})
}

// until waits for something.
func (c *control) until(most time.Duration, what string, is func() bool) {
	c.t.Helper()
	for deadline := time.Now().Add(most); !is(); time.Sleep(200 * time.Millisecond) {
		if time.Now().After(deadline) {
			c.t.Fatalf("not within %s: %s", most, what)
		}
	}
}

// do asks the API server, with a body that is not nil as JSON, and decodes what it answers
// where out is not nil.
func (c *control) do(method, path string, body, out any) (int, error) {
	var in io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return 0, err
		}
		in = bytes.NewReader(data)
	}
	r, err := http.NewRequest(method, c.url+path, in)
	if err != nil {
		return 0, err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	if method == http.MethodPatch {
		r.Header.Set("Content-Type", "application/merge-patch+json")
	}
	reply, err := c.client.Do(r)
	if err != nil {
		return 0, err
	}
	defer reply.Body.Close()
	data, err := io.ReadAll(reply.Body)
	if err != nil {
		return reply.StatusCode, err
	}
	if reply.StatusCode >= http.StatusBadRequest {
		return reply.StatusCode, errors.New(strings.TrimSpace(string(data)))
	}
	if out != nil {
		err = json.Unmarshal(data, out)
	}
	return reply.StatusCode, err
}
