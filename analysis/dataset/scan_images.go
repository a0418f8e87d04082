package dataset

import (
	"fmt"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/study"
)

// put stores where the data of a split is.
func (f *find) put(p part, files study.Files) {
	switch p {
	case inTest:
		f.test = &files
	case inVal:
		f.val = &files
	default:
		f.data = &files
	}
}

// complete makes sure that there is data to train on.
func (f *find) complete() {
	if f.data == nil && f.val != nil {
		f.data, f.val = f.val, nil
	}
	if f.data == nil {
		f.data, f.test = f.test, nil
	}
}

var (
	idxWords     = regexp.MustCompile(`(?i)(images?|labels?|idx[0-9]?|ubyte|\.gz$)`)
	nameSplit    = regexp.MustCompile(`[-_. ]+`)
	imageEndings = []string{".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp"}
)

// scanIDX finds pairs of IDX files and returns the other files.
func (s *scanner) scanIDX(dir string, files []string) []string {
	var rest []string
	type pair struct {
		files study.Files
		dims  []int
	}
	type key struct {
		domain string
		part   part
	}
	pairs := map[key]*pair{}
	var order []key
	for _, name := range files {
		dims := probeIDX(filepath.Join(dir, name))
		if dims == nil {
			rest = append(rest, name)
			continue
		}
		k := key{part: undecided}
		var words []string
		for _, w := range nameSplit.Split(idxWords.ReplaceAllString(name, ""), -1) {
			if p, ok := partNames[strings.ToLower(w)]; ok {
				k.part = p
			} else if w != "" {
				words = append(words, w)
			}
		}
		k.domain = strings.Join(words, "-")
		p := pairs[k]
		if p == nil {
			p = &pair{}
			pairs[k] = p
			order = append(order, k)
		}
		if len(dims) == 1 {
			p.files.Labels = s.relative(filepath.Join(dir, name))
		} else {
			p.files.Images, p.dims = s.relative(filepath.Join(dir, name)), dims
		}
	}
	finds := map[string]*find{}
	for _, k := range order {
		p := pairs[k]
		if p.files.Images == "" || p.files.Labels == "" {
			continue
		}
		fr, err := idxFrame(p.dims)
		if err != nil {
			continue
		}
		f := finds[k.domain]
		if f == nil {
			f = &find{name: k.domain, rel: p.files.Images, format: study.IDX, h: fr.h, w: fr.w, c: fr.c}
			if f.name == "" || len(pairs) <= 3 && isPlainWord(f.name) {
				f.name = filepath.Base(absolute(dir))
			}
			finds[k.domain] = f
			s.finds = append(s.finds, f)
		}
		f.put(k.part, p.files)
		more := ""
		if f.what != "" {
			more = f.what + ", "
		}
		f.what = more + fmt.Sprintf("%d images of %d by %d", p.dims[0], fr.h, fr.w)
	}
	for _, f := range finds {
		f.complete()
	}
	return rest
}

// isPlainWord tells words that name a part of a data set, not the set.
func isPlainWord(s string) bool {
	return slices.Contains([]string{"all", "data", "full"}, strings.ToLower(s))
}

func absolute(dir string) string {
	if abs, err := filepath.Abs(dir); err == nil {
		return abs
	}
	return dir
}

// probeIDX returns the dimensions of an IDX file of images or labels, or nil.
func probeIDX(path string) []int {
	o := &opener{study: &study.Study{}}
	f, err := o.openFile(path)
	if err != nil {
		return nil
	}
	defer f.os.Close()
	kind, dims, err := idxHeader(f)
	if err != nil || idxSizes[kind] == 0 {
		return nil
	}
	return dims
}

// classFolders recognises a folder of class folders, or one whose folders
// train and test are such.
func (s *scanner) classFolders(dir string, folders []string) *find {
	f := &find{name: filepath.Base(absolute(dir)), rel: s.relative(dir), format: study.Images}
	byPart := map[part]string{}
	for _, sub := range folders {
		if p, ok := partNames[strings.ToLower(sub)]; ok {
			byPart[p] = sub
		}
	}
	if len(byPart) == len(folders) && len(byPart) > 1 {
		var what []string
		for _, p := range []part{inTrain, inVal, inTest} {
			sub := filepath.Join(dir, byPart[p])
			if byPart[p] == "" {
				continue
			}
			n, classes := s.countImages(f, sub)
			if classes < 2 {
				return nil
			}
			f.put(p, study.Files{Path: s.relative(sub)})
			what = append(what, fmt.Sprintf("%d images in %s/", n, byPart[p]))
		}
		f.what = strings.Join(what, ", ")
		f.complete()
		return f
	}
	n, classes := s.countImages(f, dir)
	if classes < 2 {
		return nil
	}
	f.data = &study.Files{Path: s.relative(dir)}
	f.what = fmt.Sprintf("%d images in %d class folders", n, classes)
	return f
}

// countImages counts images and class folders, and looks at one image.
func (s *scanner) countImages(f *find, dir string) (images, classes int) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return 0, 0
	}
	for _, e := range entries {
		if !e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		files, err := os.ReadDir(filepath.Join(dir, e.Name()))
		if err != nil {
			continue
		}
		n := 0
		for _, x := range files {
			if x.IsDir() || !slices.Contains(imageEndings, strings.ToLower(filepath.Ext(x.Name()))) {
				continue
			}
			n++
			if f.h == 0 {
				f.look(filepath.Join(dir, e.Name(), x.Name()))
			}
		}
		if n > 0 {
			images += n
			classes++
		}
	}
	return images, classes
}

// look takes size and colour from an image.
func (f *find) look(path string) {
	file, err := os.Open(path)
	if err != nil {
		return
	}
	defer file.Close()
	c, _, err := image.DecodeConfig(file)
	if err != nil {
		return
	}
	f.h, f.w, f.c = c.Height, c.Width, 3
	if c.ColorModel == color.GrayModel || c.ColorModel == color.Gray16Model {
		f.c = 1
	}
}
