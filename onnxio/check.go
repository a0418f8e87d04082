package onnxio

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Check verifies that m is a valid model as far as this package knows
// operators:
//
//   - operator sets are imported for every domain in use, and every standard
//     operator exists in its version, with the right number of inputs and
//     outputs, and attributes that are known, complete and of the right type;
//   - every value is defined once, and before it is used (SSA form), and all
//     graph outputs are computed;
//   - constants have the data that type and shape ask for;
//   - types and shapes of inputs fit their operators, and what the model
//     declares for outputs and intermediate values agrees with what is
//     inferred. (ONNX's own checker lets wrong declarations pass.)
//
// Operators of other domains, but those of [KernelDomain], are taken on trust. Errors are [*NodeError] and
// [*ValueError], joined if there are several.
func Check(m *Model) error {
	if m.Graph == nil {
		return fmt.Errorf("check: %w: no graph", ErrFormat)
	}
	c := &checker{model: m, opsets: m.Opsets}
	c.modelFields()
	for _, f := range m.Functions {
		c.function(f)
	}
	c.graph(m.Graph, nil)
	if len(c.errs) == 0 {
		if err := m.CheckCalls(); err != nil {
			return err
		}
		c.shapes()
	}
	if len(c.errs) == 0 {
		return nil
	}
	return fmt.Errorf("check: %w", errors.Join(c.errs...))
}

// maxErrors is the number of errors after which Check stops listing.
const maxErrors = 10

type checker struct {
	model  *Model
	opsets []Opset
	errs   []error
}

func (c *checker) add(err error) {
	if err != nil && len(c.errs) < maxErrors {
		c.errs = append(c.errs, err)
	}
}

func (c *checker) value(graph, value, format string, args ...any) {
	c.add(&ValueError{Graph: graph, Value: value, Err: fmt.Errorf(format, args...)})
}

func (c *checker) modelFields() {
	if c.model.IRVersion < 1 {
		c.add(fmt.Errorf("IR version is %d", c.model.IRVersion))
	}
	seen := map[string]bool{}
	for _, o := range c.model.Opsets {
		d := standardDomain(o.Domain)
		if seen[d] {
			c.add(fmt.Errorf("operator set %q is imported twice", o.Domain))
		}
		seen[d] = true
		if o.Version < 1 {
			c.add(fmt.Errorf("operator set %q is imported in version %d", o.Domain, o.Version))
		}
	}
}

// names are the values defined so far in a graph and those around it.
type names struct {
	outer *names
	own   map[string]bool
}

func (n *names) has(name string) bool {
	for ; n != nil; n = n.outer {
		if n.own[name] {
			return true
		}
	}
	return false
}

func (c *checker) graph(g *Graph, outer *names) {
	scope := &names{outer, map[string]bool{}}
	for _, v := range g.Inputs {
		switch {
		case v.Name == "":
			c.value(g.Name, v.Name, "a graph input has no name")
		case scope.own[v.Name]:
			c.value(g.Name, v.Name, "is declared as input twice")
		case outer == nil && v.Type == Undefined && v.rest.GetType().GetValue() == nil:
			c.value(g.Name, v.Name, "input has no type")
		}
		scope.own[v.Name] = true
	}
	c.initializers(g, scope)
	for i, n := range g.Nodes {
		c.node(n, g.Name, i, scope, nil)
	}
	listed := map[string]bool{}
	for _, v := range g.Outputs {
		switch {
		case !scope.has(v.Name):
			c.value(g.Name, v.Name, "graph output is never computed")
		case listed[v.Name]:
			c.value(g.Name, v.Name, "is listed as output twice")
		}
		listed[v.Name] = true
	}
}

func (c *checker) initializers(g *Graph, scope *names) {
	seen := map[string]bool{}
	define := func(name string) {
		switch {
		case name == "":
			c.value(g.Name, name, "an initializer has no name")
		case seen[name]:
			c.value(g.Name, name, "is an initializer twice")
		}
		seen[name] = true
		scope.own[name] = true
	}
	for _, t := range g.Initializers {
		define(t.Name)
		if err := t.check(); err != nil {
			c.add(&ValueError{Graph: g.Name, Value: t.Name, Err: err})
			continue
		}
		if in := g.Input(t.Name); in != nil && disagree(in, t.Value()) {
			c.value(g.Name, t.Name, "input is declared %s, but its initializer is %s", in.describe(), t.Value().describe())
		}
	}
	for _, t := range g.rest.GetSparseInitializer() {
		define(t.GetValues().GetName())
	}
}

// disagree reports whether two descriptions cannot be of one value.
func disagree(a, b *Value) bool {
	return a.Type != b.Type && a.Type != Undefined && b.Type != Undefined || contradict(a.Shape, b.Shape)
}

// node checks n and adds its outputs to scope. F is the function that n is
// part of, if any.
func (c *checker) node(n *Node, where string, index int, scope *names, f *Function) {
	fail := func(format string, args ...any) {
		c.add(&NodeError{Graph: where, Node: n.Name, Op: n.OpName(), Index: index, Err: fmt.Errorf(format, args...)})
	}
	for _, name := range n.Inputs {
		if name != "" && !scope.has(name) {
			fail("input %q is not defined before this node", name)
		}
	}
	if err := c.operator(n); err != nil {
		fail("%w", err)
	}
	seen := map[string]bool{}
	for _, a := range n.Attrs {
		if seen[a.Name] {
			fail("attribute %s is given twice", a.Name)
		}
		seen[a.Name] = true
		if err := checkAttribute(a, f); err != nil {
			fail("attribute %s: %w", a.Name, err)
		}
	}
	for _, sub := range n.Subgraphs() {
		c.graph(sub, scope)
	}
	for _, name := range n.Outputs {
		if name != "" && scope.own[name] {
			fail("output %q is already defined", name)
		}
		if name != "" {
			scope.own[name] = true
		}
	}
}

