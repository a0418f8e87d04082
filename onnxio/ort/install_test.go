package ort

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// fakePackage writes a package with the given members and returns its path and
// checksum.
func fakePackage(t *testing.T, members ...tar.Header) (file, checksum string) {
	t.Helper()
	var buf bytes.Buffer
	gz := gzip.NewWriter(&buf)
	tw := tar.NewWriter(gz)
	for _, h := range members {
		content := "content of " + h.Name
		h.Mode = 0o644
		if h.Typeflag == tar.TypeReg {
			h.Size = int64(len(content))
		}
		if err := tw.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if h.Typeflag == tar.TypeReg {
			fmt.Fprint(tw, content)
		}
	}
	if err := errors.Join(tw.Close(), gz.Close()); err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "package.tgz")
	if err := os.WriteFile(file, buf.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	sum := sha512.Sum512(buf.Bytes())
	return file, base64.StdEncoding.EncodeToString(sum[:])
}

func regular(name string) tar.Header { return tar.Header{Name: name, Typeflag: tar.TypeReg} }

const testMember = "package/bin/napi-v6/linux/x64/libonnxruntime.so.1"

// fakeInstaller installs the fake package into a cache of its own, on a
// pretended linux/amd64, with a probe that likes everything.
func fakeInstaller(t *testing.T) (in *installer, packageFile string) {
	t.Helper()
	file, sum := fakePackage(t,
		regular("package/package.json"),
		regular("../../outside"),
		regular("package/bin/napi-v6/linux/arm64/libonnxruntime.so.1"),
		regular(testMember),
		regular("package/bin/napi-v6/linux/x64/onnxruntime_binding.node"))
	return &installer{
		InstallOptions: InstallOptions{Cache: t.TempDir()},
		goos:           "linux",
		goarch:         "amd64",
		checksum:       sum,
		probe:          func(context.Context, string) (*Info, error) { return &Info{Version: Version}, nil },
	}, file
}

