package dataset

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"

	_ "golang.org/x/image/bmp"
	_ "golang.org/x/image/webp"
	"golang.org/x/sync/errgroup"

	"github.com/sharewise/sharewise/analysis/filekind"
	"github.com/sharewise/sharewise/analysis/study"
)

// readImages reads a folder with one folder per class. Folders below these are
// part of the class. The order is that of the sorted names.
func (o *opener) readImages(f study.Files) (*store, error) {
	names, err := o.imageNames(f.Path)
	if err != nil {
		return nil, err
	}
	sh, err := o.newShaper()
	if err != nil {
		return nil, err
	}
	groupOf, err := o.grouper(f.Path)
	if err != nil {
		return nil, err
	}
	st := &store{shape: sh.shape()}
	pixels := newSpool[byte](st.size(), o.budget)
	all := sha256.New()
	decoded := make([]decodedImage, decodeAtOnce(st.size(), len(names)))
	for start := 0; start < len(names); start += len(decoded) {
		part := names[start:min(start+len(decoded), len(names))]
		if err := o.decodeAll(f.Path, part, sh, decoded); err != nil {
			return nil, err
		}
		for i, n := range part {
			d := &decoded[i]
			fmt.Fprintf(all, "%s\x00%x\n", n, d.hash)
			group, err := groupOf(n)
			if d.err == nil {
				d.err = err
			}
			if d.err != nil {
				o.bin.add(d.err)
				continue
			}
			class, _, _ := strings.Cut(n, "/")
			if err := pixels.add(d.pixels); err != nil {
				return nil, err
			}
			st.class = append(st.class, class)
			st.member = append(st.member, n)
			if o.d.Split.Group != "" {
				st.group = append(st.group, group)
			}
			st.id = append(st.id, int64(start+i))
		}
	}
	st.part = make([]part, st.rows())
	kept, err := pixels.finish()
	if err != nil {
		return nil, err
	}
	st.pixels = byteImages{kept}
	o.sources = append(o.sources, Source{Path: f.Path, SHA256: hex.EncodeToString(all.Sum(nil))})
	return st, nil
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
	var names []string
	folders := map[string]int{}
	others := newPassed()
	loops, err := walk(root, func(n string, e fs.DirEntry) error {
		hidden := strings.HasPrefix(e.Name(), ".")
		switch {
		case hidden && e.IsDir():
			return fs.SkipDir
		case e.IsDir():
			if !strings.Contains(n, "/") {
				folders[n] = 0
			}
		case hidden:
		case e.Type()&fs.ModeSymlink != 0 && path.Ext(n) == "" && !strings.Contains(n, "/"):
			return &Error{File: dir, Member: n, Reason: "a link that leads nowhere, where a class folder may be meant; mend or remove it"}
		case slices.Contains(besides, strings.ToLower(path.Ext(n))) || path.Ext(n) == "":
			if strings.Contains(n, "/") {
				others.add(n)
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
	for class, n := range folders {
		if n == 0 && (len(o.d.Task.Classes) == 0 || slices.Contains(o.d.Task.Classes, class)) {
			return nil, &Error{File: dir, Member: class, Reason: "a class folder without images"}
		}
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

// decodedImage is what became of one file.
type decodedImage struct {
	pixels []byte // memory is used again for the next file
	hash   [32]byte
	err    *Error
}

// decodeAll decodes files side by side; out has the results by position.
func (o *opener) decodeAll(dir string, names []string, sh *shaper, out []decodedImage) error {
	g, ctx := errgroup.WithContext(o.ctx)
	var next atomic.Int64
	for range runtime.GOMAXPROCS(0) {
		g.Go(func() error {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(names) {
					return nil
				}
				data, err := os.ReadFile(filepath.Join(o.study.Path(dir), filepath.FromSlash(names[i])))
				out[i].hash = sha256.Sum256(data)
				out[i].err = nil
				if err != nil {
					out[i].err = &Error{File: dir, Member: names[i], Reason: unreadable(err)}
				} else if out[i].pixels, err = decodeImage(out[i].pixels[:0], data, sh); err != nil {
					out[i].err = &Error{File: dir, Member: names[i], Reason: err.Error()}
				}
			}
			return ctx.Err()
		})
	}
	return g.Wait()
}

// decodeImage reads one image file and appends its pixels to dst. Its size is looked at first, so that a
// small file cannot ask for much memory.
func decodeImage(dst, data []byte, sh *shaper) ([]byte, error) {
	if len(data) == 0 {
		return nil, errors.New("an empty file")
	}
	c, _, err := image.DecodeConfig(bytes.NewReader(data))
	if errors.Is(err, image.ErrFormat) {
		reason := "not an image: PNG, JPEG, BMP, GIF and WebP are read"
		if what := filekind.Of(data[:min(len(data), filekind.HeadBytes)]); what != "" {
			reason += ", and this is " + what
		}
		return nil, errors.New(reason)
	}
	if err != nil {
		return nil, fmt.Errorf("a damaged image: %w", err)
	}
	if c.Width < 1 || c.Height < 1 || c.Width > maxSide || c.Height > maxSide {
		return nil, fmt.Errorf("an image of %d by %d pixels; the sides must be from 1 to %d", c.Height, c.Width, maxSide)
	}
	m, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("a damaged image: %w", err)
	}
	return sh.appendImage(dst, m)
}
