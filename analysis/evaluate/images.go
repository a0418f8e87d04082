package evaluate

import (
	"github.com/sharewise/sharewise/analysis/drafting"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio"
)

// OpenFor is [drafting.Open] for data that a given model is to judge. Unless a
// study file says otherwise, images are read as the model's input wants them: in
// its size, if that is fixed, and with its channels. input names it; where it is
// empty, the only input that could take images is meant.
func OpenFor(data, model, input string) (*study.Study, error) {
	s, err := drafting.Open(data)
	if err == nil && s.Input.Kind == study.TextInput {
		return s, encodeFor(s, model)
	}
	if err != nil || drafting.IsStudy(data) || s.Input.Kind != study.Image {
		return s, err
	}
	m, _, err := onnxio.LoadMended(model)
	if err != nil {
		return nil, err
	}
	if channels, size := imageInput(m, input); channels > 0 {
		s.Input.Channels = channels
		if size != nil {
			s.Input.Size = size
		}
	}
	return s, nil
}

// imageInput returns what images a model takes: their channels, and height and
// width if they are fixed. Channels are 0 if it does not say.
func imageInput(m *onnxio.Model, input string) (channels int, size []int) {
	var images []onnxio.Shape
	for _, v := range m.Graph.Inputs {
		if (input == "" || v.Name == input) && m.Graph.Initializer(v.Name) == nil && v.Type.IsFloat() && len(v.Shape) == 4 {
			images = append(images, v.Shape)
		}
	}
	if len(images) != 1 {
		return 0, nil
	}
	colours := func(d onnxio.Dim) bool { return d.Size == 1 || d.Size == 3 }
	c, plane := images[0][1], images[0][2:]
	if !colours(c) {
		c, plane = images[0][3], images[0][1:3]
	}
	if !colours(c) {
		return 0, nil
	}
	if plane[0].Known() && plane[1].Known() {
		size = []int{int(plane[0].Size), int(plane[1].Size)}
	}
	return int(c.Size), size
}
