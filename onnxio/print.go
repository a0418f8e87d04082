package onnxio

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Print writes a readable listing of m: one line per value and node, with the
// type and shape of everything computed. The listing depends on m alone. A
// model whose shapes cannot be inferred is printed with those it declares, and
// the error stands in a comment.
//
//	model  IR 8, ai.onnx 17, producer "sharewise"
//	graph "mlp"
//	in   x            float32[N,784]
//	init fc.weight    float32[10,784]  31360 bytes
//	 0   y            float32[N,10]    = Gemm(x, fc.weight) {transB=1}
//	out  y            float32[N,10]
func Print(w io.Writer, m *Model) error {
	p := &printer{w: bufio.NewWriter(w)}
	p.header(m)
	var err error
	if m.Graph != nil {
		if p.scopes, err = scopesOf(m); err != nil {
			p.linef(0, "# shapes are incomplete: %v", err)
		}
		p.graph(m.Graph, 0)
	}
	for _, f := range m.Functions {
		p.function(f)
	}
	return p.w.Flush()
}

type printer struct {
	w      *bufio.Writer
	scopes map[*Graph]*scope
}

// linef writes one line; errors stay in the buffered writer.
func (p *printer) linef(indent int, format string, args ...any) {
	line := fmt.Sprintf(format, args...)
	fmt.Fprintf(p.w, "%s%s\n", strings.Repeat("    ", indent), strings.TrimRight(line, " "))
}

func (p *printer) header(m *Model) {
	parts := []string{fmt.Sprintf("IR %d", m.IRVersion)}
	for _, o := range m.Opsets {
		d := o.Domain
		if standardDomain(d) == "" {
			d = "ai.onnx"
		}
		parts = append(parts, fmt.Sprintf("%s %d", d, o.Version))
	}
	if m.Producer != "" {
		parts = append(parts, fmt.Sprintf("producer %q", strings.TrimSpace(m.Producer+" "+m.ProducerVersion)))
	}
	p.linef(0, "model  %s", strings.Join(parts, ", "))
	for _, e := range m.Metadata {
		p.linef(0, "meta   %s = %q", e.Key, e.Value)
	}
}

func (p *printer) graph(g *Graph, indent int) {
	p.linef(indent, "graph %q", g.Name)
	var values map[string]*Value
	if sc := p.scopes[g]; sc != nil {
		values = sc.values
	}
	width, typeWidth := columns(g, values)
	row := func(what, name string, v *Value, rest string) {
		p.linef(indent, "%-4s %-*s  %-*s  %s", what, width, name, typeWidth, v.describe(), rest)
	}
	describe := func(name string, declared *Value) *Value {
		if v := values[name]; v != nil {
			return v
		}
		return declared
	}
	for _, v := range g.Inputs {
		row("in", v.Name, describe(v.Name, v), "")
	}
	for _, t := range g.Initializers {
		row("init", t.Name, t.Value(), preview(t))
	}
	for i, n := range g.Nodes {
		first := ""
		if len(n.Outputs) > 0 {
			first = n.Outputs[0]
		}
		row(fmt.Sprintf("%3d", i), first, describe(first, &Value{}), "= "+n.String())
		for k, out := range n.Outputs {
			if k > 0 && out != "" {
				row("", out, describe(out, &Value{}), "")
			}
		}
		for _, sub := range n.Subgraphs() {
			p.graph(sub, indent+2)
		}
	}
	for _, v := range g.Outputs {
		row("out", v.Name, describe(v.Name, v), "")
	}
}

func (p *printer) function(f *Function) {
	p.linef(0, "function %s.%s(%s) -> (%s)", f.Domain, f.Name, strings.Join(f.Inputs, ", "), strings.Join(f.Outputs, ", "))
	for i, n := range f.Nodes {
		p.linef(0, "%3d  %s = %s", i, strings.Join(n.Outputs, ", "), n)
	}
}

// maxColumn keeps one long name from pushing everything to the right.
const maxColumn = 40

