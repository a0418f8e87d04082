package dataset

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/sharewise/sharewise/analysis/datafile"
	"github.com/sharewise/sharewise/analysis/layout"
)

// inputs are the files that a domain was read from, as they were then.
type inputs struct {
	mu      sync.Mutex
	files   []*layout.Watched        // as Domain.Sources; nil where there is no plain file
	folders map[string]*imagesInputs // by Source.Path
	silent  bool                     // names of images are shown nowhere
}

// inputsOf takes down what a domain was read from.
func (s *source) inputsOf() *inputs {
	in := &inputs{files: make([]*layout.Watched, len(s.sources)), folders: s.watched, silent: s.confidential}
	for i, src := range s.sources {
		if s.samples[src.Path] != nil {
			continue // of the program
		}
		in.files[i] = layout.Watch(s.study.Path(src.Path), src.SHA256, s.began) // none for folders: see imagesInputs
		if slices.Contains(s.mapped, src.Path) {
			in.files[i].Map()
		}
	}
	return in
}

// Unchanged makes sure that the files that the domain was read from are still what they
// were: a mapped file that was overwritten shows other samples under the same identity.
// It looks at size and time, and reads a file anew where these have changed; with
// thorough set it reads all, but images in folders, which were copied. There it looks for
// images that were added, too, unless a table lists them.
// The error is an [*Error] that names the file, or that of ctx.
func (d *Domain) Unchanged(ctx context.Context, thorough bool) error {
	return d.unchanged(ctx, thorough, false, trainedOnOther)
}

// MappedUnchanged is Unchanged for the files that stay mapped alone, which are few: samples of all others were copied
// and stay what they were.
func (d *Domain) MappedUnchanged(ctx context.Context) error {
	return d.unchanged(ctx, false, true, trainedOnOther)
}

// Steady is Unchanged, not thorough, for domains, once for every fold, of which something else than a model was
// computed.
func Steady(ctx context.Context, folds [][]*Domain) error {
	for _, domains := range folds {
		for _, d := range domains {
			if err := d.unchanged(ctx, false, false, "; what was computed of it is not kept. Put the file back, and give the command again"); err != nil {
				return err
			}
		}
	}
	return nil
}

const trainedOnOther = "; training may have seen other samples, and its results are not kept. Put the file back, or run again to train on what is there now"

func (d *Domain) unchanged(ctx context.Context, thorough, mapped bool, consequence string) error {
	if d.inputs == nil {
		return nil
	}
	d.inputs.mu.Lock()
	defer d.inputs.mu.Unlock()
	for i := range d.inputs.files {
		if err := ctx.Err(); err != nil {
			return err
		}
		f := d.inputs.files[i]
		if mapped && (f == nil || !f.Mapped()) {
			continue
		}
		path, what, member := d.Sources[i].Path, "", ""
		var err error
		if f != nil {
			what, err = f.Changed(thorough)
		} else if images := d.inputs.folders[path]; images != nil {
			member, what, err = images.changed(ctx)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			what = "cannot be read any more: " + strings.TrimPrefix(datafile.Unreadable(err), "cannot be read: ")
		}
		if d.inputs.silent {
			member = ""
		}
		if what != "" {
			return &Error{Domain: d.Name, File: path, Member: member, Reason: what + consequence}
		}
	}
	return nil
}

// Files are those that the domain was read from. It reports false where not all of them are
// plain files, which it was read from as they are.
func (d *Domain) Files() (files []string, ok bool) {
	if d.inputs == nil {
		return nil, false
	}
	d.inputs.mu.Lock()
	defer d.inputs.mu.Unlock()
	for _, f := range d.inputs.files {
		if f == nil {
			return nil, false
		}
		if what, err := f.Changed(false); err != nil || what != "" {
			return nil, false
		}
		files = append(files, f.Path())
	}
	return files, len(files) > 0
}
