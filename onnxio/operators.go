package onnxio

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
)

// operator is one row of the operator table: what a call looks like, and how
// to infer its outputs, from one version of its operator set until the next
// row of the same operator.
//
// The signature lists inputs and outputs by position: "X W B? -> Y". A name
// with "?" may be left out, one with "..." stands for one or more values, one
// with "*" for any number. Attributes are listed as "axis:int"; "!" marks a
// required one.
//
// Versions that changed only the admitted element types have no row. A row
// without inference rule is an operator whose outputs stay unknown.
type operator struct {
	domain string
	op     string
	since  int64
	sig    string
	attrs  string
	infer  rule
}

// rule infers the outputs of one call.
type rule func(c *call) error

// maxOpset is the newest standard operator set that the table covers.
const maxOpset = 26

// families is the whole table. It is filled in init because rules that run
// graphs inside graphs refer back to it.
var families [][]operator

func init() {
	families = [][]operator{
		activationOps,
		arithmeticOps,
		comparisonOps,
		constantOps,
		contribOps,
		controlOps,
		convOps,
		imageOps,
		indexOps,
		joinOps,
		kernelOps,
		lossOps,
		matmulOps,
		normalizationOps,
		poolOps,
		quantizeOps,
		recurrentOps,
		reduceOps,
		reshapeOps,
		sequenceOps,
		signalOps,
		textOps,
	}
}

// schema is a row taken apart.
type schema struct {
	*operator
	inputs, outputs       []string
	minInputs, maxInputs  int
	minOutputs, maxOutput int
	attributes            map[string]attributeSpec
}

type attributeSpec struct {
	typ      AttributeType
	required bool
}

// schemas holds the rows by domain and operator, oldest first. It is filled
// once, when first asked.
var schemas = sync.OnceValue(func() map[[2]string][]*schema {
	all := map[[2]string][]*schema{}
	for _, family := range families {
		for i := range family {
			s := parseSchema(&family[i])
			key := [2]string{s.domain, s.op}
			all[key] = append(all[key], s)
		}
	}
	for _, rows := range all {
		slices.SortFunc(rows, func(a, b *schema) int { return int(a.since - b.since) })
	}
	return all
})

// lookup returns the row of an operator in a version of its operator set, or
// nil.
func lookup(domain, op string, opset int64) *schema {
	var found *schema
	for _, s := range schemas()[[2]string{standardDomain(domain), op}] {
		if s.since <= opset {
			found = s
		}
	}
	return found
}

// parseSchema panics on a malformed row: the table is part of the program.
func parseSchema(o *operator) *schema {
	in, out, ok := strings.Cut(o.sig, "->")
	if !ok {
		panic(fmt.Sprintf("onnxio: operator %s: signature %q", o.op, o.sig))
	}
	s := &schema{operator: o, attributes: map[string]attributeSpec{}}
	s.inputs, s.minInputs, s.maxInputs = parseParameters(in)
	s.outputs, s.minOutputs, s.maxOutput = parseParameters(out)
	for _, field := range strings.Fields(o.attrs) {
		name, typ, _ := strings.Cut(field, ":")
		typ, required := strings.CutSuffix(typ, "!")
		t := slices.Index(attributeTypes[:], typ)
		if t < 0 {
			panic(fmt.Sprintf("onnxio: operator %s: attribute %q", o.op, field))
		}
		s.attributes[name] = attributeSpec{AttributeType(t), required}
	}
	return s
}

// parseParameters returns the parameters with their marks, the number of
// values needed, and the number accepted. Optional ones before an open list
// count as needed: they hold their place, if only by an empty name.
func parseParameters(list string) (names []string, least, most int) {
	names = strings.Fields(list)
	most = len(names)
	for i, name := range names {
		switch {
		case strings.HasSuffix(name, "..."):
			least, most = i+1, math.MaxInt
		case strings.HasSuffix(name, "*"):
			least, most = i, math.MaxInt
		case !strings.HasSuffix(name, "?"):
			least = i + 1
		}
	}
	return names, least, most
}

// checkArity verifies the number of n's inputs and outputs and that none is
// missing which the operator needs.
func (s *schema) checkArity(n *Node) error {
	if err := checkValues("input", n.Inputs, s.inputs, s.minInputs, s.maxInputs); err != nil {
		return err
	}
	return checkValues("output", n.Outputs, s.outputs, s.minOutputs, s.maxOutput)
}

func checkValues(what string, given, params []string, least, most int) error {
	switch n := len(given); {
	case n < least && least == most:
		return fmt.Errorf("%d %ss, but needs %d (%s)", n, what, least, strings.Join(params, " "))
	case n < least:
		return fmt.Errorf("%d %ss, but needs at least %d (%s)", n, what, least, strings.Join(params, " "))
	case n > most:
		return fmt.Errorf("%d %ss, but takes at most %d (%s)", n, what, most, strings.Join(params, " "))
	}
	for i, name := range given {
		if name != "" {
			continue
		}
		param := params[min(i, len(params)-1)]
		listed := what == "input" && (strings.HasSuffix(param, "...") || strings.HasSuffix(param, "*"))
		if listed || i < least && !strings.HasSuffix(param, "?") {
			return fmt.Errorf("%s %d (%s) is missing", what, i, param)
		}
	}
	return nil
}
