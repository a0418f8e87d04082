package study

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// Remove returns the text of a study file without one of its domains, and without what
// its weightings say of that, which must speak of all that there are; everything else
// stays as it stands. It fails where the list of domains is written in a way that this
// cannot be done line by line, and for a domain that is not listed. Where other keys
// name the domain, the text is no valid study any more: parse it, and its errors say
// where.
func Remove(data []byte, name string) ([]byte, error) {
	d := &decoder{findings: &findings{lines: strings.Split(string(data), "\n"), places: map[string]place{}}, anchor: map[string]ast.Node{}}
	body, err := d.parse(data)
	if err != nil {
		return nil, err
	}
	entries, _ := d.entries(body, "")
	at := slices.IndexFunc(entries, func(e *ast.MappingValueNode) bool { return e.Key.GetToken().Value == "domains" })
	if at < 0 {
		return nil, fmt.Errorf("the study lists no domains")
	}
	value, _ := d.resolve(entries[at].Value, "domains")
	list, ok := value.(*ast.SequenceNode)
	if !ok {
		return nil, fmt.Errorf("the domains are the values of a column; list them, and one can be taken out")
	}
	if list.IsFlowStyle {
		return nil, fmt.Errorf("the domains stand in one line; give each a line of its own that begins with '- '")
	}
	if bytes.Count(data, []byte("\r")) > bytes.Count(data, []byte("\r\n")) {
		return nil, fmt.Errorf("some lines end with a carriage return alone, which are not counted as others are; save the study with line feeds")
	}
	column := list.GetToken().Position.Column // of the dashes
	item := slices.IndexFunc(list.Values, func(n ast.Node) bool {
		var dom Domain
		own := &decoder{findings: &findings{lines: d.lines, places: map[string]place{}}, anchor: d.anchor}
		own.value(n, object(domainFields), &dom, "domain")
		return dom.Name == name
	})
	if item < 0 {
		return nil, fmt.Errorf("the study lists no domain %q", name)
	}
	lines := bytes.SplitAfter(data, []byte("\n"))
	d.unweigh(entries, name, lines)
	begins := func(k int) bool { // a line with a dash of the list
		text := strings.TrimRight(string(lines[k]), "\r\n")
		return len(text) >= column && strings.TrimSpace(text[:column-1]) == "" && text[column-1] == '-'
	}
	first := position(list.Values[item]).line - 1
	for !begins(first) {
		if first == 0 {
			return nil, fmt.Errorf("the entry of domain %q does not begin with '- ' on a line of its own", name)
		}
		first--
	}
	last := first + 1
	for last < len(lines) && !begins(last) && inside(string(lines[last]), column) {
		last++
	}
	// Comments before the next entry belong to that one.
	for last > first+1 && blank(string(lines[last-1])) {
		last--
	}
	return bytes.Join(slices.Delete(lines, first, last), nil), nil
}

// unweigh takes out of the lines what maps of weights and targets say of a domain.
func (d *decoder) unweigh(study []*ast.MappingValueNode, name string, lines [][]byte) {
	under := func(entries []*ast.MappingValueNode, keys ...string) (values []ast.Node) {
		for _, e := range entries {
			if slices.Contains(keys, e.Key.GetToken().Value) {
				if v, ok := d.resolve(e.Value, "weightings"); ok {
					values = append(values, v)
				}
			}
		}
		return values
	}
	for _, list := range under(study, "weightings") {
		methods, ok := list.(*ast.SequenceNode)
		if !ok {
			continue
		}
		for _, method := range methods.Values {
			settings, _ := d.entries(method, "weightings")
			for _, v := range under(settings, "weights", "targets") {
				flow := false
				entries := []*ast.MappingValueNode{}
				switch x := v.(type) {
				case *ast.MappingNode:
					entries, flow = x.Values, x.IsFlowStyle
				case *ast.MappingValueNode:
					entries = append(entries, x)
				}
				if at := slices.IndexFunc(entries, func(e *ast.MappingValueNode) bool { return e.Key.GetToken().Value == name }); at >= 0 {
					cut(entries, at, flow, lines)
				}
			}
		}
	}
}

// cut takes an entry of a mapping out of the lines: of one in braces with the comma that
// follows, or else the one before, and of others with its lines.
func cut(entries []*ast.MappingValueNode, at int, flow bool, lines [][]byte) {
	first, last := position(entries[at].Key), position(entries[at].Value)
	for _, e := range entries {
		// Of an anchor or an alias the end is not known: the study's errors will say where
		// the domain stands.
		if t := e.Value.Type(); t != ast.IntegerType && t != ast.FloatType {
			return
		}
	}
	if !flow {
		for k := first.line - 1; k < last.line; k++ {
			lines[k] = nil
		}
		return
	}
	if first.line != last.line {
		return
	}
	text := []rune(string(lines[first.line-1]))
	end := func(e *ast.MappingValueNode) int {
		return position(e.Value).column - 1 + len([]rune(strings.TrimSpace(e.Value.GetToken().Origin)))
	}
	from, to := first.column-1, end(entries[at])
	switch {
	case at+1 < len(entries):
		if next := position(entries[at+1].Key); next.line == first.line {
			to = next.column - 1
		} else if comma := slices.Index(text[to:], ','); comma >= 0 {
			to += comma + 1
		}
	case at > 0 && position(entries[at-1].Value).line == first.line:
		from = end(entries[at-1])
	}
	if from <= to && to <= len(text) {
		lines[first.line-1] = []byte(string(slices.Delete(text, from, to)))
	}
}

// inside reports whether a line belongs to an entry whose dash is in a column: it is
// indented further, or says nothing.
func inside(line string, column int) bool {
	return blank(line) || len(line)-len(strings.TrimLeft(line, " ")) >= column
}

// blank reports whether a line says nothing: it is empty or a comment.
func blank(line string) bool {
	text := strings.TrimSpace(line)
	return text == "" || strings.HasPrefix(text, "#")
}
