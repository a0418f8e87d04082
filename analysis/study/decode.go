package study

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// decoder reads the nodes of a study file into a Study by the table of fields.
// It goes on after an error, so that one call finds them all.
type decoder struct {
	*findings
	anchor map[string]ast.Node
	depth  int // of aliases under way
	// by is the column that stands for the list of domains; nil where these are
	// listed. values reads what it has.
	by     *byColumn
	values Values
}

// value reads a node into the place that dst points to.
func (d *decoder) value(n ast.Node, t typ, dst any, path string) {
	n, ok := d.resolve(n, path)
	if !ok {
		return
	}
	d.places[path] = position(n)
	switch t.kind {
	case objectKind:
		d.object(n, t, dst, path)
	case listKind:
		d.list(n, t, dst, path)
	case numbersKind:
		byName(d, n, number(math.Inf(-1), unbounded), dst.(*map[string]float64), path)
	case textsKind:
		byName(d, n, text(), dst.(*map[string]string), path)
	case labelsKind:
		d.labels(n, labelsAt(dst), path)
	case labelledKind:
		d.labelled(n, dst.(*map[string]map[string][]string), path)
	case weightsKind:
		w := dst.(*ClassWeights)
		if _, ok := d.entries(n, path); ok {
			byName(d, n, positive(), &w.ByClass, path)
			return
		}
		d.scalar(n, choice(t.words...), &w.Rule, path)
	default:
		d.scalar(n, t, dst, path)
	}
}

// resolve follows anchors and aliases.
func (d *decoder) resolve(n ast.Node, path string) (ast.Node, bool) {
	for range 16 {
		switch x := n.(type) {
		case *ast.AnchorNode:
			n = x.Value
		case *ast.TagNode:
			n = x.Value
		case *ast.AliasNode:
			name := x.Value.GetToken().Value
			target, ok := d.anchor[name]
			if !ok {
				d.places[path] = position(x)
				d.errorf(path, "no anchor &%s stands above", name)
				return nil, false
			}
			n = target
		case nil:
			return nil, false
		default:
			return n, true
		}
	}
	d.errorf(path, "aliases refer to each other")
	return nil, false
}

// position is where a node begins. Tokens of mappings are their first colon.
func position(n ast.Node) place {
	switch x := n.(type) {
	case *ast.MappingNode:
		if len(x.Values) > 0 && !x.IsFlowStyle {
			return position(x.Values[0].Key)
		}
	case *ast.MappingValueNode:
		return position(x.Key)
	}
	p := n.GetToken().Position
	return place{p.Line, max(1, p.Column)}
}

// entries lists the keys of a mapping, with those that it merges in first.
func (d *decoder) entries(n ast.Node, path string) ([]*ast.MappingValueNode, bool) {
	var own []*ast.MappingValueNode
	switch x := n.(type) {
	case *ast.MappingNode:
		own = x.Values
	case *ast.MappingValueNode:
		own = []*ast.MappingValueNode{x}
	default:
		return nil, false
	}
	var merged, rest []*ast.MappingValueNode
	for _, e := range own {
		if e.Key.Type() != ast.MergeKeyType {
			rest = append(rest, e)
			continue
		}
		target, ok := d.resolve(e.Value, path)
		if !ok || d.depth > 16 {
			continue
		}
		d.depth++
		more, ok := d.entries(target, path)
		d.depth--
		if !ok {
			d.errs = append(d.errs, d.newError(position(e.Key), path, "<< merges a mapping, and this is none"))
		}
		merged = append(merged, more...)
	}
	return append(merged, rest...), true
}

func (d *decoder) object(n ast.Node, t typ, dst any, path string) {
	if t.open != nil {
		dst = t.open(dst)
	}
	if n.Type() == ast.NullType {
		return // "training:" with everything below it commented out
	}
	entries, ok := d.entries(n, path)
	if !ok {
		d.bare(n, t, dst, path)
		return
	}
	for _, e := range entries {
		key := e.Key.GetToken().Value
		if strings.HasPrefix(key, "x-") {
			continue // a place for anchors
		}
		sub := key
		if path != "" {
			sub = path + "." + key
		}
		f := find(t.fields, key)
		if f == nil {
			d.errs = append(d.errs, d.newError(position(e.Key), sub, "unknown key"+DidYouMean(key, keys(t.fields))))
			continue
		}
		d.value(e.Value, f.typ, f.at(dst), sub)
	}
}

// bare reads a value that stands for one key of an object.
func (d *decoder) bare(n ast.Node, t typ, dst any, path string) {
	f := find(t.fields, t.short)
	if f == nil {
		d.errorf(path, "%s is not a mapping with the keys %s", describe(n), strings.Join(keys(t.fields), ", "))
		return
	}
	at := d.places[path]
	d.value(n, f.typ, f.at(dst), path)
	d.places[path+"."+t.short] = at
}

