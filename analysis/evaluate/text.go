package evaluate

import (
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/textcode"
	"github.com/sharewise/sharewise/onnxio"
)

// describeText says in the metadata of a model how texts become its inputs.
func describeText(m *onnxio.Model, d *dataset.Domain) error {
	if d.Text == nil {
		return nil
	}
	note, err := json.Marshal(d.Text)
	if err != nil {
		return fmt.Errorf("evaluate: %w", err)
	}
	m.SetProperty(textcode.Property, string(note))
	return nil
}

// TextEncoding is how texts become the inputs of a model trained here; nil for
// models that take no texts, or say nothing of it.
func TextEncoding(m *onnxio.Model) (*textcode.Encoding, error) {
	note, ok := m.Property(textcode.Property)
	if !ok {
		return nil, nil
	}
	e := new(textcode.Encoding)
	if err := filelimit.DecodeJSON([]byte(note), e); err != nil {
		return nil, fmt.Errorf("evaluate: metadata %s: %w", textcode.Property, err)
	}
	if err := e.Validate(); err != nil {
		return nil, fmt.Errorf("evaluate: metadata %s: %w", textcode.Property, err)
	}
	return e, nil
}

// EncodeTexts makes a study whose input is text take the encoding of a model, so
// that its samples are what the model learned.
func EncodeTexts(s *study.Study, m *onnxio.Model) error {
	e, err := TextEncoding(m)
	if err != nil || e == nil || s.Input.Kind != study.TextInput {
		return err
	}
	s.Input.Text = &study.Text{Encoding: e.Kind, Buckets: e.Buckets, Words: e.Words, Characters: e.Characters, Length: e.Length, Content: e.Tokenizer}
	s.Input.Normalize = study.NormalizeTFIDF
	if e.Kind != textcode.NGrams {
		s.Input.Normalize = "none"
	}
	return nil
}

// encodeFor is EncodeTexts by the model in a file.
func encodeFor(s *study.Study, file string) error {
	m, _, err := onnxio.LoadMended(file)
	if err != nil {
		return err
	}
	return EncodeTexts(s, m)
}

// sameText makes sure that a domain's texts became numbers as a model wants them.
func sameText(m *onnxio.Model, d *dataset.Domain) error {
	e, err := TextEncoding(m)
	switch {
	case err != nil || e == nil:
		return err
	case d.Text == nil:
		return fmt.Errorf("evaluate: %w: the model takes texts, and samples of %s are none", ErrFit, d.Name)
	case !reflect.DeepEqual(plainText(e), plainText(d.Text)):
		return fmt.Errorf("evaluate: %w: the model takes texts as %s, and those of %s are %s (input.text)", ErrFit, e, d.Name, d.Text)
	}
	return nil
}

// plainText is an encoding in a form to compare.
func plainText(e *textcode.Encoding) textcode.Encoding {
	out := *e
	if len(out.Characters) == 0 {
		out.Characters = nil
	}
	if len(out.Tokenizer) == 0 {
		out.Tokenizer = nil
		return out
	}
	var any any
	if json.Unmarshal(out.Tokenizer, &any) == nil {
		out.Tokenizer, _ = json.Marshal(any)
	}
	return out
}
