package evaluate

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/sharewise/sharewise/onnxio"
)

// NamesFrom says who knows the order of a model's outputs.
type NamesFrom string

// Who can know it, the surest first.
const (
	FromCaller NamesFrom = "caller" // given with the form
	FromModel  NamesFrom = "model"  // the model says it
	FromStudy  NamesFrom = "study"  // it lists the domain's classes, or says how they are sorted
	FromData   NamesFrom = "data"   // a guess: the order in which the data are sorted
)

// nameKeys are metadata keys under which exporters list classes.
var nameKeys = []string{"names", "classes", "class_names", "labels", "id2label", "classlabels"}

// namesIn are the classes of an output in their order as the model itself lists
// them: in a ZipMap or classifier of ai.onnx.ml, or in its metadata; nil if it
// does not.
func namesIn(m *onnxio.Model, output string) []string {
	if names := labelsOf(m.Graph, output); names != nil {
		return names
	}
	for _, key := range nameKeys {
		if text, ok := m.Property(key); ok {
			if names := parseNames(text); names != nil {
				return names
			}
		}
	}
	return nil
}

// labelsOf are the labels of the classifier that makes an output, or of the
// ZipMap that reads it.
func labelsOf(g *onnxio.Graph, output string) []string {
	for _, n := range g.Nodes {
		if n.OpName() == "ai.onnx.ml.ZipMap" && slices.Contains(n.Inputs, output) {
			if names := labelAttributes(n); names != nil {
				return names
			}
		}
	}
	for range g.Nodes { // each step goes up one node
		n := producer(g, output)
		if n == nil {
			return nil
		}
		if strings.HasPrefix(n.OpName(), "ai.onnx.ml.") {
			if names := labelAttributes(n); names != nil {
				return names
			}
		}
		if !passing[n.OpName()] && n.OpName() != "ai.onnx.ml.Normalizer" {
			return nil
		}
		output = input(n, 0)
	}
	return nil
}

func labelAttributes(n *onnxio.Node) (names []string) {
	for _, key := range []string{"classlabels_strings", "classlabels_ints", "classlabels_int64s"} {
		a := n.Attr(key)
		if a == nil {
			continue
		}
		for _, s := range a.Strings {
			names = append(names, string(s))
		}
		for _, i := range a.Ints {
			names = append(names, strconv.FormatInt(i, 10))
		}
	}
	return names
}

// parseNames reads a list of names, or an object of them by number, as JSON or as
// Python prints them; nil for anything else.
func parseNames(text string) []string {
	for _, t := range []string{text, fromPython(text)} {
		var list []string
		if json.Unmarshal([]byte(t), &list) == nil && len(list) > 0 {
			return list
		}
		var byNumber map[string]string
		if json.Unmarshal([]byte(t), &byNumber) != nil || len(byNumber) == 0 {
			continue
		}
		if list = inOrder(byNumber); list != nil {
			return list
		}
	}
	return nil
}

// inOrder lists names by their numbers, which must be those from 0 on.
func inOrder(byNumber map[string]string) (list []string) {
	for i := range len(byNumber) {
		name, ok := byNumber[strconv.Itoa(i)]
		if !ok {
			return nil
		}
		list = append(list, name)
	}
	return list
}

// fromPython turns the lists and dictionaries that Python prints into JSON:
// {0: 'cat', 1: "cat's"}.
func fromPython(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\'' || c == '"':
			end := i + 1
			var name []byte
			for ; end < len(text) && text[end] != c; end++ {
				if text[end] == '\\' && end+1 < len(text) {
					end++
				}
				name = append(name, text[end])
			}
			quoted, err := json.Marshal(string(name))
			if err != nil {
				return ""
			}
			b.Write(quoted)
			i = end
		case c >= '0' && c <= '9':
			end := i
			for end < len(text) && text[end] >= '0' && text[end] <= '9' {
				end++
			}
			b.WriteString(strconv.Quote(text[i:end]))
			i = end - 1
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
