package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/drafting"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio"
)

// isStudy reports whether a path is that of a study file, and not of data. What
// does not exist is looked for as a study.
func isStudy(path string) bool {
	info, err := os.Stat(path)
	return err != nil || !info.IsDir() && slices.Contains([]string{".yaml", ".yml", ".json"}, strings.ToLower(filepath.Ext(path)))
}

// studyOrData reads a study file, or drafts a study of a folder or a file of
// data.
func studyOrData(path string) (*study.Study, error) {
	if isStudy(path) {
		return study.Parse(path)
	}
	base := path
	if info, err := os.Stat(path); err != nil || !info.IsDir() {
		base = filepath.Dir(path)
	}
	d, err := drafting.Scan(path, drafting.Config{Name: studyName(path), Base: base, Least: 1})
	if err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(base)
	if err != nil {
		return nil, err
	}
	return d.Complete(dir)
}

// studyOrDataFor is studyOrData for those who have a model. Images of which no
// study says otherwise are read as the model's input wants them: in its size, if
// that is fixed, and with its channels. input names it, or is empty.
func studyOrDataFor(path, model, input string) (*study.Study, error) {
	s, err := studyOrData(path)
	if err != nil || isStudy(path) || s.Input.Kind != study.Image {
		return s, err
	}
	m, _, err := project.ReadModel(model)
	if err != nil {
		return nil, err
	}
	var images []onnxio.Shape
	for _, v := range m.Graph.Inputs {
		if (input == "" || v.Name == input) && m.Graph.Initializer(v.Name) == nil && v.Type.IsFloat() && len(v.Shape) == 4 {
			images = append(images, v.Shape)
		}
	}
	if len(images) != 1 {
		return s, nil
	}
	colours := func(d onnxio.Dim) bool { return d.Size == 1 || d.Size == 3 }
	channels, size := images[0][1], images[0][2:]
	if !colours(channels) {
		channels, size = images[0][3], images[0][1:3]
	}
	if colours(channels) {
		s.Input.Channels = int(channels.Size)
		if size[0].Known() && size[1].Known() {
			s.Input.Size = []int{int(size[0].Size), int(size[1].Size)}
		}
	}
	return s, nil
}