func (d *decoder) list(n ast.Node, t typ, dst any, path string) {
	t.reset(dst)
	if len(t.instead) > 0 {
		if _, ok := d.entries(n, path); ok {
			d.by = &byColumn{}
			d.object(n, object(t.instead), d.by, path)
			return
		}
	}
	s, ok := n.(*ast.SequenceNode)
	if !ok {
		d.errorf(path, "%s is not a list; write [a, b] or one '- ' line per element", describe(n))
		return
	}
	for i, v := range s.Values {
		item := t.grow(dst)
		if t.elem.kind == objectKind {
			fill(item, t.elem.fields)
		}
		d.value(v, *t.elem, item, fmt.Sprintf("%s[%d]", path, i))
	}
	if !t.holds(len(s.Values)) {
		d.errorf(path, "%s", miscount(len(s.Values), t))
	}
}

// byName reads a mapping whose keys are names of the user's.
func byName[V any](d *decoder, n ast.Node, t typ, dst *map[string]V, path string) {
	entries, ok := d.entries(n, path)
	if !ok {
		d.errorf(path, "%s is not a mapping from names to values", describe(n))
		return
	}
	m := map[string]V{}
	for _, e := range entries {
		key := e.Key.GetToken().Value
		var v V
		d.value(e.Value, t, &v, path+"."+key)
		m[key] = v
	}
	*dst = m
}

func (d *decoder) scalar(n ast.Node, t typ, dst any, path string) {
	written, ok := scalarText(n)
	if !ok {
		d.errorf(path, "%s is not %s", describe(n), expected(t))
		return
	}
	if n.Type() == ast.NullType && written == "" {
		d.errorf(path, "no value; %s must stand here, or remove the key", expected(t))
		return
	}
	if problem := set(dst, written, n, t); problem != "" {
		d.errorf(path, "%s", problem)
	}
}

// scalarText is a scalar as the file has it: 010 stays 010.
func scalarText(n ast.Node) (string, bool) {
	switch x := n.(type) {
	case *ast.StringNode:
		return x.Value, true
	case *ast.LiteralNode:
		return x.Value.Value, true
	case *ast.NullNode:
		if x.Token.Type == token.ImplicitNullType {
			return "", true
		}
		return x.Token.Value, true // null and ~ are texts where a text is due
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	}
	return "", false
}

// set stores a scalar and returns what is wrong with it, if anything.
func set(dst any, written string, n ast.Node, t typ) string {
	quoted := fmt.Sprintf("%q", written)
	switch p := dst.(type) {
	case *string:
		if slices.Contains(t.held, written) {
			return quoted + " is for data that a Go program holds; a study file names files: " + expected(t)
		}
		if !t.takes(written) {
			return refusal(written, t)
		}
		*p = written
	case *bool:
		v, ok := n.(*ast.BoolNode)
		if !ok {
			return quoted + " is neither true nor false"
		}
		*p = v.Value
	case **bool:
		v, ok := n.(*ast.BoolNode)
		if !ok {
			return quoted + " is neither true nor false"
		}
		*p = &v.Value
	case *int:
		v, err := strconv.ParseInt(plainNumber(written, n), 10, 64)
		if err != nil || !t.takes(float64(v)) {
			return refusal(written, t)
		}
		*p = int(v)
	case *int64:
		v, err := strconv.ParseInt(plainNumber(written, n), 10, 64)
		if err != nil || !t.takes(float64(v)) {
			return refusal(written, t)
		}
		*p = v
	case **int:
		*p = new(int)
		return set(*p, written, n, t)
	case *uint64:
		v, err := strconv.ParseUint(plainNumber(written, n), 10, 64)
		if err != nil || !t.takes(float64(v)) {
			return refusal(written, t)
		}
		*p = v
	case *float64:
		v, err := strconv.ParseFloat(plainNumber(written, n), 64)
		if err != nil || !t.takes(v) {
			return refusal(written, t)
		}
		*p = v
	default:
		return fmt.Sprintf("internal: no place for a scalar in %T", dst)
	}
	return ""
}

// plainNumber is the text of an unquoted number, with 1_000 as 1000. The YAML
// reader takes 1e-3 for text, which we do not.
func plainNumber(written string, n ast.Node) string {
	if s, ok := n.(*ast.StringNode); ok && s.Token.Origin != "" && strings.ContainsAny(s.Token.Origin, `"'`) {
		return ""
	}
	return strings.ReplaceAll(written, "_", "")
}

// describe names a node for a message.
func describe(n ast.Node) string {
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a mapping"
	case *ast.SequenceNode:
		return "a list"
	case *ast.NullNode:
		return "nothing"
	}
	return fmt.Sprintf("%q", n.GetToken().Value)
}

// fill puts the defaults of an object's fields in place.
func fill(owner any, fields []field) {
	for _, f := range fields {
		switch {
		case f.def != "":
			file, err := parser.ParseBytes([]byte(f.def), 0)
			if err != nil {
				panic(fmt.Sprintf("study: default of %s: %v", f.key, err))
			}
			d := decoder{findings: &findings{places: map[string]place{}}}
			d.value(file.Docs[0].Body, f.typ, f.at(owner), f.key)
			if len(d.errs) > 0 {
				panic(fmt.Sprintf("study: default of %s: %v", f.key, d.errs))
			}
		case f.typ.kind == objectKind && f.typ.open == nil:
			fill(f.at(owner), f.typ.fields)
		}
	}
}
