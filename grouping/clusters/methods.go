package clusters

// method is a way of cutting a matrix into clusters.
type method struct {
	name string
	// counts are the numbers of clusters that it tries for n domains, ascending.
	counts func(n int) []int
	// cuts finds the clusters of each number.
	cuts   func(a Matrix, ks []int) ([]cut, error)
	effort func(n int) effort
	// describe adds what only this method has to say of k clusters.
	describe func(l *looker, k int, v *View) error
}

// cut is a partition that was asked for with k clusters.
type cut struct {
	k         int
	partition Partition
}

// effort is how many references and draws a method can look at.
type effort struct{ references, draws int }

// methods are the views, in order.
var methods = []method{linked(Average), linked(Complete), linked(Single), linked(Ward), spectralMethod, relaxationMethod}

// counts are the numbers from 2 to n - 1; of many domains those beyond 12 in steps
// of a quarter, to a half of the domains.
func counts(n int) []int {
	var ks []int
	for k := 2; k < n && (n <= 24 || k <= n/2); k++ {
		if n > 24 && k > 12 {
			k += k / 4
		}
		ks = append(ks, k)
	}
	return ks
}

func linked(by Linkage) method {
	return method{
		name: string(by), counts: counts,
		effort: func(n int) effort {
			if n > 40 {
				return effort{39, 40}
			}
			return effort{99, 100}
		},
		cuts: func(a Matrix, ks []int) ([]cut, error) {
			tree, err := Agglomerate(a, by)
			if err != nil {
				return nil, err
			}
			return cutAll(ks, func(k int) (Partition, error) { return tree.Cut(k), nil })
		},
		describe: func(l *looker, _ int, v *View) error {
			tree, err := Agglomerate(l.a, by)
			if err != nil {
				return err
			}
			v.Tree = tree.named(l.names)
			return nil
		},
	}
}

var spectralMethod = method{
	name: SpectralMethod, counts: counts,
	effort: func(n int) effort {
		if n > 40 {
			return effort{19, 20}
		}
		return effort{39, 50}
	},
	cuts: func(a Matrix, ks []int) ([]cut, error) {
		s, err := Spectral(a)
		if err != nil {
			return nil, err
		}
		return cutAll(ks, func(k int) (Partition, error) { return s.Cut(k, 3) })
	},
	describe: func(l *looker, _ int, v *View) error {
		s, err := Spectral(l.a)
		if err != nil {
			return err
		}
		v.Eigenvalues, v.EigengapK = s.Values, s.Gap()
		return nil
	},
}

// relaxationMethod takes longer with every domain: beyond 24 it tries few numbers
// and has no references.
var relaxationMethod = method{
	name: RelaxationMethod,
	counts: func(n int) []int {
		if n <= 12 {
			return counts(n)
		}
		ks := []int{2, 3, 4}
		for k := 6; k <= n/2; k += k / 3 {
			ks = append(ks, k)
		}
		return ks
	},
	effort: func(n int) effort {
		switch {
		case n <= 12:
			return effort{39, 50}
		case n <= 24:
			return effort{19, 20}
		}
		return effort{0, 3}
	},
	cuts: func(a Matrix, ks []int) ([]cut, error) {
		return cutAll(ks, func(k int) (Partition, error) {
			r, err := Relax(a, k)
			if err != nil {
				return nil, err
			}
			return r.Partition(), nil
		})
	},
	describe: func(l *looker, k int, v *View) error {
		r, err := Relax(l.a, k)
		if err != nil {
			return err
		}
		v.Solution = &Solution{k, r.Value, r.Bound, r.Primal, r.Dual, r.Steps}
		return nil
	},
}

func cutAll(ks []int, at func(k int) (Partition, error)) ([]cut, error) {
	var out []cut
	for _, k := range ks {
		p, err := at(k)
		if err != nil {
			return nil, err
		}
		out = append(out, cut{k, p})
	}
	return out, nil
}