// columns returns the widths of the columns of names and types.
func columns(g *Graph, values map[string]*Value) (names, types int) {
	see := func(name string, v *Value) {
		if n := len(name); n <= maxColumn {
			names = max(names, n)
		}
		if inferred := values[name]; inferred != nil {
			v = inferred
		}
		if n := len(v.describe()); n <= maxColumn {
			types = max(types, n)
		}
	}
	for _, list := range [][]*Value{g.Inputs, g.Outputs} {
		for _, v := range list {
			see(v.Name, v)
		}
	}
	for _, t := range g.Initializers {
		see(t.Name, t.Value())
	}
	for _, n := range g.Nodes {
		for _, name := range n.Outputs {
			see(name, &Value{})
		}
	}
	return names, types
}

// String returns the call without its outputs, such as
// "Gemm(x, w) {transB=1}".
func (n *Node) String() string {
	inputs := make([]string, len(n.Inputs))
	for i, name := range n.Inputs {
		inputs[i] = name
		if name == "" {
			inputs[i] = "_"
		}
	}
	s := n.OpName() + "(" + strings.Join(inputs, ", ") + ")"
	if len(n.Attrs) > 0 {
		attrs := make([]string, len(n.Attrs))
		for i, a := range n.Attrs {
			attrs[i] = a.Name + "=" + a.text()
		}
		s += " {" + strings.Join(attrs, ", ") + "}"
	}
	return s
}

// text returns the value of a, long ones shortened.
func (a *Attribute) text() string {
	if a.Ref != "" {
		return "@" + a.Ref
	}
	switch a.Type {
	case AttrFloat:
		return formatFloat(a.Float)
	case AttrInt:
		return strconv.FormatInt(a.Int, 10)
	case AttrString:
		return quote(a.String)
	case AttrTensor:
		if a.Tensor == nil {
			return "nil"
		}
		return a.Tensor.Value().describe() + " " + preview(a.Tensor)
	case AttrGraph:
		return "graph"
	case AttrFloats:
		return list(a.Floats, formatFloat)
	case AttrInts:
		return list(a.Ints, func(v int64) string { return strconv.FormatInt(v, 10) })
	case AttrStrings:
		return list(a.Strings, quote)
	}
	return a.Type.String()
}

func formatFloat(v float32) string { return strconv.FormatFloat(float64(v), 'g', -1, 32) }

// maxPreview is the number of elements, or characters, that a listing shows.
const (
	maxPreview      = 8
	maxPreviewBytes = 60
)

func quote(s []byte) string {
	if len(s) > maxPreviewBytes {
		return strconv.Quote(string(s[:maxPreviewBytes])) + "..."
	}
	return strconv.Quote(string(s))
}

func list[T any](all []T, format func(T) string) string {
	shown := all[:min(len(all), maxPreview)]
	parts := make([]string, len(shown))
	for i, x := range shown {
		parts[i] = format(x)
	}
	if len(all) > len(shown) {
		parts = append(parts, fmt.Sprintf("... %d in all", len(all)))
	}
	return "[" + strings.Join(parts, " ") + "]"
}

// preview returns the elements of a small tensor, or the size of a large one.
func preview(t *Tensor) string {
	switch n := t.Len(); {
	case t.check() != nil:
		return "(no valid data)"
	case t.Type == String:
		return list(t.Strings, quote)
	case n > maxPreview:
		return fmt.Sprintf("%d bytes", len(t.Data))
	}
	switch t.Type {
	case Float32:
		v, _ := t.Float32()
		return list(v, formatFloat)
	case Float64:
		v, _ := t.Float64()
		return list(v, func(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) })
	case Bool:
		v, _ := t.Bool()
		return list(v, strconv.FormatBool)
	}
	if elems := content(t); elems != nil {
		return list(elems, func(n number) string { return strconv.FormatInt(n.coef, 10) })
	}
	return fmt.Sprintf("%d bytes", len(t.Data))
}
