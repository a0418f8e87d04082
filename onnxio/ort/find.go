package ort

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/sharewise/sharewise/analysis/filelimit"
)

// Source says where a library was looked for.
type Source string

// The sources, in the order in which they are searched. One that the user
// names (the first two) is the only one tried: a wrong path is an error, not
// a reason to take another library.
const (
	FromFlag        Source = "flag"        // the path given to Find or Default
	FromEnvironment Source = "environment" // ONNXRUNTIME_SHARED_LIBRARY_PATH
	FromCache       Source = "cache"       // put there by Install
	FromProgram     Source = "program"     // beside the running program
	FromSystem      Source = "system"      // known folders and the dynamic loader
)

// PathVariable is the environment variable that names the library.
const PathVariable = "ONNXRUNTIME_SHARED_LIBRARY_PATH"

// ProfileVariable is the environment variable that has ONNX Runtime write what
// every node of a session took, when the session is closed: to files whose names
// begin with its value, in the format of Chrome's trace events.
const ProfileVariable = "SHAREWISE_PROFILE"

// Candidate is one place where a library was looked for, and what was found.
type Candidate struct {
	Source Source
	// Path is a file, or a bare name that the dynamic loader resolves.
	Path string
	// Info is set if the library was probed and works.
	Info *Info
	// Err says why the library cannot be used.
	Err error
	// missing is set if there is no such file.
	missing bool
	// installed is set if Install probed the library.
	installed *Installation
}

// given reports whether the user named the candidate.
func (c *Candidate) given() bool { return c.Source == FromFlag || c.Source == FromEnvironment }

// Library is a library to load.
type Library struct {
	Source Source
	Path   string
}

// NotFoundError says that no library could be used and what was tried. It
// matches ErrNoLibrary.
type NotFoundError struct {
	Tried []Candidate
}

func (e *NotFoundError) Error() string {
	if n := len(e.Tried); n > 0 && e.Tried[n-1].given() {
		c := e.Tried[n-1]
		by := " that was given"
		if c.Source == FromEnvironment {
			by = ", given by " + PathVariable + ","
		}
		return fmt.Sprintf("the ONNX Runtime library %s%s cannot be used: %v; correct the path, or leave it out and run 'sharewise runtime install'", c.Path, by, c.Err)
	}
	var found []string
	for _, c := range e.Tried {
		if !c.missing && filepath.IsAbs(c.Path) && c.Err != nil {
			found = append(found, fmt.Sprintf("%s %v", c.Path, c.Err))
		}
	}
	text := ErrNoLibrary.Error()
	if len(found) > 0 {
		text += " (" + strings.Join(found, "; ") + ")"
	}
	return text + ": run 'sharewise runtime install', or 'sharewise runtime doctor' to see what was tried"
}

// Is makes every NotFoundError an ErrNoLibrary.
func (e *NotFoundError) Is(target error) bool { return target == ErrNoLibrary }

// Find returns the library to use. An installed library is taken without a
// further probe, so that commands start fast; others are probed first if this
// program answers probes (see MaybeProbe).
func Find(ctx context.Context, explicit string) (Library, error) {
	return choose(ctx, candidates(explicit), true)
}

// choose returns the first candidate that works. It notes in the others why
// they do not.
func choose(ctx context.Context, all []Candidate, trustInstalled bool) (Library, error) {
	for i := range all {
		c := &all[i]
		trusted := !answersProbes || trustInstalled && c.installed != nil
		if c.Err == nil && !trusted {
			c.Info, c.Err = Probe(ctx, c.Path)
		}
		if c.Err == nil {
			return Library{Source: c.Source, Path: c.Path}, nil
		}
		if err := ctx.Err(); err != nil {
			return Library{}, err
		}
	}
	return Library{}, &NotFoundError{Tried: all}
}

// Search probes every candidate and returns all of them in the order of the
// search, including those that the user's choice rules out. It takes about a
// tenth of a second per library that exists.
func Search(ctx context.Context, explicit string) []Candidate {
	var all []Candidate
	all = append(all, named(explicit)...)
	all = append(all, unnamed()...)
	for i := range all {
		if c := &all[i]; c.Err == nil {
			c.Info, c.Err = Probe(ctx, c.Path)
		}
	}
	return all
}

