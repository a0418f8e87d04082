package layout

import (
	"fmt"
	"os"
	"time"
)

// Watched is a file as it was last seen with the content that was read.
type Watched struct {
	path   string
	sha256 string
	info   os.FileInfo
	// settled says that info was taken well after the file was written, so that what is
	// written since has another time.
	settled bool
	// mapped says that what is written to the file is seen at once.
	mapped bool
}

// Coarse is what the times of file systems may be off by.
const Coarse = 2 * time.Second

// Watch takes down what a plain file is that was begun to be read at a time, and had a
// SHA-256 then. It is nil for what is no plain file, or cannot be looked at.
func Watch(path, sha256 string, began time.Time) *Watched {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	return &Watched{path: path, sha256: sha256, info: info, settled: began.Sub(info.ModTime()) > Coarse}
}

// Map notes that the file stays mapped into memory: what is written to it is seen at once, and was seen
// even where the file is by now what it was. It returns w, which may be nil.
func (w *Watched) Map() *Watched {
	if w != nil {
		w.mapped = true
	}
	return w
}

// Mapped reports whether the file stays mapped.
func (w *Watched) Mapped() bool { return w.mapped }

// SHA256 is that of the file as it was read, in hexadecimal.
func (w *Watched) SHA256() string { return w.sha256 }

// Path is that of the file.
func (w *Watched) Path() string { return w.path }

// Changed says, as what follows the name, how the file has changed since it was read;
// empty where it has not. It looks at size and time and hashes the file where these are
// others; with thorough set it always does. One that stays mapped must not have been written to
// either, but for what came in another one's place. Errors are those of the file system.
func (w *Watched) Changed(thorough bool) (string, error) {
	info, err := os.Stat(w.path)
	if err != nil {
		return "", err
	}
	same := info.Size() == w.info.Size() && info.ModTime().Equal(w.info.ModTime()) && os.SameFile(info, w.info)
	if same && w.settled && !thorough {
		return "", nil
	}
	if info.Size() != w.info.Size() {
		return fmt.Sprintf("has changed since it was read: it had %d bytes and has %d", w.info.Size(), info.Size()), nil
	}
	sum, err := HashFile(w.path)
	if err != nil {
		return "", err
	}
	if sum != w.sha256 {
		return "has changed since it was read: its SHA-256 was " + w.sha256 + " and is " + sum, nil
	}
	if w.mapped && os.SameFile(info, w.info) && !info.ModTime().Equal(w.info.ModTime()) {
		return "was written to while it was in use, though it is now what it was", nil
	}
	w.info, w.settled = info, time.Since(info.ModTime()) > Coarse
	return "", nil
}
