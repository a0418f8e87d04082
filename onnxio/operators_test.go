package onnxio

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestOperatorTable compares arity and attributes of every version of every
// operator up to operator set 17 with what another tool says.
func TestOperatorTable(t *testing.T) {
	f, err := os.Open("testdata/operators-17.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	count := 0
	sc := bufio.NewScanner(f)
	for sc.Scan() {
		if strings.HasPrefix(sc.Text(), "#") {
			continue
		}
		fields := strings.Fields(sc.Text())
		since, err := strconv.ParseInt(fields[1], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		s := lookup("", fields[0], since)
		if s == nil {
			t.Errorf("%s %d has no row", fields[0], since)
			continue
		}
		count++
		if got := describeSchema(s); got != strings.Join(fields[2:], " ") {
			t.Errorf("%s %d\n got %s\nwant %s", fields[0], since, got, strings.Join(fields[2:], " "))
		}
	}
	if count < 400 {
		t.Errorf("compared %d rows only", count)
	}
}

func describeSchema(s *schema) string {
	limit := func(n int) string {
		if n == math.MaxInt {
			return "*"
		}
		return strconv.Itoa(n)
	}
	parts := []string{"in", limit(s.minInputs) + ".." + limit(s.maxInputs), "out", limit(s.minOutputs) + ".." + limit(s.maxOutput)}
	var attrs []string
	for name, spec := range s.attributes {
		mark := ""
		if spec.required {
			mark = "!"
		}
		attrs = append(attrs, fmt.Sprintf("%s:%v%s", name, spec.typ, mark))
	}
	slices.Sort(attrs)
	return strings.Join(append(parts, attrs...), " ")
}

// TestWords: what is said of string attributes is said of some that exist.
func TestWords(t *testing.T) {
	strung := map[string]bool{}
	for key, rows := range schemas() {
		for _, s := range rows {
			for name, spec := range s.attributes {
				if spec.typ == AttrString {
					strung[name], strung[key[1]+"."+name] = true, true
				}
			}
		}
	}
	for name := range words {
		if !strung[name] {
			t.Errorf("no operator has a string attribute %s", name)
		}
	}
}

// TestOperatorRows checks what the table promises about itself.
func TestOperatorRows(t *testing.T) {
	for key, rows := range schemas() {
		for i, s := range rows {
			if s.since < 1 || s.since > maxOpset {
				t.Errorf("%v since %d", key, s.since)
			}
			if i == 0 {
				continue
			}
			if rows[i-1].since == s.since {
				t.Errorf("%v has two rows since %d", key, s.since)
			}
			if rows[i-1].sig == s.sig && rows[i-1].attrs == s.attrs {
				t.Errorf("%v: the row since %d repeats the one before", key, s.since)
			}
		}
	}
}
