package drafting

import (
	"fmt"
	"image"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/imagefile"
	"github.com/sharewise/sharewise/analysis/study"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// idxWords are words in the names of IDX files that do not name a domain.
var idxWords = regexp.MustCompile(`(?i)(images?|labels?|idx[0-9]?|ubyte|\.gz$)`)

// scanIDX finds pairs of IDX files and returns the other files.
func (s *scanner) scanIDX(dir string, files []string) []string {
	var rest []string
	type pair struct {
		files study.Files
		dims  []int
		path  string
	}
	type key struct {
		domain string
		part   datafile.Part
	}
	pairs := map[key]*pair{}
	var order []key
	for _, name := range files {
		dims := s.probeIDX(filepath.Join(dir, name))
		if dims == nil {
			rest = append(rest, name)
			continue
		}
		k := key{part: datafile.Undecided}
		var words []string
		for _, w := range nameSplit.Split(idxWords.ReplaceAllString(name, ""), -1) {
			if p, ok := datafile.PartNames[strings.ToLower(w)]; ok {
				k.part = p
			} else if w != "" {
				words = append(words, w)
			}
		}
		k.domain = strings.Join(words, "-")
		p := pairs[k]
		if p == nil {
			p = &pair{path: filepath.Join(dir, name)}
			pairs[k] = p
			order = append(order, k)
		}
		if len(dims) == 1 {
			p.files.Labels = s.relative(filepath.Join(dir, name))
		} else {
			p.files.Images, p.dims = s.relative(filepath.Join(dir, name)), dims
		}
	}
	for _, k := range order {
		p := pairs[k]
		images, labels := p.files.Images, p.files.Labels
		switch {
		case images == "":
			s.pass(p.path, "labels without a file of images beside them")
			continue
		case labels == "":
			s.pass(p.path, "images without a file of labels beside them")
			continue
		}
		fr, err := datafile.FrameOf(p.dims)
		if err != nil {
			s.pass(p.path, "%v", err)
			continue
		}
		word := k.domain
		if len(pairs) <= 3 && isPlainWord(word) {
			word = ""
		}
		files := p.files
		s.finds = append(s.finds, &find{
			at: append(s.placed(dir, true), word, partWord[k.part]), rel: images, format: study.IDX, data: &files, h: fr.Height, w: fr.Width, c: fr.Channels,
			what: fmt.Sprintf("%d images of %d by %d", p.dims[0], fr.Height, fr.Width),
		})
	}
	return rest
}

// isPlainWord reports whether a word, such as all or data, names no domain.
func isPlainWord(s string) bool {
	return slices.Contains([]string{"all", "data", "full", "whole"}, strings.ToLower(s))
}

// probeIDX returns the dimensions of an IDX file of images or labels, or nil.
func (s *scanner) probeIDX(path string) []int {
	f, err := datafile.Open(path, path)
	if err != nil {
		s.heed(err)
		return nil
	}
	defer f.Close()
	kind, dims, err := datafile.IDXHeader(f)
	if err != nil {
		s.heed(err)
	}
	if err != nil || datafile.IDXSizes[kind] == 0 {
		return nil
	}
	return dims
}

// classFolders recognises a folder of class folders: two of its folders at least
// have images, which no tables in them list. They may be in folders of days and the like, see
// [scanner.nestedClasses].
func (s *scanner) classFolders(dir string, folders []string) *find {
	var direct []string
	nested := s.nestedClasses(dir, folders)
	for _, sub := range slices.DeleteFunc(slices.Clone(folders), unlabelled.MatchString) {
		if s.holds(filepath.Join(dir, sub), datafile.IsImage) || nested && len(s.filesOf(listedImages, filepath.Join(dir, sub)).All) > 0 {
			direct = append(direct, sub)
		}
	}
	if len(direct) < 2 || areParts(direct) || s.listed(listedImages, dir, folders) || s.namedPictures(dir, folders) {
		return nil
	}
	f := &find{at: s.placed(dir, true), rel: s.relative(dir), format: study.Images}
	f.data = &study.Files{Path: f.rel}
	var empty []string
	images, others := 0, datafile.NewPassed()
	labelled := f.withoutUnlabelled(folders)
	for _, sub := range labelled {
		n := 0
		_, err := datafile.Walk(filepath.Join(dir, sub), func(name string, e fs.DirEntry) error {
			switch {
			case datafile.Hidden(e.Name()) && e.IsDir():
				return fs.SkipDir
			case e.IsDir():
			case datafile.IsImage(name):
				n++
				if f.h == 0 {
					s.look(f, filepath.Join(dir, sub, name))
				}
			default:
				others.Add(sub + "/" + name)
			}
			return nil
		})
		switch {
		case err != nil:
			s.pass(filepath.Join(dir, sub), "%s", s.unreadable(err))
		case n == 0:
			empty = append(empty, sub)
		default:
			f.classes = append(f.classes, sub)
			images += n
		}
	}
	f.what = fmt.Sprintf("%d images in %d class folders", images, len(f.classes))
	f.folders = f.classes
	if len(empty) == 0 && len(labelled) == len(folders) {
		f.classes = nil // all there are
	}
	if len(empty) > 0 {
		f.notes = append(f.notes, "folders without images are no classes: "+datafile.List(empty))
	}
	if others.Total() > 0 {
		f.notes = append(f.notes, fmt.Sprintf("files in class folders that are no images are left out: %s", others))
	}
	return f
}

var (
	maskFolder  = regexp.MustCompile(`(?i)^(masks?|segmentations?|annotations?)$`)
	truthFolder = regexp.MustCompile(`(?i)^ground[-_ ]?truth$`)
	imageFolder = regexp.MustCompile(`(?i)^(images?|imgs?|pictures|photos)$`)
)

// withoutMasks leaves out folders of pictures that mark places in other pictures: one
// called ground_truth, and masks beside a folder called images.
func (s *scanner) withoutMasks(dir string, folders []string) []string {
	beside := slices.ContainsFunc(folders, imageFolder.MatchString)
	return slices.DeleteFunc(folders, func(sub string) bool {
		p := filepath.Join(dir, sub)
		masks := (truthFolder.MatchString(sub) || beside && maskFolder.MatchString(sub)) && len(s.filesOf(listedImages, p).All) > 0
		if masks {
			s.pass(p, "masks, as the folder's name says")
		}
		return masks
	})
}

// withoutAnnotations leaves out files in JSON that lie beside pictures or recordings, one for each.
func (s *scanner) withoutAnnotations(dir string, files []string) []string {
	const few = 16
	isJSON := func(name string) bool { return strings.EqualFold(filepath.Ext(name), ".json") }
	about, described := 0, 0
	for _, name := range files {
		switch {
		case isJSON(name):
			about++
		case datafile.IsImage(name), isSamples(name):
			described++
		}
	}
	if about <= few || described == 0 {
		return files
	}
	return slices.DeleteFunc(files, func(name string) bool {
		if isJSON(name) {
			s.pass(filepath.Join(dir, name), "JSON beside each picture or recording, which is not read")
		}
		return isJSON(name)
	})
}

// holds reports whether a folder itself has a file of a kind.
func (s *scanner) holds(dir string, kind func(name string) bool) bool {
	return slices.ContainsFunc(s.entriesOf(dir), func(e fs.DirEntry) bool {
		return !e.IsDir() && !datafile.Hidden(e.Name()) && kind(e.Name())
	})
}

// look reads from an image its size and whether it has colours.
func (s *scanner) look(f *find, path string) {
	data, err := filelimit.ReadFile(path, filelimit.Image)
	if err != nil {
		s.heed(err)
		return
	}
	h, err := imagefile.ReadHead(data)
	if err != nil {
		return
	}
	size := h.Orientation.Size(image.Pt(h.Width, h.Height))
	f.h, f.w, f.c = size.Y, size.X, 3
	if h.Gray {
		f.c = 1
	}
}