// Choose returns the candidate among the results of Search that is used: the
// first that the user named, or else the first that works.
func Choose(all []Candidate) (*Candidate, error) {
	if len(all) > 0 && all[0].given() {
		all = all[:1]
	}
	for i := range all {
		if all[i].Info != nil {
			return &all[i], nil
		}
	}
	return nil, &NotFoundError{Tried: all}
}

// candidates lists what Find may choose from.
func candidates(explicit string) []Candidate {
	if c := named(explicit); len(c) > 0 {
		return c[:1]
	}
	return unnamed()
}

// named lists what the user asked for.
func named(explicit string) []Candidate {
	var c []Candidate
	if explicit != "" {
		c = append(c, fileCandidate(FromFlag, explicit))
	}
	if path := os.Getenv(PathVariable); path != "" {
		c = append(c, fileCandidate(FromEnvironment, path))
	}
	return c
}

func unnamed() []Candidate {
	c := cacheCandidates()
	c = append(c, programCandidates()...)
	return append(c, systemCandidates()...)
}

func fileCandidate(source Source, path string) Candidate {
	c := Candidate{Source: source, Path: path}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		c.Err, c.missing = errors.New("no such file"), true
	case err != nil:
		c.Err = err
	case info.IsDir():
		c.Err = errors.New("is a folder; give the library file in it")
	case filelimit.Kind(info.Mode()) != "": // the dynamic loader would wait for who writes to a pipe
		c.Err = fmt.Errorf("is %s; give the library file", filelimit.Kind(info.Mode()))
	default:
		// A bare name would make the dynamic loader search elsewhere.
		c.Path, c.Err = filepath.Abs(path)
	}
	return c
}

func cacheCandidates() []Candidate {
	cache, err := CacheDir()
	if err != nil {
		return []Candidate{{Source: FromCache, Err: err}}
	}
	dirs, err := installedDirs(cache)
	if err != nil {
		return []Candidate{{Source: FromCache, Path: runtimeDir(cache), Err: err}}
	}
	var all []Candidate
	for _, dir := range dirs {
		c := Candidate{Source: FromCache, Path: dir}
		in, err := readInstallation(dir)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			c.Err, c.missing = errors.New("not installed"), true
		case err != nil:
			c.Err = err
		default:
			c.Path, c.installed = in.Library, in
		}
		all = append(all, c)
	}
	return all
}

func programCandidates() []Candidate {
	self, err := os.Executable()
	if err != nil {
		return []Candidate{{Source: FromProgram, Err: err}}
	}
	if real, err := filepath.EvalSymlinks(self); err == nil {
		self = real
	}
	var all []Candidate
	for _, name := range libraryNames() {
		all = append(all, fileCandidate(FromProgram, filepath.Join(filepath.Dir(self), name)))
	}
	return all
}

// systemCandidates lists libraries in the usual folders, each file once, and
// then the bare names that the dynamic loader looks up.
func systemCandidates() []Candidate {
	var all []Candidate
	seen := map[string]bool{}
	for _, dir := range systemDirs() {
		for _, name := range libraryNames() {
			path := filepath.Join(dir, name)
			real, err := filepath.EvalSymlinks(path)
			if err != nil || seen[real] {
				continue
			}
			seen[real] = true
			all = append(all, fileCandidate(FromSystem, path))
		}
	}
	for _, name := range libraryNames() {
		all = append(all, Candidate{Source: FromSystem, Path: name})
	}
	return all
}

func systemDirs() []string {
	switch runtime.GOOS {
	case "windows":
		return []string{filepath.Join(os.Getenv("ProgramFiles"), "onnxruntime", "lib")}
	case "darwin":
		return []string{"/opt/homebrew/lib", "/usr/local/lib", "/opt/local/lib", "/opt/onnxruntime/lib"}
	}
	dirs := []string{"/usr/local/lib", "/usr/lib", "/usr/lib64", "/opt/onnxruntime/lib"}
	if triplet, ok := map[string]string{"amd64": "x86_64-linux-gnu", "arm64": "aarch64-linux-gnu"}[runtime.GOARCH]; ok {
		dirs = append(dirs, "/usr/lib/"+triplet, "/usr/local/lib/"+triplet)
	}
	if path := os.Getenv("LD_LIBRARY_PATH"); path != "" {
		for _, dir := range strings.Split(path, ":") {
			if filepath.IsAbs(dir) {
				dirs = append(dirs, dir)
			}
		}
	}
	return dirs
}
