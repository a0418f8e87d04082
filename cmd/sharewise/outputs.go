package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/datafile"
	"github.com/sharewise/sharewise/analysis/drafting"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/replacement"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio"
)

// output is a file or a new folder that a flag names and that a command writes.
type output struct {
	flag, path string
	// own is where in a results folder the command keeps this output, and no other does:
	// OUT/report.html of 'report'; empty where there is no such place.
	own string
	// renews reports whether what stands at the path is an earlier output of the same kind,
	// which may take the place of inputs that are renewable; nil: nothing is.
	renews func(path string) bool
}

// input is a file or folder that a command reads.
type input struct {
	path string
	what string // it is, such as "data of domain mill"
	// renewable says that an output may replace the input, or a file of it, which the output
	// renews.
	renewable bool
	// unseen says of a folder that the command does not look through it, and that it may be
	// too large to: links in it are not followed to the output.
	unseen bool
}

// spare is the guard of all commands that write where a flag says, and is called before
// anything is written. It refuses two outputs that are one file, and outputs that would take
// the place of what the command reads, of files in folders that it reads, or of what belongs to
// a folder of results. Files are told by what they are, so that links to them are recognised.
// Folders that are replaced are looked after by package replacement, see keptOf.
func (a *app) spare(outputs []output, inputs ...input) error {
	outputs = slices.DeleteFunc(slices.Clone(outputs), func(o output) bool { return o.path == "" })
	inputs = append(slices.Clone(inputs), input{path: a.library, what: "the ONNX Runtime library"})
	for i, o := range outputs {
		for _, other := range outputs[:i] {
			if oneFile(o.path, other.path) {
				return usagef("%s and %s name one file, %s, and one of the two would be lost; name two files", other.flag, o.flag, o.path)
			}
		}
		if err := o.spares(inputs); err != nil {
			return err
		}
	}
	return nil
}

// spares refuses an output that would replace an input, or what belongs to a results folder.
func (o output) spares(inputs []input) error {
	there, err := os.Stat(o.path)
	if err == nil && !there.IsDir() && !there.Mode().IsRegular() {
		return nil // a pipe or a device is written to, and never replaced
	}
	ours := o.own != "" && whole(o.own) == whole(o.path)
	if err == nil && !there.IsDir() { // a folder is refused by whoever would write a file there
		for _, in := range inputs {
			how := in.meets(o.path, there)
			if in.renewable && o.renews != nil && o.renews(o.path) || ours && how == amongFiles {
				continue
			}
			switch how {
			case nothing:
			case itself:
				return usagef("%s %s is %s: it is read, and would be lost; name another one", o.flag, o.path, in.what)
			case amongFiles:
				return usagef("%s %s stands in %s, %s: it is read, and would be lost; name another one", o.flag, o.path, in.path, in.what)
			}
		}
	}
	for _, path := range []string{o.path, whole(o.path)} {
		owner, ok := layout.OwnerOf(path)
		if !ok || ours {
			continue
		}
		return usagef("%s %s: %s belongs to the results in %s, and what is there would be lost; name another one", o.flag, o.path, owner.Owned(path), shorter(string(owner)))
	}
	return nil
}

// How an output that is there and an input meet.
type meeting int

const (
	nothing    meeting = iota
	itself             // they are one
	amongFiles         // the output is among the files of the input, a folder
)

// meets says how an output that is there and the input meet.
func (in input) meets(path string, there fs.FileInfo) meeting {
	if in.path == "" {
		return nothing
	}
	info, err := os.Stat(in.path)
	switch {
	case err != nil:
		return nothing
	case os.SameFile(info, there):
		return itself
	case info.IsDir() && (within(in.path, path) || !in.unseen && linked(in.path, there)):
		return amongFiles
	}
	return nothing
}

// within reports whether a file stands in a folder or one below it.
func within(dir, file string) bool {
	below, err := filepath.Rel(whole(dir), whole(file))
	return err == nil && below != ".." && !strings.HasPrefix(below, ".."+string(filepath.Separator))
}

// linked reports whether a file is one of those in a folder by another name: through a link in
// the folder, or by a hard link.
func linked(dir string, file fs.FileInfo) bool {
	found := false
	_, _ = datafile.Walk(dir, func(_ string, e fs.DirEntry) error { // a folder that cannot be read fails where it is
		if e.IsDir() {
			return nil
		}
		if info, err := e.Info(); err == nil && os.SameFile(info, file) {
			found = true
			return fs.SkipAll
		}
		return nil
	})
	return found
}

// oneFile reports whether two paths, at which nothing need be, lead to one file or folder. What
// is written to several times at once, such as /dev/null, is none.
func oneFile(a, b string) bool {
	one, errOne := os.Stat(a)
	other, errOther := os.Stat(b)
	if errOne == nil && errOther == nil {
		return os.SameFile(one, other) && (one.IsDir() || one.Mode().IsRegular())
	}
	return whole(a) == whole(b)
}

// whole is a path from the root of the file system, with links followed as far as they lead
// to something.
func whole(path string) string {
	path = filelimit.Absolute(path)
	const most = 40 // links that lead to each other
	for range most {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			return real
		}
		next, err := os.Readlink(path)
		if err != nil {
			break
		}
		if !filepath.IsAbs(next) {
			next = filepath.Join(filepath.Dir(path), next)
		}
		path = next
	}
	if dir := filepath.Dir(path); dir != path {
		return filepath.Join(whole(dir), filepath.Base(path))
	}
	return path
}

