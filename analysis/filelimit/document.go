package filelimit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
)

// JSON looks at a JSON file of a study's folder before it is decoded: few bytes
// can ask for large values, since "{}" is an element of any list. What is no JSON
// is left to the decoder to find.
func JSON(data []byte) error {
	var l Limits
	if err := l.Check(State, int64(len(data)), fmt.Sprintf("the file has %d bytes", len(data))); err != nil {
		return err
	}
	objects, depth := int64(0), 0
	inText := false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case inText && c == '\\':
			i++
		case c == '"':
			inText = !inText
		case inText:
		case c == '{' || c == '[':
			objects++
			if depth++; depth > deepest {
				return errors.New("lists and objects stand in one another without end")
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return l.Check(Objects, objects, fmt.Sprintf("the file has %d objects and lists", objects))
}

// deepest is more levels than any of the project's files has.
const deepest = 100

// ErrDamaged is matched by errors about files that were read and do not hold what they
// must: whoever uses them may mend that, and nothing failed here.
var ErrDamaged = errors.New("the file is damaged")

// Damaged makes an error match [ErrDamaged], and leaves its words as they are.
func Damaged(err error) error { return damagedError{err} }

type damagedError struct{ error }

func (e damagedError) Unwrap() error        { return e.error }
func (e damagedError) Is(target error) bool { return target == ErrDamaged }

// DecodeJSON decodes a JSON file of a study's folder into v, after [JSON] has
// looked at it. Errors match [ErrDamaged], say in words what is wrong and on which line,
// and leave the name of the file to the caller.
func DecodeJSON(data []byte, v any) error {
	if err := decodeJSON(data, v); err != nil {
		return Damaged(err)
	}
	return nil
}

func decodeJSON(data []byte, v any) error {
	if err := JSON(data); err != nil {
		return err
	}
	err := json.Unmarshal(data, v)
	var (
		kind   *json.UnmarshalTypeError
		syntax *json.SyntaxError
	)
	switch {
	case errors.As(err, &kind):
		return fmt.Errorf("line %d: %w; the file is damaged", lineAt(data, kind.Offset), JSONError(err, "the file"))
	case errors.As(err, &syntax):
		if syntax.Offset >= int64(len(bytes.TrimRight(data, " \r\n\t"))) {
			return errors.New("the file ends too early; it is cut off")
		}
		return fmt.Errorf("line %d: %w; the file is damaged", lineAt(data, syntax.Offset), JSONError(err, "the file"))
	}
	return err
}

// JSONError says in words what is wrong with the JSON of what, of which the decoder
// speaks in words of the language. Other errors stay as they are.
func JSONError(err error, what string) error {
	var (
		kind   *json.UnmarshalTypeError
		syntax *json.SyntaxError
	)
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%s has no end", what)
	case errors.As(err, &kind):
		if kind.Field != "" {
			what = strconv.Quote(kind.Field)
		}
		return fmt.Errorf("%s holds %s, where %s must stand", what, article(kind.Value), wanted(kind.Type))
	case errors.As(err, &syntax):
		return errors.New("this is not JSON")
	}
	return err
}

// DecodeYAML decodes a file of settings in YAML into v, a pointer to a struct, whose unknown
// keys are errors. Errors say in words what is wrong and on which line, and leave the name of
// the file to the caller.
func DecodeYAML(data []byte, v any) error {
	err := yaml.UnmarshalWithOptions(data, v, yaml.Strict())
	var (
		kind *yaml.TypeError
		most *yaml.OverflowError
	)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &kind) && kind.Token != nil:
		return fmt.Errorf("line %d: %s must stand here", kind.Token.Position.Line, wanted(kind.DstType))
	case errors.As(err, &most) && most.Token != nil:
		return fmt.Errorf("line %d: %s is no number that can stand here", most.Token.Position.Line, most.SrcNum)
	}
	return fmt.Errorf("these settings cannot be read:\n%s", yaml.FormatError(err, false, true))
}

// lineAt is the line of a byte, from 1.
func lineAt(data []byte, offset int64) int {
	return 1 + bytes.Count(data[:max(0, min(offset, int64(len(data))))], []byte("\n"))
}

// article is a kind of JSON value, which a number follows where it has one:
// "number 1.5".
func article(value string) string {
	if strings.HasPrefix(value, "array") || strings.HasPrefix(value, "object") {
		return "an " + value
	}
	return "a " + value
}

// wanted is what JSON calls values of a type.
func wanted(t reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "a string"
	case reflect.Slice, reflect.Array:
		return "an array"
	case reflect.Map, reflect.Struct:
		return "an object"
	case reflect.Float32, reflect.Float64:
		return "a number"
	}
	return "a whole number"
}