// checkedDomain reports whether every operator of a domain is in the table.
func checkedDomain(domain string) bool { return domain == "" || domain == KernelDomain }

// operator checks a node against the operator table.
func (c *checker) operator(n *Node) error {
	if (&inference{model: c.model}).function(n) != nil {
		return nil
	}
	version := opsetVersion(c.opsets, n.Domain)
	switch {
	case n.Op == "":
		return errors.New("no operator is named")
	case version == 0:
		return fmt.Errorf("the model imports no operator set %q", n.Domain)
	case !checkedDomain(standardDomain(n.Domain)):
		return nil
	}
	s := lookup(n.Domain, n.Op, version)
	if s == nil && n.Domain == KernelDomain {
		return fmt.Errorf("unknown operator of %s", KernelDomain)
	}
	if s == nil {
		rows := schemas()[[2]string{"", n.Op}]
		switch {
		case len(rows) > 0:
			return fmt.Errorf("operator came with operator set %d, but the model imports %d", rows[0].since, version)
		case version > maxOpset:
			return fmt.Errorf("unknown operator; operator set %d is newer than %d, the newest known here", version, maxOpset)
		}
		return errors.New("unknown operator")
	}
	if last, gone := removed[n.Op]; gone && s.domain == "" && version >= last {
		return fmt.Errorf("operator went away with operator set %d, and the model imports %d", last, version)
	}
	if err := s.checkArity(n); err != nil {
		return err
	}
	return s.checkAttributes(n, version)
}

// checkAttributes verifies that n has the attributes that its operator needs,
// saying what it knows, and no others.
func (s *schema) checkAttributes(n *Node, version int64) error {
	for _, a := range n.Attrs {
		spec, ok := s.attributes[a.Name]
		switch {
		case !ok && version > maxOpset:
			// It may have come with the newer operator set.
		case !ok:
			return fmt.Errorf("no attribute %s in operator set %d", a.Name, version)
		case spec.typ != a.Type && a.Type != AttrUndefined:
			return fmt.Errorf("attribute %s has type %v, need %v", a.Name, a.Type, spec.typ)
		}
		if err := checkWord(s.op, a); err != nil {
			return err
		}
	}
	var missing []string
	for name, spec := range s.attributes {
		if spec.required && n.Attr(name) == nil {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		slices.Sort(missing)
		return fmt.Errorf("attribute %s is missing", strings.Join(missing, " and "))
	}
	return nil
}

// checkAttribute verifies that a holds a value of its type, or a reference to
// an attribute of f.
func checkAttribute(a *Attribute, f *Function) error {
	if a.Name == "" {
		return errors.New("it has no name")
	}
	if a.Ref != "" {
		if f == nil {
			return fmt.Errorf("refers to attribute %s outside a function", a.Ref)
		}
		declared := slices.Contains(f.Attrs, a.Ref) ||
			slices.ContainsFunc(f.Default, func(d *Attribute) bool { return d.Name == a.Ref })
		if !declared {
			return fmt.Errorf("refers to attribute %s, which the function does not declare", a.Ref)
		}
		return nil
	}
	if other := a.holdsOthers(); other != "" && a.Type != AttrUndefined {
		return fmt.Errorf("is of type %v and holds %s, too", a.Type, other)
	}
	switch a.Type {
	case AttrUndefined:
		return errors.New("it has no type")
	case AttrTensor:
		if a.Tensor == nil {
			return errors.New("it holds no tensor")
		}
		return a.Tensor.check()
	case AttrGraph:
		if a.Graph == nil {
			return errors.New("it holds no graph")
		}
	case AttrTensors:
		for _, t := range a.Tensors {
			if err := t.check(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *checker) function(f *Function) {
	outer := c.opsets
	c.opsets = f.Opsets
	defer func() { c.opsets = outer }()
	scope := &names{nil, map[string]bool{}}
	for _, name := range f.Inputs {
		if scope.own[name] {
			c.value(f.Name, name, "is an input of the function twice")
		}
		scope.own[name] = true
	}
	for i, n := range f.Nodes {
		c.node(n, f.Name, i, scope, f)
	}
	for _, name := range f.Outputs {
		if !scope.own[name] {
			c.value(f.Name, name, "output of the function is never computed")
		}
	}
}

// shapes infers everything and compares it with what is declared.
func (c *checker) shapes() {
	inf := &inference{model: c.model, opsets: c.model.Opsets}
	inf.declared = func(graph string, declared, inferred *Value) error {
		if disagree(declared, inferred) {
			c.value(graph, declared.Name, "is declared %s, but computed as %s", declared.describe(), inferred.describe())
		}
		return nil
	}
	g, scope := c.model.Graph, newScope(nil)
	if err := inf.graph(g, scope, nil); err != nil {
		c.add(err)
		return
	}
	for _, v := range g.Outputs {
		if g.Input(v.Name) != nil || g.Initializer(v.Name) != nil {
			_ = inf.declared(g.Name, v, scope.values[v.Name])
		}
	}
}
