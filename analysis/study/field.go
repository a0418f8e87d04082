package study

import "math"

// field is one key of the study file: what it is called, what it means, what
// it may hold, what it holds when it is not given, and where its value goes.
// Reading, checking, the JSON Schema, the reference and the commented file
// that init writes all come from the one table of fields in table.go.
type field struct {
	key  string
	doc  string
	typ  typ
	def  string // YAML text of the default; empty for none
	note string // what stands in for a default that depends on something else
	need bool   // must be given
	// at returns a pointer to the field's place in its owner.
	at func(owner any) any
}

// at names the place of a field in its owner, with types.
func at[T, F any](place func(*T) *F) func(any) any {
	return func(owner any) any { return place(owner.(*T)) }
}

// kind is the form of a value.
type kind int

const (
	textKind     kind = iota // *string
	integerKind              // *int, *int64, *uint64
	numberKind               // *float64
	flagKind                 // *bool, **bool
	listKind                 // *[]T
	numbersKind              // *map[string]float64
	textsKind                // *map[string]string
	weightsKind              // *ClassWeights: one of words, or numbers by name
	labelsKind               // *map[string][]string: texts by name, one or a list each
	labelledKind             // *map[string]map[string][]string: labels by name
	objectKind               // *T, **T
)

// typ says what a field may hold.
type typ struct {
	kind kind
	// words are the texts to choose from, if the choice is closed.
	words []string
	// held are further texts, for studies that programs make.
	held []string
	// min and max bound a number, or the length of a list; NaN is no bound.
	// above excludes min itself.
	min, max float64
	above    bool
	elem     *typ
	// fields are the keys of an object.
	fields []field
	// instead are the keys of a mapping that may stand where a list is due.
	instead []field
	// short is the key that a bare value stands for where an object is due.
	short string
	// grow appends an element to a list and returns a pointer to it; reset
	// empties the list; open makes an optional object exist.
	grow  func(list any) any
	reset func(list any)
	open  func(object any) any
}

func text() typ                  { return typ{kind: textKind} }
func choice(words ...string) typ { return typ{kind: textKind, words: words} }
func flag() typ                  { return typ{kind: flagKind} }
func numbers() typ               { return typ{kind: numbersKind} }
func texts() typ                 { return typ{kind: textsKind} }
func labels() typ                { return typ{kind: labelsKind} }
func labelled() typ              { return typ{kind: labelledKind} }

// weights is one of some words, or a mapping from names to positive numbers.
func weights(words ...string) typ { return typ{kind: weightsKind, words: words} }

func integer(low, high float64) typ {
	return typ{kind: integerKind, min: low, max: high}
}

func number(low, high float64) typ {
	return typ{kind: numberKind, min: low, max: high}
}

// positive is a number above zero.
func positive() typ {
	return typ{kind: numberKind, min: 0, max: unbounded, above: true}
}

// listOf is a list of elements stored as []T.
func listOf[T any](elem typ) typ {
	return typ{
		kind: listKind,
		elem: &elem,
		grow: func(list any) any {
			l := list.(*[]T)
			*l = append(*l, *new(T))
			return &(*l)[len(*l)-1]
		},
		reset: func(list any) { *list.(*[]T) = nil },
		min:   0, max: unbounded,
	}
}

// orHeld adds texts that a program may set and a study file may not.
func (t typ) orHeld(words ...string) typ {
	t.held = words
	return t
}

// ofLength bounds the number of elements of a list.
func (t typ) ofLength(low, high float64) typ {
	t.min, t.max = low, high
	return t
}

// orBy lets a mapping with some keys stand for the list.
func (t typ) orBy(keys []field) typ {
	t.instead = keys
	return t
}

// object is a mapping with the given keys.
func object(fields []field) typ { return typ{kind: objectKind, fields: fields} }

// or lets a bare value stand for one key of the object.
func (t typ) or(short string) typ {
	t.short = short
	return t
}

// optional is an object stored as *T that is nil when not given.
func optional[T any](t typ) typ {
	t.open = func(object any) any {
		p := object.(**T)
		if *p == nil {
			*p = new(T)
			fill(*p, t.fields)
		}
		return *p
	}
	return t
}

var unbounded = math.Inf(1)

// find returns the field of a key, or nil.
func find(fields []field, key string) *field {
	for i := range fields {
		if fields[i].key == key {
			return &fields[i]
		}
	}
	return nil
}

func keys(fields []field) []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = f.key
	}
	return out
}
