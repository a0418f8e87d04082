package ort

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// compile builds a shared library from C, and skips the test where that does
// not work as it does on most systems.
func compile(t *testing.T, source string) string {
	t.Helper()
	cc, err := exec.LookPath("cc")
	if err != nil || runtime.GOOS == "windows" {
		t.Skip("needs cc")
	}
	dir := t.TempDir()
	c, library := filepath.Join(dir, "fake.c"), filepath.Join(dir, libraryNames()[0])
	if err := os.WriteFile(c, []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(cc, "-shared", "-fPIC", "-o", library, c).CombinedOutput(); err != nil {
		t.Fatalf("cc: %v\n%s", err, out)
	}
	return library
}

// oldRuntime is a library of version 1.10.0, as far as a probe looks.
const oldRuntime = `
#include <stdint.h>
static const void *table[300];
static const void **getApi(uint32_t level) { return level <= 10 ? table : 0; }
static const char *getVersion(void) { return "1.10.0"; }
static struct { const void **(*a)(uint32_t); const char *(*v)(void); } base = { getApi, getVersion };
const void *OrtGetApiBase(void) { return &base; }
`

func TestProbeOfBrokenLibraries(t *testing.T) {
	text := filepath.Join(t.TempDir(), "text.so")
	if err := os.WriteFile(text, []byte("not a library"), 0o644); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, source, says string }{
		{"another library", "int x;", "not ONNX Runtime"},
		{"crash when loaded", "#include <stdlib.h>\n__attribute__((constructor)) void f(void) { abort(); }", "crashed when loaded"},
		{"crash when asked", "void *OrtGetApiBase(void) { return *(void **)8; }", "crashed when loaded"},
		{"exit", "#include <unistd.h>\n__attribute__((constructor)) void f(void) { _exit(0); }", "gave no answer"},
		{"no interface", "void *OrtGetApiBase(void) { return 0; }", "gives no interface"},
		{"old version", oldRuntime, "is ONNX Runtime 1.10.0 with API level 10; sharewise needs level 28, that is version 1.28 or later"},
		{"chatty", "#include <stdio.h>\n__attribute__((constructor)) void f(void) { puts(\"hello\"); fflush(stdout); }", "not ONNX Runtime"},
	}
	for _, test := range tests {
		if _, err := Probe(t.Context(), compile(t, test.source)); err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: error %v, want one that says %q", test.name, err, test.says)
		}
	}
	if _, err := Probe(t.Context(), text); err == nil || !strings.Contains(err.Error(), "cannot be loaded") {
		t.Errorf("a text file: error %v", err)
	}
}

