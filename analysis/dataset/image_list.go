package dataset

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/datafile"
	"github.com/sharewise/sharewise/analysis/imagefile"
	"github.com/sharewise/sharewise/analysis/study"
)

// imageFile is an image to be read, with the class, group and split that its folder or
// a table gives it.
type imageFile struct {
	name   string // below the folder of the data
	id     int64
	class  string // "" where targets are predicted
	group  string
	part   part
	target []float64
}

// folderImages lists the images in class folders. Folders below these are part
// of the class.
func (r *imageReader) folderImages(f study.Files) ([]imageFile, error) {
	names, err := r.imageNames(f.Path)
	if err != nil {
		return nil, err
	}
	groupOf, err := r.grouper(f.Path)
	if err != nil {
		return nil, err
	}
	var out []imageFile
	for i, n := range names {
		group, bad := groupOf(n)
		if bad != nil {
			r.bin.add(bad)
			continue
		}
		class, _, _ := strings.Cut(n, "/")
		out = append(out, imageFile{name: n, id: int64(i), class: class, group: group})
	}
	return out, nil
}

// imageNames lists the images of a folder as class/name, sorted.
func (r *imageReader) imageNames(dir string) ([]string, error) {
	root, err := r.classFolders(dir)
	if err != nil {
		return nil, err
	}
	var names, unread []string
	folders := map[string]int{}
	others := datafile.NewPassed()
	loops, err := datafile.Walk(root, func(n string, e fs.DirEntry) error {
		hidden := datafile.Hidden(e.Name())
		switch {
		case hidden && e.IsDir():
			return fs.SkipDir
		case e.IsDir():
			if !strings.Contains(n, "/") {
				folders[n] = 0
			}
		case hidden:
		case imagefile.Unread(n) != "":
			unread = append(unread, n)
		case e.Type()&fs.ModeSymlink != 0 && path.Ext(n) == "" && !strings.Contains(n, "/"):
			return &Error{File: dir, Member: n, Reason: "a link that leads nowhere, where a class folder may be meant; mend or remove it"}
		case slices.Contains(besides, strings.ToLower(path.Ext(n))) || path.Ext(n) == "":
			if strings.Contains(n, "/") {
				others.Add(n)
			}
		case !strings.Contains(n, "/"):
			return &Error{File: dir, Member: n, Reason: "an image outside the class folders"}
		default:
			class, _, _ := strings.Cut(n, "/")
			folders[class]++
			names = append(names, n)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	r.passedOver(dir, loops, others, "images")
	if len(folders) == 0 {
		return nil, &Error{File: dir, Reason: "no class folders; each class has a folder with its images"}
	}
	for _, class := range slices.Sorted(maps.Keys(folders)) {
		if folders[class] == 0 && asksFor(r.d.Task.Classes, class) {
			e := &Error{File: dir, Member: class, Reason: "a class folder without images"}
			if i := slices.IndexFunc(unread, func(n string) bool { return strings.HasPrefix(n, class+"/") }); i >= 0 {
				e.Reason = fmt.Sprintf("a class folder without images that are read; %s is %s: save as PNG, TIFF or JPEG", path.Base(unread[i]), imagefile.Unread(unread[i]))
			}
			return nil, e
		}
	}
	if len(unread) > 0 {
		r.notef("%d files are left out, since %s is not read: %s", len(unread), unreadKinds(unread), r.listed(unread))
	}
	return r.askedFor(names), nil
}

// besides are endings of files that often lie beside images and are no images.
var besides = []string{".txt", ".md", ".json", ".csv", ".tsv", ".xml", ".yaml", ".yml", ".ini", ".db", ".html", ".pdf"}

// unreadKinds lists what files are, each kind once.
func unreadKinds(files []string) string {
	var kinds []string
	for _, f := range files {
		if k := imagefile.Unread(f); !slices.Contains(kinds, k) {
			kinds = append(kinds, k)
		}
	}
	slices.Sort(kinds)
	return strings.Join(kinds, ", ")
}

// grouper returns the function that finds the group in an image's name, which
// is class/file.
func (s *source) grouper(dir string) (func(string) (string, *Error), error) {
	if s.d.Split.Group == "" {
		return func(string) (string, *Error) { return "", nil }, nil
	}
	return matcher(dir, "split.group", s.d.Split.Group)
}
