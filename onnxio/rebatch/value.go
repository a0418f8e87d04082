package rebatch

import (
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// A place is where a value has its batch: inside of dimension dim, with outer
// elements of that dimension before it and the rest after it; or apart from
// the dimensions of the value, before all of them.
type place struct {
	dim   int
	outer int64
}

// apart is the place of a batch that is a dimension of its own.
var apart = place{dim: -1, outer: 1}

// value is a value of the exported graph.
type value struct {
	name  string
	shape []int64 // as exported
	// forms are those of a value that differs from sample to sample, in the
	// order in which they were made; a value that does not has none.
	forms []form
}

// form is a value of the new graph: one of the exported with its batch in a
// place.
type form struct {
	place
	name string
}

// product of sizes; that of none is 1.
func product(sizes []int64) int64 {
	n := int64(1)
	for _, s := range sizes {
		n *= s
	}
	return n
}

// before is the number of elements of a sample that come before the batch.
func (v *value) before(p place) int64 {
	if p == apart {
		return 1
	}
	return product(v.shape[:p.dim]) * p.outer
}

// dims are the sizes of a form, with -1 where the batch is.
func (v *value) dims(p place) []int64 {
	if p == apart {
		return slices.Concat([]int64{-1}, v.shape)
	}
	dims := slices.Clone(v.shape)
	dims[p.dim] = -1
	return dims
}

// places lists where a batch of a size can be that has so many elements of a
// sample before it: first the dimensions that it fills, then those that it
// begins, then those that it ends or is inside of, then apart.
func (v *value) places(before, size int64) (list []place) {
	var begins, others []place
	prefix := int64(1)
	for d, n := range v.shape {
		p := place{d, 0}
		if prefix > 0 && before%prefix == 0 { // a value may have no elements
			p.outer = before / prefix
		}
		prefix *= n
		if p.outer == 0 || n%(p.outer*size) != 0 {
			continue
		}
		switch {
		case n == size:
			list = append(list, p)
		case p.outer == 1:
			begins = append(begins, p)
		default:
			others = append(others, p)
		}
	}
	list = slices.Concat(list, begins, others)
	if before == 1 && size == 1 {
		list = append(list, apart)
	}
	return list
}

// candidates lists the places that a batched value has, or can have. moved
// counts those that take a transposition.
func (f *follower) candidates(v *value, moved bool) []place {
	var list []place
	add := func(more ...place) {
		for _, p := range more {
			if !slices.Contains(list, p) {
				list = append(list, p)
			}
		}
	}
	for _, have := range v.forms {
		add(have.place)
	}
	for _, have := range v.forms {
		add(v.places(v.before(have.place), f.size)...)
	}
	if moved && f.size == 1 {
		add(v.places(1, 1)...)
	}
	return list
}

// form returns the name of a value with its batch in a place, "" if it cannot
// be brought there. moved allows a transposition.
func (f *follower) form(v *value, p place, moved bool) string {
	before := v.before(p)
	for _, have := range v.forms {
		if have.place == p {
			return have.name
		}
	}
	for _, have := range v.forms {
		if v.before(have.place) == before {
			return f.view(v, have.name, p)
		}
	}
	if !moved || f.size != 1 {
		return ""
	}
	return f.view(v, f.move(v, before), p)
}

// view makes a form of a value whose elements have the right order already.
func (f *follower) view(v *value, name string, p place) string {
	if source, ok := f.reshaped[name]; ok {
		name = source
	}
	y := f.b.Op("Reshape", []string{name, f.b.Int64s(v.dims(p)...)})
	f.reshaped[y] = name
	v.forms = append(v.forms, form{p, y})
	return y
}

// move transposes the elements of a value, of which it takes the first form, so
// that before of a sample come before the batch.
func (f *follower) move(v *value, before int64) string {
	x, from, all := v.forms[0].name, v.before(v.forms[0].place), product(v.shape)
	swap := func(dims ...int64) {
		x = f.b.Op("Reshape", []string{x, f.b.Int64s(dims...)})
		x = f.b.Op("Transpose", []string{x}, onnxio.IntsAttr("perm", 0, 2, 1, 3))
	}
	if before%from != 0 { // by way of the front
		swap(1, from, -1, all/from)
		from = 1
	}
	if before != from {
		swap(from, -1, before/from, all/before)
	}
	return x
}

func (v *value) String() string { return fmt.Sprintf("%q %v", v.name, onnxio.Static(v.shape...)) }

// where words the places of a value's batch.
func (v *value) where() string {
	p := v.forms[0].place
	if p == apart {
		return fmt.Sprintf("%v with the batch before it", v)
	}
	return fmt.Sprintf("%v with the batch in dimension %d", v, p.dim)
}
