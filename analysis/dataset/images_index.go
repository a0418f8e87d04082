package dataset

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/study"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// listedImages lists the images of a table that the study names, in its order, with
// what its columns say of them.
func (r *imageReader) listedImages(f study.Files) ([]imageFile, error) {
	folder, loops, err := datafile.FilesIn(f.Path, r.study.Path(f.Path), datafile.IsImage)
	if err != nil {
		return nil, err
	}
	r.passedOver(f.Path, loops, datafile.NewPassed(), "images")
	t := r.newTable()
	t.features = []string{r.d.Columns.File}
	x := &imageIndex{table: t, dir: f.Path, folder: folder, line: map[string]int{}, listed: map[string]bool{}}
	if err := t.readFile(f.Index, x.take); err != nil {
		return nil, err
	}
	if len(x.files) == 0 && len(t.elsewhere) > 0 && r.bin.count == 0 {
		return nil, t.nothingMatches(f.Index)
	}
	others := datafile.NewPassed()
	for name := range folder.All {
		if !x.listed[name] {
			others.Add(name)
		}
	}
	if others.Total() > 0 {
		r.notef("images in %s that %s does not list are left out: %s", f.Path, f.Index, r.passed(others))
	}
	if r.classifies() && len(r.d.Task.Classes) > 0 {
		// Images of other classes need not be decoded.
		x.files = slices.DeleteFunc(x.files, func(i imageFile) bool { return !slices.Contains(r.d.Task.Classes, i.class) })
	}
	return x.files, nil
}

// imageIndex takes the rows of a table of images.
type imageIndex struct {
	*table
	dir    string
	folder datafile.NamedFiles
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
		name = x.folder.Find(strings.TrimSpace(r.fields[at]))
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
		bad(column, "", datafile.MissingValue)
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
		e = t.labels(t.roles, fields)
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
