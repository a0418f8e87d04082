package dataset

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/imagefile"
	"github.com/sharewise/sharewise/analysis/study"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// imageReader reads images; those that a table lists, by it.
type imageReader struct {
	*tableReader
	seen looks
}

// read reads a folder with one folder per class, in the order of the sorted
// names, or the images that a table lists, in its order.
func (r *imageReader) read(f study.Files) (*store, error) {
	list := r.folderImages
	if f.Index != "" {
		list = r.listedImages
	}
	files, err := list(f)
	if err != nil {
		return nil, err
	}
	sh, err := r.newShaper()
	if err != nil {
		return nil, err
	}
	st := &store{shape: sh.shape(), looks: &r.seen, table: r.tableFacts}
	watched, err := r.watchImages(f, len(files))
	if err != nil {
		return nil, err
	}
	kept := newImageStore(st.size(), r.budget)
	all := sha256.New()
	decoded := make([]decodedImage, decodeAtOnce(st.size(), len(files)))
	for start := 0; start < len(files); start += len(decoded) {
		part := files[start:min(start+len(decoded), len(files))]
		if err := r.decodeAll(f.Path, part, sh, decoded); err != nil {
			return nil, err
		}
		for i, image := range part {
			d, n := &decoded[i], image.name
			fmt.Fprintf(all, "%s\x00%x\n", n, d.hash)
			watched.add(n, d)
			if d.err == nil {
				if d.err, err = kept.add(d); err != nil {
					return nil, err
				}
			}
			if d.err != nil {
				d.err.File, d.err.Member = f.Path, n
				r.bin.add(d.err)
				continue
			}
			r.seen.add(d.looks(sh), n)
			if r.classifies() {
				st.class = append(st.class, image.class)
			}
			st.member = append(st.member, n)
			if r.grouped() {
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
		r.notef("%d images of 8 bits count from 0 to 65535, since others have 16 bits", kept.widened)
	}
	r.sources = append(r.sources, Source{Path: f.Path, SHA256: hex.EncodeToString(all.Sum(nil))})
	return st, nil
}

// classifies reports whether samples have classes.
func (s *source) classifies() bool {
	return s.d.Task.Kind != study.Regression && s.d.Task.Kind != study.Multilabel
}

// grouped reports whether the study names groups of images.
func (s *source) grouped() bool {
	return s.d.Split.Group != "" || s.d.Columns != nil && s.d.Columns.Group != ""
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
	head    imagefile.Head
	clear   bool      // some of it is transparent
	pixels  []byte    // of 8 bits; memory is used again for the next file
	numbers []float32 // of others; again too
	hash    [32]byte
	stamp   stamp // before it was read
	err     *Error
}

// decodeAll decodes files side by side; out has the results by position.
func (r *imageReader) decodeAll(dir string, files []imageFile, sh *shaper, out []decodedImage) error {
	g, ctx := errgroup.WithContext(r.ctx)
	var next atomic.Int64
	for range runtime.GOMAXPROCS(0) {
		g.Go(func() error {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(files) {
					return nil
				}
				path := filepath.Join(r.study.Path(dir), filepath.FromSlash(files[i].name))
				out[i].stamp = stampOf(path)
				data, err := r.study.Limits.ReadFile(path, filelimit.Image)
				out[i].hash = sha256.Sum256(data)
				out[i].err = nil
				if filelimit.SystemFault(err) != "" {
					// A disk that fails says nothing of the image: to leave it out
					// would train on less than there is.
					return r.failed(dir, files[i].name, err)
				}
				if err != nil {
					out[i].err = &Error{Reason: datafile.Unreadable(err)}
				} else if err := out[i].decode(data, sh, r.study.Limits); err != nil {
					out[i].err = &Error{Reason: err.Error()}
				}
			}
			return ctx.Err()
		})
	}
	return g.Wait()
}

// decode reads one image file and brings it to the study's shape.
func (d *decodedImage) decode(data []byte, sh *shaper, l filelimit.Limits) error {
	p, err := imagefile.DecodeWithin(data, l)
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
