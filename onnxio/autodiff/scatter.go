package autodiff

import "github.com/sharewise/sharewise/onnxio"

// A scattering is ScatterElements or ScatterND with what it writes (inputs
// data a, indices b and updates u), as a rule sees it.
type scattering struct {
	*call
	updates string
	axis    []*onnxio.Attribute // of ScatterElements
}

func (c *call) scattering() scattering {
	s := scattering{call: c, updates: c.in(2)}
	if c.Op == "ScatterElements" {
		s.axis = []*onnxio.Attribute{onnxio.IntAttr("axis", c.IntOr("axis", 0))}
	}
	return s
}

// read takes the elements of x that updates are written to.
func (s scattering) read(x string) string {
	if s.Op == "ScatterElements" {
		return s.op("GatherElements", []string{x, s.b}, s.axis...)
	}
	return s.op("GatherND", []string{x, s.b})
}

// write scatters updates into x.
func (s scattering) write(x, updates, reduction string) string {
	attrs := s.axis
	if reduction != "none" {
		s.adding() // needs the operator set that has reductions
		attrs = append(attrs[:len(attrs):len(attrs)], onnxio.StringAttr("reduction", reduction))
	}
	return s.op(s.Op, []string{x, s.b, updates}, attrs...)
}

// scatterData is the rule of the data: what is overwritten gets nothing
// (reduction none, where indices must not repeat).
func scatterData(c *call) string {
	s := c.scattering()
	switch r := c.StringOr("reduction", "none"); r {
	case "none":
		return s.write(c.dy, c.zerosLike(s.updates), "none")
	case "add":
		return c.dy
	case "mul":
		return c.mul(c.dy, s.others(c.a, func(x string) string { return x }))
	case "max", "min":
		hit, share := s.extremes()
		return c.onlyWhere(hit, share)
	default:
		lacksf("reduction %q", r)
		return ""
	}
}

func scatterUpdates(c *call) string {
	s := c.scattering()
	switch r := c.StringOr("reduction", "none"); r {
	case "none", "add":
		return s.read(c.dy)
	case "mul":
		return c.mul(s.read(c.dy), s.others(s.updates, s.read))
	case "max", "min":
		_, share := s.extremes()
		return c.onlyWhere(c.equal(s.updates, s.read(c.y)), s.read(share))
	default:
		lacksf("reduction %q", r)
		return ""
	}
}

// extremes says which elements of the data are the result, and what everything
// that equals it gets: equal shares.
func (s scattering) extremes() (hit, share string) {
	dt := s.elementType()
	hit = s.equal(s.a, s.y)
	updates := s.cast(s.equal(s.updates, s.read(s.y)), dt)
	return hit, s.div(s.dy, s.write(s.cast(hit, dt), updates, "add"))
}

// others is the product of all factors of an element but x: that of all that
// are not zero, divided by x where none is zero, as it is at the only zero,
// and zero otherwise. at views what belongs to the elements of the data as x
// is.
func (s scattering) others(x string, at func(string) string) string {
	dt, one, zero := s.elementType(), s.k(1), s.k(0)
	isZero := func(v string) string { return s.equal(v, zero) }
	nonzero := func(v string) string { return s.where(isZero(v), one, v) }
	zeros := s.write(s.cast(isZero(s.a), dt), s.cast(isZero(s.updates), dt), "add")
	all := s.write(nonzero(s.a), nonzero(s.updates), "mul")
	return s.where(isZero(x),
		s.onlyWhere(s.equal(at(zeros), one), at(all)),
		s.onlyWhere(isZero(at(zeros)), s.div(at(all), nonzero(x))))
}
