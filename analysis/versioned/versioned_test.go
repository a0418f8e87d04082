package versioned

import (
	"errors"
	"strings"
	"testing"
)

func TestDecode(t *testing.T) {
	for _, c := range []struct{ data, want string }{
		{`{"version": 2, "name": "a"}`, ""},
		{`{"version": 3, "name": "a"}`, "newer"},
		{`{"version": 1, "name": "a"}`, "older"},
		{`{"name": "a"}`, "no version"},
	} {
		var v struct{ Name string }
		err := Decode([]byte(c.data), 2, &v)
		if c.want == "" {
			if err != nil || v.Name != "a" {
				t.Errorf("%s: %q, %v", c.data, v.Name, err)
			}
			continue
		}
		if !errors.Is(err, ErrVersion) || !strings.Contains(err.Error(), c.want) || v.Name != "" {
			t.Errorf("%s: read %q, error %v, want one that says %q", c.data, v.Name, err, c.want)
		}
	}
	if err := Decode([]byte(`[]`), 1, new(any)); err == nil || errors.Is(err, ErrVersion) {
		t.Errorf("a list was read with %v", err)
	}
}
