package dataset

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/sharewise/sharewise/analysis/imagefile"
	"github.com/sharewise/sharewise/analysis/study"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// imageFile is an image to be read, with what is known of it beforehand.
type imageFile struct {
	name   string // below the folder of the data
	id     int64
	class  string // "" where targets are predicted
	group  string
	part   part
	target []float64
}

// readImages reads a folder with one folder per class, in the order of the sorted
// names, or the images that a table lists, in its order.
func (o *opener) readImages(f study.Files) (*store, error) {
	list := o.folderImages
	if f.Index != "" {
		list = o.listedImages
	}
	files, err := list(f)
	if err != nil {
		return nil, err
	}
	sh, err := o.newShaper()
	if err != nil {
		return nil, err
	}
	st := &store{shape: sh.shape()}
	kept := newImageStore(st.size(), o.budget)
	all := sha256.New()
	decoded := make([]decodedImage, decodeAtOnce(st.size(), len(files)))
	for start := 0; start < len(files); start += len(decoded) {
		part := files[start:min(start+len(decoded), len(files))]
		if err := o.decodeAll(f.Path, part, sh, decoded); err != nil {
			return nil, err
		}
		for i, image := range part {
			d, n := &decoded[i], image.name
			fmt.Fprintf(all, "%s\x00%x\n", n, d.hash)
			if d.err == nil {
				if d.err, err = kept.add(d); err != nil {
					return nil, err
				}
			}
			if d.err != nil {
				d.err.File, d.err.Member = f.Path, n
				o.bin.add(d.err)
				continue
			}
			o.looks.add(d.looks(sh), n)
			if o.classifies() {
				st.class = append(st.class, image.class)
			}
			st.member = append(st.member, n)
			if o.grouped() {
				st.group = append(st.group, image.group)
			}
			st.target = append(st.target, image.target...)
			st.part = append(st.part, image.part)
			st.id = append(st.id, image.id)
		}
	}
	if err := kept.finish(st); err != nil {
		return nil, err
	}
	if kept.widened > 0 {
		o.notef("%d images of 8 bits count from 0 to 65535, since others have 16 bits", kept.widened)
	}
	o.sources = append(o.sources, Source{Path: f.Path, SHA256: hex.EncodeToString(all.Sum(nil))})
	return st, nil
}

// classifies reports whether samples have classes.
func (o *opener) classifies() bool {
	return o.d.Task.Kind != study.Regression && o.d.Task.Kind != study.Multilabel
}

// grouped reports whether the study names groups of images.
func (o *opener) grouped() bool {
	return o.d.Split.Group != "" || o.d.Columns != nil && o.d.Columns.Group != ""
}

// folderImages lists the images in class folders. Folders below these are part
// of the class.
func (o *opener) folderImages(f study.Files) ([]imageFile, error) {
	names, err := o.imageNames(f.Path)
	if err != nil {
		return nil, err
	}
	groupOf, err := o.grouper(f.Path)
	if err != nil {
		return nil, err
	}
	var out []imageFile
	for i, n := range names {
		group, bad := groupOf(n)
		if bad != nil {
			o.bin.add(bad)
			continue
		}
		class, _, _ := strings.Cut(n, "/")
		out = append(out, imageFile{name: n, id: int64(i), class: class, group: group})
	}
	return out, nil
}

// grouper returns the function that finds the group in an image's name, which
// is class/file.
func (o *opener) grouper(dir string) (func(string) (string, *Error), error) {
	if o.d.Split.Group == "" {
		return func(string) (string, *Error) { return "", nil }, nil
	}
	return matcher(dir, "split.group", o.d.Split.Group)
}

// besides are endings of files that lie beside images and are none.
var besides = []string{".txt", ".md", ".json", ".csv", ".tsv", ".xml", ".yaml", ".yml", ".ini", ".db", ".html", ".pdf"}