// fakeNPM puts a program named npm first in PATH. It runs body, a shell script
// in which $dest is the folder for the package, and notes each call in the
// file returned.
func fakeNPM(t *testing.T, body string) (calls string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the fake npm is a shell script")
	}
	dir := t.TempDir()
	calls = filepath.Join(dir, "calls")
	script := fmt.Sprintf("#!/bin/sh\necho \"$*\" >>'%s'\nfor dest; do :; done\n%s\n", calls, body)
	if err := os.WriteFile(filepath.Join(dir, "npm"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	return calls
}

// leftovers lists what is in a cache besides the lock and whole installations.
func leftovers(t *testing.T, cache string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(cache, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == ".lock" {
			return err
		}
		if _, err := readInstallation(filepath.Dir(path)); err != nil {
			found = append(found, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	entries, _ := filepath.Glob(filepath.Join(runtimeDir(cache), workPrefix+"*"))
	return append(found, entries...)
}

func TestInstallFetches(t *testing.T) {
	in, file := fakeInstaller(t)
	calls := fakeNPM(t, fmt.Sprintf(`cp '%s' "$dest/onnxruntime-node.tgz"`, file))
	var log bytes.Buffer
	in.Progress = &log
	for i := range 2 {
		done, err := in.run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(done.Library)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := string(text), "content of "+testMember; got != want {
			t.Errorf("library holds %q, want %q", got, want)
		}
		if want := filepath.Join(in.Cache, "onnxruntime", Version, "linux-amd64", "libonnxruntime.so.1"); done.Library != want {
			t.Errorf("library is %s, want %s", done.Library, want)
		}
		if done.Version != Version || done.Source != npmPackage {
			t.Errorf("installation %+v", done)
		}
		called, err := os.ReadFile(calls)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(called), "pack onnxruntime-node@"+Version+" "); n != 1 {
			t.Errorf("after installation %d npm was called %d times: %s", i+1, n, called)
		}
	}
	if l := leftovers(t, in.Cache); len(l) > 0 {
		t.Errorf("leftovers: %v", l)
	}
	if !strings.Contains(log.String(), "fetching") || !strings.Contains(log.String(), "installed ONNX Runtime "+Version) {
		t.Errorf("progress: %s", log.String())
	}
}

func TestInstallRepairs(t *testing.T) {
	in, file := fakeInstaller(t)
	fakeNPM(t, fmt.Sprintf(`cp '%s' "$dest/p.tgz"`, file))
	done, err := in.run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	damages := map[string]func() error{
		"another size":    func() error { return os.WriteFile(done.Library, nil, 0o644) },
		"another content": func() error { return os.WriteFile(done.Library, make([]byte, done.Size), 0o644) },
		"no library":      func() error { return os.Remove(done.Library) },
		"no record":       func() error { return os.Remove(filepath.Join(filepath.Dir(done.Library), recordName)) },
		"record broken": func() error {
			return os.WriteFile(filepath.Join(filepath.Dir(done.Library), recordName), []byte("{"), 0o644)
		},
	}
	for name, damage := range damages {
		if err := damage(); err != nil {
			t.Fatal(err)
		}
		again, err := in.run(t.Context())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := again.verify(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if l := leftovers(t, in.Cache); len(l) > 0 {
		t.Errorf("leftovers: %v", l)
	}
}

func TestInstallTwoAtOnce(t *testing.T) {
	in, file := fakeInstaller(t)
	calls := fakeNPM(t, fmt.Sprintf(`sleep 0.3; cp '%s' "$dest/p.tgz"`, file))
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			own := *in
			done, err := own.run(t.Context())
			if err != nil {
				t.Error(err)
				return
			}
			if err := done.verify(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if called, _ := os.ReadFile(calls); strings.Count(string(called), "\n") != 1 {
		t.Errorf("npm was called more than once:\n%s", called)
	}
}

func TestInstallFromFiles(t *testing.T) {
	in, file := fakeInstaller(t)
	t.Setenv("PATH", "") // no npm
	in.From = file
	done, err := in.run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if done.Source != npmPackage || done.verify() != nil {
		t.Errorf("from a package: %+v", done)
	}
	library := filepath.Join(t.TempDir(), "some.so.1.29.0")
	if err := os.WriteFile(library, []byte("another library"), 0o644); err != nil {
		t.Fatal(err)
	}
	in.From = library
	in.probe = func(context.Context, string) (*Info, error) { return &Info{Version: "1.29.0"}, nil }
	if done, err = in.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if done.Version != "1.29.0" || done.Source != "a file" || done.verify() != nil {
		t.Errorf("from a library: %+v", done)
	}
	if l := leftovers(t, in.Cache); len(l) > 0 {
		t.Errorf("leftovers: %v", l)
	}
}

func TestInstallErrors(t *testing.T) {
	noMember, noMemberSum := fakePackage(t, regular("package/package.json"))
	link, linkSum := fakePackage(t, tar.Header{Name: testMember, Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"})
	empty := filepath.Join(t.TempDir(), "empty")
	cut := filepath.Join(t.TempDir(), "cut.tgz")
	if err := errors.Join(os.WriteFile(empty, nil, 0o644), os.WriteFile(cut, []byte{0x1f, 0x8b, 8}, 0o644)); err != nil {
		t.Fatal(err)
	}
	cutSum := sha512.Sum512([]byte{0x1f, 0x8b, 8})
	tests := []struct {
		name string
		npm  string
		set  func(*installer)
		is   error
		says string
	}{
		{name: "wrong checksum", npm: `echo hello | gzip >"$dest/p.tgz"`, is: ErrIntegrity, says: "SHA-512"},
		{name: "npm fails", npm: "echo 'npm ERR! code E404' >&2; echo 'npm ERR! not found' >&2; exit 1", says: "code E404; not found"},
		{name: "npm fails for want of space", npm: "echo 'npm error code ENOSPC' >&2; exit 1", says: "SHAREWISE_CACHE"},
		{name: "npm leaves nothing", npm: "exit 0", says: "left no package file"},
		{name: "unknown system", npm: "exit 1", set: func(in *installer) { in.goos = "plan9" }, is: ErrPlatform, says: "plan9"},
		{name: "no such file", set: func(in *installer) { in.From = "/no/such/file" }, is: fs.ErrNotExist, says: "/no/such/file"},
		{name: "empty file", set: func(in *installer) { in.From = empty }, says: "neither a package nor a library"},
		{name: "wrong package", set: func(in *installer) { in.From = noMember }, is: ErrIntegrity, says: noMember},
		{name: "no member", set: func(in *installer) { in.From, in.checksum = noMember, noMemberSum }, says: "has no " + testMember},
		{name: "member is a link", set: func(in *installer) { in.From, in.checksum = link, linkSum }, says: "has no " + testMember},
		{name: "cut short", set: func(in *installer) {
			in.From, in.checksum = cut, base64.StdEncoding.EncodeToString(cutSum[:])
		}, says: "read " + cut},
		{name: "does not work", npm: "", set: func(in *installer) {
			in.From = "testdata-package"
			in.probe = func(context.Context, string) (*Info, error) { return nil, errors.New("crashed") }
		}, says: "does not work here: it crashed"},
		{name: "odd version", set: func(in *installer) {
			in.From = "testdata-package"
			in.probe = func(context.Context, string) (*Info, error) { return &Info{Version: "../../x"}, nil }
		}, says: `its version is "../../x"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			in, file := fakeInstaller(t)
			if test.npm != "" {
				fakeNPM(t, test.npm)
			}
			if test.set != nil {
				test.set(in)
			}
			if in.From == "testdata-package" {
				in.From = file
			}
			_, err := in.run(t.Context())
			if err == nil {
				t.Fatal("no error")
			}
			err = explain(err, in.Cache)
			if test.is != nil && !errors.Is(err, test.is) || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error %v, want one that says %q", err, test.says)
			}
			if l := leftovers(t, in.Cache); len(l) > 0 {
				t.Errorf("leftovers: %v", l)
			}
		})
	}
}

func TestInstallWithoutNPM(t *testing.T) {
	in, _ := fakeInstaller(t)
	t.Setenv("PATH", t.TempDir())
	_, err := in.run(t.Context())
	if !errors.Is(err, ErrNoNPM) || !strings.Contains(err.Error(), "Node.js") || !strings.Contains(err.Error(), "install from that file") {
		t.Errorf("error %v", err)
	}
}

// TestInstallInterrupted stops an installation while npm works. Its process
// and the one that it started must end, and nothing may be left.
func TestInstallInterrupted(t *testing.T) {
	in, _ := fakeInstaller(t)
	alive := filepath.Join(t.TempDir(), "alive")
	fakeNPM(t, fmt.Sprintf(`sh -c 'touch "%s"; sleep 1; touch "%s"'; sleep 60`, alive, alive+".after"))
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for {
			if _, err := os.Stat(alive); err == nil {
				cancel()
				return
			}
			time.Sleep(5 * time.Millisecond)
		}
	}()
	start := time.Now()
	_, err := in.run(ctx)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if d := time.Since(start); d > 30*time.Second {
		t.Errorf("it took %v to stop", d)
	}
	time.Sleep(1200 * time.Millisecond)
	if _, err := os.Stat(alive + ".after"); err == nil {
		t.Error("a process that npm started went on")
	}
	if l := leftovers(t, in.Cache); len(l) > 0 {
		t.Errorf("leftovers: %v", l)
	}
}

// TestInstallAfterKill cleans up after an installation that was killed.
func TestInstallAfterKill(t *testing.T) {
	in, file := fakeInstaller(t)
	dead := filepath.Join(runtimeDir(in.Cache), workPrefix+"123", "result")
	if err := os.MkdirAll(dead, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dead, "libonnxruntime.so.1"), []byte("half"), 0o644); err != nil {
		t.Fatal(err)
	}
	in.From = file
	if _, err := in.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if l := leftovers(t, in.Cache); len(l) > 0 {
		t.Errorf("leftovers: %v", l)
	}
}

func TestExplain(t *testing.T) {
	for err, want := range map[error]string{
		fmt.Errorf("write x: %w", syscall.ENOSPC):   "300 MB in /cache",
		fmt.Errorf("mkdir x: %w", fs.ErrPermission): "that you may write to",
	} {
		if got := explain(err, "/cache"); !errors.Is(got, err) || !strings.Contains(got.Error(), want) {
			t.Errorf("explain(%v) = %v, want one that says %q", err, got, want)
		}
	}
}

func TestCopyAtMost(t *testing.T) {
	for limit, want := range map[int64]error{4: errTooLarge, 5: nil, 6: nil} {
		var buf bytes.Buffer
		if err := copyAtMost(t.Context(), &buf, strings.NewReader("12345"), limit); !errors.Is(err, want) {
			t.Errorf("5 bytes with limit %d: error %v, want %v", limit, err, want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := copyAtMost(ctx, &bytes.Buffer{}, strings.NewReader("12345"), 9); !errors.Is(err, context.Canceled) {
		t.Errorf("copy after the end of its context: error %v", err)
	}
}
