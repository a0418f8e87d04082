package dataset

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/datafile"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/study"
)

// textFileReader reads folders of text files, one folder per class.
type textFileReader struct{ *source }

// read reads the files in the order of their sorted names.
func (r *textFileReader) read(f study.Files) (*store, error) {
	names, err := r.textNames(f.Path)
	if err != nil {
		return nil, err
	}
	groupOf, err := r.grouper(f.Path)
	if err != nil {
		return nil, err
	}
	kept, err := r.newTextKeeper()
	if err != nil {
		return nil, err
	}
	st := &store{}
	watched := r.watchTexts(f, names)
	spelling := textSpelling{source: r.source, folder: f.Path, names: names}
	all := sha256.New()
	for i, n := range names {
		if err := r.ctx.Err(); err != nil {
			return nil, err
		}
		file := filepath.Join(r.study.Path(f.Path), filepath.FromSlash(n))
		stamp := stampOf(file)
		data, err := r.study.Limits.ReadFile(file, filelimit.Text)
		if filelimit.SystemFault(err) != "" {
			return nil, r.failed(f.Path, n, err)
		}
		hash := sha256.Sum256(data)
		fmt.Fprintf(all, "%s\x00%x\n", n, hash)
		watched.files = append(watched.files, imageInput{n, hash, stamp})
		text, spelt := spelling.decode(i, data)
		group, bad := groupOf(n)
		switch {
		case bad != nil:
		case err != nil:
			bad = &Error{File: f.Path, Member: n, Reason: datafile.Unreadable(err)}
		case strings.IndexByte(text, 0) >= 0:
			bad = &Error{File: f.Path, Member: n, Reason: "is not text: it holds bytes that no text has"}
		case spelt != "":
			bad = &Error{File: f.Path, Member: n, Reason: spelt}
		}
		if bad != nil {
			r.bin.add(bad)
			continue
		}
		if err := kept.keep(text); err != nil {
			return nil, err
		}
		st.class = append(st.class, r.intern(classOfName(n)))
		st.member = append(st.member, n)
		if r.grouped() {
			st.group = append(st.group, r.intern(group))
		}
		st.part = append(st.part, undecided)
		st.id = append(st.id, int64(i))
	}
	spelling.note()
	r.sources = append(r.sources, Source{Path: f.Path, SHA256: hex.EncodeToString(all.Sum(nil))})
	return st, kept.finish(r.source, st)
}

// textNames lists the text files of a folder as class/name, sorted.
func (r *textFileReader) textNames(dir string) ([]string, error) {
	root, err := r.classFolders(dir)
	if err != nil {
		return nil, err
	}
	folder, err := datafile.TextsIn(dir, root)
	if err != nil {
		return nil, err
	}
	r.passedOver(dir, folder.Loops, folder.Others, "text files")
	if len(folder.Classes) == 0 {
		return nil, &Error{File: dir, Reason: "no class folders; each class has a folder with its text files"}
	}
	for _, class := range slices.Sorted(maps.Keys(folder.Classes)) {
		if folder.Classes[class] == 0 && asksFor(r.d.Task.Classes, class) {
			return nil, &Error{File: dir, Member: class, Reason: "a class folder without text files (" + strings.Join(datafile.TextEndings, ", ") + ", or names without an ending)"}
		}
	}
	return r.askedFor(folder.Names), nil
}

// watchTexts begins to take down the files of a folder.
func (s *source) watchTexts(f study.Files, names []string) *imagesInputs {
	w := &imagesInputs{path: s.study.Path(f.Path), limits: s.study.Limits, limit: filelimit.Text, names: map[string]bool{}}
	for _, n := range names {
		w.names[n] = true
	}
	classes := s.d.Task.Classes // before those that were found take their place
	w.list = func() (map[string]bool, error) {
		folder, err := datafile.TextsIn(w.path, w.path)
		if err != nil {
			return nil, err
		}
		all := map[string]bool{}
		for _, n := range folder.Names {
			if asksFor(classes, classOfName(n)) {
				all[n] = true
			}
		}
		return all, nil
	}
	return s.watch(f, w)
}