func TestProbeThatHangs(t *testing.T) {
	defer func(d time.Duration) { probeTimeout = d }(probeTimeout)
	library := compile(t, "#include <unistd.h>\n__attribute__((constructor)) void f(void) { sleep(60); }")
	probeTimeout = 300 * time.Millisecond
	if _, err := Probe(t.Context(), library); err == nil || !strings.Contains(err.Error(), "no answer within") {
		t.Errorf("error %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Probe(ctx, library); !errors.Is(err, context.Canceled) {
		t.Errorf("a probe after the end of its context: error %v", err)
	}
}

func TestProbeNeedsMaybeProbe(t *testing.T) {
	defer func(b bool) { answersProbes = b }(answersProbes)
	answersProbes = false
	if _, err := Probe(t.Context(), "x"); err == nil || !strings.Contains(err.Error(), "MaybeProbe") {
		t.Errorf("error %v", err)
	}
}

// fakeCache makes an empty cache and hides the machine's own settings.
func fakeCache(t *testing.T) string {
	t.Helper()
	cache := t.TempDir()
	t.Setenv("SHAREWISE_CACHE", cache)
	t.Setenv(PathVariable, "")
	return cache
}

// putInCache pretends that a library was installed. The file is none, so that
// whatever loads or probes it fails.
func putInCache(t *testing.T, cache, version string) string {
	t.Helper()
	dir := installDir(cache, version, runtime.GOOS, runtime.GOARCH)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, libraryNames()[0])
	content := []byte("no library")
	if err := os.WriteFile(path, content, 0o755); err != nil {
		t.Fatal(err)
	}
	sum, err := fileSHA256(path)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(Installation{Version: version, Library: filepath.Base(path), Size: int64(len(content)), SHA256: sum})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, recordName), text, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestFindOrder(t *testing.T) {
	cache := fakeCache(t)
	older := putInCache(t, cache, "1.9.0")
	newer := putInCache(t, cache, "1.29.0")
	find := func() string {
		t.Helper()
		l, err := Find(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		return l.Path
	}
	// An installed library is not probed: these would not pass.
	if got := find(); got != newer {
		t.Errorf("found %s, want the newest version %s", got, newer)
	}
	pinned := putInCache(t, cache, Version)
	if got := find(); got != pinned {
		t.Errorf("found %s, want the pinned version %s", got, pinned)
	}
	if err := os.Truncate(pinned, 1); err != nil {
		t.Fatal(err)
	}
	if got := find(); got != newer {
		t.Errorf("found %s, want %s, since the pinned one is damaged", got, newer)
	}
	if err := os.Remove(newer); err != nil {
		t.Fatal(err)
	}
	if got := find(); got != older {
		t.Errorf("found %s, want %s, since the newer one is gone", got, older)
	}
}

// TestFindWhatIsGiven gives paths that do not work: no other library is taken
// instead, although there is one.
func TestFindWhatIsGiven(t *testing.T) {
	cache := fakeCache(t)
	putInCache(t, cache, Version)
	old := compile(t, oldRuntime)
	tests := []struct {
		name, flag, variable string
		says                 []string
	}{
		{"flag", "/no/such/file", "", []string{"/no/such/file", "that was given", "no such file"}},
		{"variable", "", "/no/such/file", []string{"/no/such/file", "given by " + PathVariable, "no such file"}},
		{"flag before variable", "/no/such/flag", old, []string{"/no/such/flag", "that was given"}},
		{"folder", cache, "", []string{"is a folder"}},
		{"old version", old, "", []string{old, "1.10.0"}},
		{"old version in variable", "", old, []string{old, "1.10.0"}},
	}
	for _, test := range tests {
		t.Setenv(PathVariable, test.variable)
		_, err := Find(t.Context(), test.flag)
		if !errors.Is(err, ErrNoLibrary) {
			t.Errorf("%s: error %v does not match ErrNoLibrary", test.name, err)
			continue
		}
		for _, s := range test.says {
			if !strings.Contains(err.Error(), s) {
				t.Errorf("%s: error %q does not say %q", test.name, err, s)
			}
		}
	}
}

func TestFindNothing(t *testing.T) {
	cache := fakeCache(t)
	for _, c := range unnamed() {
		if c.Source != FromCache && c.Err == nil {
			if _, err := Probe(t.Context(), c.Path); err == nil {
				t.Skipf("this system has a library of its own: %s", c.Path)
			}
		}
	}
	_, err := Find(t.Context(), "")
	if !errors.Is(err, ErrNoLibrary) || !strings.Contains(err.Error(), "run 'sharewise runtime install'") {
		t.Errorf("empty cache: error %v", err)
	}
	if strings.Contains(err.Error(), cache) {
		t.Errorf("error %q names folders where nothing is", err)
	}
	damaged := putInCache(t, cache, Version)
	if err := os.Truncate(damaged, 1); err != nil {
		t.Fatal(err)
	}
	if _, err = Find(t.Context(), ""); !errors.Is(err, ErrNoLibrary) || !strings.Contains(err.Error(), damaged) {
		t.Errorf("damaged library: error %v", err)
	}
}

func TestSearch(t *testing.T) {
	cache := fakeCache(t)
	old := compile(t, oldRuntime)
	t.Setenv(PathVariable, old)
	all := Search(t.Context(), "/no/such/file")
	var sources []Source
	for _, c := range all {
		if !slices.Contains(sources, c.Source) {
			sources = append(sources, c.Source)
		}
		if (c.Info == nil) == (c.Err == nil) {
			t.Errorf("%s %s: info %v, error %v", c.Source, c.Path, c.Info, c.Err)
		}
	}
	if want := []Source{FromFlag, FromEnvironment, FromCache, FromProgram, FromSystem}; !slices.Equal(sources, want) {
		t.Errorf("sources %v, want %v", sources, want)
	}
	if _, err := Choose(all); !errors.Is(err, ErrNoLibrary) || !strings.Contains(err.Error(), "/no/such/file") {
		t.Errorf("choice: error %v", err)
	}
	works := []Candidate{{Source: FromCache, Err: errors.New("no")}, {Source: FromProgram, Path: "p", Info: &Info{}}, {Source: FromSystem, Info: &Info{}}}
	if c, err := Choose(works); err != nil || c.Path != "p" {
		t.Errorf("choice %+v, error %v", c, err)
	}
	if c := all[2]; c.Source != FromCache || !strings.HasPrefix(c.Path, cache) || c.Err.Error() != "not installed" {
		t.Errorf("cache: %+v", c)
	}
}

func TestCacheDir(t *testing.T) {
	t.Setenv("SHAREWISE_CACHE", "")
	home := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", home)
	if runtime.GOOS == "linux" {
		if got, err := CacheDir(); err != nil || got != filepath.Join(home, "sharewise") {
			t.Errorf("cache %s, error %v", got, err)
		}
	}
	t.Setenv("SHAREWISE_CACHE", home)
	if got, err := CacheDir(); err != nil || got != home {
		t.Errorf("cache %s, error %v", got, err)
	}
}

func TestCompareVersions(t *testing.T) {
	sorted := []string{"1.9.0", "1.29.0", "1.29.1", "1.30", "1.30.0", "1.30.0-rc1", "2.0.0"}
	for i := range sorted {
		for j := range sorted {
			got := compareVersions(sorted[i], sorted[j])
			if want := cmp.Compare(i, j); got != want {
				t.Errorf("compareVersions(%s, %s) = %d, want %d", sorted[i], sorted[j], got, want)
			}
		}
	}
}
