package dataset

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/study"
)

// listedImages lists the images of a table that the study names, in its order, with
// what its columns say of them.
func (o *opener) listedImages(f study.Files) ([]imageFile, error) {
	folder, loops, err := o.imagesIn(f.Path)
	if err != nil {
		return nil, err
	}
	o.passedOver(f.Path, loops, newPassed(), "images")
	t := o.newTable()
	t.features = []string{o.d.Columns.File}
	x := &imageIndex{table: t, dir: f.Path, folder: folder, line: map[string]int{}, listed: map[string]bool{}}
	if err := t.readFile(f.Index, x.take); err != nil {
		return nil, err
	}
	if len(x.files) == 0 && len(t.elsewhere) > 0 && o.bin.count == 0 {
		return nil, t.nothingMatches(f.Index)
	}
	others := newPassed()
	for name := range folder.all {
		if !x.listed[name] {
			others.add(name)
		}
	}
	if others.total() > 0 {
		o.notef("images in %s that %s does not list are left out: %s", f.Path, f.Index, others)
	}
	if o.classifies() && len(o.d.Task.Classes) > 0 {
		// Images of other classes need not be decoded.
		x.files = slices.DeleteFunc(x.files, func(i imageFile) bool { return !slices.Contains(o.d.Task.Classes, i.class) })
	}
	return x.files, nil
}

// imageFolder is the files of a folder, by what a table may call them.
type imageFolder struct {
	all    map[string]bool   // names below the folder
	byStem map[string]string // without endings
	byBase map[string]string // without folders; "" where several have this name
}

// imagesIn lists the images below a folder.
func (o *opener) imagesIn(dir string) (f imageFolder, loops []string, err error) {
	f = imageFolder{map[string]bool{}, map[string]string{}, map[string]string{}}
	loops, err = walk(o.study.Path(dir), func(n string, e fs.DirEntry) error {
		switch {
		case strings.HasPrefix(e.Name(), ".") && e.IsDir():
			return fs.SkipDir
		case e.IsDir() || !isImage(n):
			return nil
		}
		f.all[n] = true
		f.name(f.byStem, strings.TrimSuffix(n, path.Ext(n)), n)
		f.name(f.byBase, path.Base(n), n)
		return nil
	})
	if err != nil {
		return f, nil, missingFile(dir, err)
	}
	return f, loops, nil
}

// name remembers a name, unless two files have it.
func (f imageFolder) name(names map[string]string, key, n string) {
	if _, taken := names[key]; taken {
		n = ""
	}
	names[key] = n
}

// find returns the file that a table calls so: by its name, without its ending, or
// in another folder; "" for none.
func (f imageFolder) find(called string) string {
	n := path.Clean(strings.ReplaceAll(called, "\\", "/"))
	if f.all[n] {
		return n
	}
	if found := f.byStem[n]; found != "" {
		return found
	}
	return f.byBase[path.Base(n)]
}

// imageIndex takes the rows of a table of images.
type imageIndex struct {
	*table
	dir    string
	folder imageFolder
	files  []imageFile
	line   map[string]int // by image, of the domain
	listed map[string]bool
}

// take adds the image of a row.
func (x *imageIndex) take(p string, r row) error {
	t := x.table
	at := t.roles.features[0]
	name := ""
	if r.err == nil && at < len(r.fields) {
		name = x.folder.find(strings.TrimSpace(r.fields[at]))
		x.listed[name] = true
	}
	id, own := t.ownRow(p, &r)
	if !own {
		return nil
	}
	fields, bad := r.fields, func(column, value, reason string) { t.badRow(p, r, column, value, reason) }
	column := t.roles.columns[at]
	switch {
	case strings.TrimSpace(fields[at]) == "":
		bad(column, "", missingValue)
		return nil
	case name == "":
		bad(column, fields[at], "no such image in "+x.dir)
		return nil
	case x.line[name] > 0:
		bad(column, fields[at], fmt.Sprintf("the image is listed in line %d already", x.line[name]))
		return nil
	}
	st := t.st
	targets := len(st.target)
	e := t.appendTargets(t.roles, fields)
	if e == nil {
		e = t.texts(t.roles, fields)
	}
	if e != nil {
		st.target = st.target[:targets]
		bad(e.Column, e.Value, e.Reason)
		return nil
	}
	x.line[name] = r.line
	image := imageFile{name: name, id: id, part: st.part[len(st.part)-1], target: slices.Clone(st.target[targets:])}
	if t.roles.label >= 0 {
		image.class = st.class[len(st.class)-1]
	}
	if t.roles.group >= 0 {
		image.group = st.group[len(st.group)-1]
	} else if x.d.Split.Group != "" {
		groupOf, err := x.grouper(x.dir)
		if err != nil {
			return err
		}
		group, e := groupOf(name)
		if e != nil {
			x.bin.add(e)
			return nil
		}
		image.group = group
	}
	x.files = append(x.files, image)
	return nil
}