// imageNames lists the images of a folder as class/name, sorted.
func (o *opener) imageNames(dir string) ([]string, error) {
	root := o.study.Path(dir)
	info, err := os.Stat(root)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, &Error{File: dir, Reason: "no such folder; relative paths start in the folder of the study file"}
	case err != nil:
		return nil, fmt.Errorf("dataset: %w", err)
	case !info.IsDir():
		return nil, &Error{File: dir, Reason: "a file, where a folder of class folders must stand"}
	}
	var names, unread []string
	folders := map[string]int{}
	others := datafile.NewPassed()
	loops, err := datafile.Walk(root, func(n string, e fs.DirEntry) error {
		hidden := strings.HasPrefix(e.Name(), ".")
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
	o.passedOver(dir, loops, others, "images")
	if len(folders) == 0 {
		return nil, &Error{File: dir, Reason: "no class folders; each class has a folder with its images"}
	}
	for _, class := range slices.Sorted(maps.Keys(folders)) {
		if folders[class] == 0 && (len(o.d.Task.Classes) == 0 || slices.Contains(o.d.Task.Classes, class)) {
			e := &Error{File: dir, Member: class, Reason: "a class folder without images"}
			if i := slices.IndexFunc(unread, func(n string) bool { return strings.HasPrefix(n, class+"/") }); i >= 0 {
				e.Reason = fmt.Sprintf("a class folder without images that are read; %s is %s: save as PNG, TIFF or JPEG", path.Base(unread[i]), imagefile.Unread(unread[i]))
			}
			return nil, e
		}
	}
	if len(unread) > 0 {
		o.notef("%d files are left out, since %s is not read: %s", len(unread), unreadKinds(unread), datafile.List(unread))
	}
	if c := o.d.Task.Classes; len(c) > 0 {
		// Images of other classes need not be decoded.
		names = slices.DeleteFunc(names, func(n string) bool {
			class, _, _ := strings.Cut(n, "/")
			return !slices.Contains(c, class)
		})
	}
	slices.Sort(names)
	return names, nil
}

// decodeAtOnce is the number of images that are decoded between two times of
// putting them away: enough to keep all cores busy, and 32 MiB at most as long
// as that is more than one image per core.
func decodeAtOnce(size, images int) int {
	const most, bytes = 1024, 32 << 20
	return max(1, min(images, most, max(runtime.GOMAXPROCS(0), bytes/size)))
}

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

// decodedImage is what became of one file.
type decodedImage struct {
	head    imagefile.Head
	clear   bool      // some of it is transparent
	pixels  []byte    // of 8 bits; memory is used again for the next file
	numbers []float32 // of others; again too
	hash    [32]byte
	err     *Error
}

// decodeAll decodes files side by side; out has the results by position.
func (o *opener) decodeAll(dir string, files []imageFile, sh *shaper, out []decodedImage) error {
	g, ctx := errgroup.WithContext(o.ctx)
	var next atomic.Int64
	for range runtime.GOMAXPROCS(0) {
		g.Go(func() error {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(files) {
					return nil
				}
				data, err := os.ReadFile(filepath.Join(o.study.Path(dir), filepath.FromSlash(files[i].name)))
				out[i].hash = sha256.Sum256(data)
				out[i].err = nil
				if err != nil {
					out[i].err = &Error{Reason: datafile.Unreadable(err)}
				} else if err := out[i].decode(data, sh); err != nil {
					out[i].err = &Error{Reason: err.Error()}
				}
			}
			return ctx.Err()
		})
	}
	return g.Wait()
}

// decode reads one image file and brings it to the study's shape.
func (d *decodedImage) decode(data []byte, sh *shaper) error {
	p, err := imagefile.Decode(data)
	if err != nil {
		return err
	}
	d.head = p.Head
	switch {
	case p.Depth == imagefile.Uint8:
		d.pixels, d.clear, err = sh.appendImage(d.pixels[:0], p.Pixels, view{p.Orientation, p.Profile})
	case p.Depth == imagefile.Float32 && sh.invert:
		err = errors.New("an image of numbers (float32) has no white that invert could make black")
	default:
		d.numbers, d.clear, err = sh.appendNumbers(d.numbers[:0], p)
	}
	return err
}