// shorter is a path from the working folder where it is below that.
func shorter(path string) string {
	here, err := filepath.Abs(".")
	if err != nil {
		return path
	}
	if below, err := filepath.Rel(here, path); err == nil && filepath.IsLocal(below) {
		return below
	}
	return path
}

// readsOfStudy are the files and folders that a study reads, with the weights beside models.
func readsOfStudy(s *study.Study) []input {
	var reads []input
	for _, r := range s.Reads() {
		reads = append(reads, input{path: r.Path, what: r.String(), renewable: r.Key == study.ExcludeKey, unseen: r.Key == study.CommandKey})
		if r.Key == study.ModelKey {
			reads = append(reads, besideModel(r.Path)...)
		}
	}
	return reads
}

// readsOfData are those of data that a flag names: a study file with all that it names, or a
// file or folder.
func readsOfData(data string) []input {
	if data == "" {
		return nil
	}
	reads := []input{{path: data, what: "the data"}}
	if drafting.IsStudy(data) {
		reads[0].what = "the study file"
	}
	if folder, err := isFolder(data); folder || err != nil {
		return reads
	}
	s, err := drafting.Open(data)
	if err != nil {
		return reads // said where it is read
	}
	return append(reads, readsOfStudy(s)...)
}

// readsOfModels are files of models, with the weights beside them.
func readsOfModels(files ...string) []input {
	var reads []input
	for _, file := range files {
		reads = append(append(reads, input{path: file, what: "the model"}), besideModel(file)...)
	}
	return reads
}

// besideModel are the files with weights of a model that stand beside it.
func besideModel(file string) []input {
	files, err := onnxio.FilesOf(file)
	if err != nil {
		return nil // said where it is read
	}
	var reads []input
	for _, beside := range files[1:] {
		reads = append(reads, input{path: beside, what: "the weights of " + file})
	}
	return reads
}

// readsOfResults are what commands on the results of a study read: the folder with all that is
// in it, and what the study reads.
func readsOfResults(folder layout.Folder) []input {
	return append(readsOfPlan(folder), input{path: string(folder), what: "the results", renewable: true})
}

// readsOfPlan are what the study of a results folder reads, as its file is now and as its runs
// were planned.
func readsOfPlan(folder layout.Folder) []input {
	var reads []input
	plan, err := folder.ReadPlan()
	if err == nil { // what is at URLs is fetched for nothing: no output can be there
		if plan.File != "" && !study.IsURL(plan.File) {
			reads = append(reads, readsOfData(plan.File)...)
		}
		for _, d := range plan.Domains {
			for _, s := range d.Sources {
				if !study.IsURL(s.Path) {
					reads = append(reads, input{path: plan.SourcePath(s), what: "data of domain " + d.Name})
				}
			}
		}
		for _, f := range plan.Files { // among them a list of samples to leave out
			if !study.IsURL(f.Path) {
				reads = append(reads, input{path: plan.SourcePath(f.Source), what: f.What, renewable: true})
			}
		}
	}
	return reads
}

// spareInputs refuses a folder for results where files that the study reads stand in the
// places of results, which would be written over. Models may stand there: a study may go on
// from what was trained.
func spareInputs(folder layout.Folder, s *study.Study) error {
	at := layout.Folder(whole(string(folder)))
	for _, r := range s.Reads() {
		entry := at.Owned(whole(r.Path))
		if entry == "" || r.Key == study.ModelKey {
			continue
		}
		if _, err := os.Stat(r.Path); err == nil {
			return usagef("%s is %s, and stands where results go in %s: it is read, and would be lost; name another folder for the results by -o, or move %s", r.Path, r, folder, entry)
		}
	}
	return nil
}

// keptOf are the files and folders that an export of a results folder into dir may not
// replace: those of the folder itself and of any that dir lies in, the study and what it reads.
// studies are further study files.
func keptOf(folder layout.Folder, dir string, studies ...string) []string {
	kept := append(folder.Own(), keptAround(dir)...)
	reads := readsOfPlan(folder)
	for _, file := range studies {
		reads = append(reads, readsOfData(file)...)
	}
	for _, in := range reads {
		kept = append(kept, in.path)
	}
	return kept
}

// keptAround is what sharewise keeps in the results folders that a folder lies in.
func keptAround(dir string) []string {
	var kept []string
	for above := filepath.Dir(whole(dir)); ; above = filepath.Dir(above) {
		if _, err := os.Stat(layout.Folder(above).Plan()); err == nil {
			kept = append(kept, layout.Folder(above).Own()...)
		}
		if above == filepath.Dir(above) {
			return kept
		}
	}
}

// folderError tells what stands where a folder is to go.
func folderError(command, dir string, err error) error {
	switch {
	case errors.Is(err, fs.ErrExist):
		return usagef("%s: %s exists; name another folder, or give --force to replace it", command, dir)
	case errors.Is(err, replacement.ErrForeign):
		return usagef("%s: --force replaces nothing but what this command wrote: %w", command, err)
	}
	return err
}
