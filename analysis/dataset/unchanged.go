package dataset

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/sharewise/sharewise/analysis/layout"
)

// inputs are the files that a domain was read from, as they were then.
type inputs struct {
	mu    sync.Mutex
	files []input // as Domain.Sources; without a path where there is no plain file
}

// input is a file as it was last seen with the content that was read.
type input struct {
	path   string
	sha256 string
	info   os.FileInfo
	// settled says that info was taken well after the file was written, so that what is
	// written since has another time. Clocks of file systems are coarse.
	settled bool
}

// coarse is what the times of file systems may be off by.
const coarse = 2 * time.Second

// inputsOf takes down what a domain was read from.
func (s *source) inputsOf() *inputs {
	in := &inputs{files: make([]input, len(s.sources))}
	for i, src := range s.sources {
		if s.samples[src.Path] != nil {
			continue // of the program
		}
		path := s.study.Path(src.Path)
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() {
			continue // a folder, whose images were copied
		}
		in.files[i] = input{path, src.SHA256, info, s.began.Sub(info.ModTime()) > coarse}
	}
	return in
}

// Unchanged makes sure that the files that the domain was read from are still what they
// were: a mapped file that was overwritten shows other samples under the same identity.
// It looks at size and time, and reads a file anew where these have changed; with
// thorough set it reads all. Folders are not looked at: what is in them was copied.
// The error is an [*Error] that names the file, or that of ctx.
func (d *Domain) Unchanged(ctx context.Context, thorough bool) error {
	if d.inputs == nil {
		return nil
	}
	d.inputs.mu.Lock()
	defer d.inputs.mu.Unlock()
	for i := range d.inputs.files {
		f := &d.inputs.files[i]
		if f.path == "" {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		what, err := f.changed(thorough)
		if err != nil {
			what = "cannot be read any more: " + err.Error()
		}
		if what != "" {
			return &Error{Domain: d.Name, File: d.Sources[i].Path, Reason: what + "; training may have seen other samples, and its results are not kept. Put the file back, or run again to train on what it holds now"}
		}
	}
	return nil
}

// changed says how a file has changed since it was read; empty where it has not.
func (f *input) changed(thorough bool) (string, error) {
	info, err := os.Stat(f.path)
	if err != nil {
		return "", err
	}
	same := info.Size() == f.info.Size() && info.ModTime().Equal(f.info.ModTime()) && os.SameFile(info, f.info)
	if same && f.settled && !thorough {
		return "", nil
	}
	if info.Size() != f.info.Size() {
		return fmt.Sprintf("has changed since it was read: it had %d bytes and has %d", f.info.Size(), info.Size()), nil
	}
	sum, err := layout.HashFile(f.path)
	if err != nil {
		return "", err
	}
	if sum != f.sha256 {
		return "has changed since it was read: its SHA-256 was " + f.sha256 + " and is " + sum, nil
	}
	f.info, f.settled = info, time.Since(info.ModTime()) > coarse
	return "", nil
}
