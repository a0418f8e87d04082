package clusters

import "slices"

// method is a way of cutting a matrix into clusters.
type method struct {
	name string
	// counts are the numbers of clusters that it tries for n domains, ascending;
	// chosen are those that the views before it chose.
	counts func(n int, chosen []int) []int
	// cuts finds the clusters of each number.
	cuts   func(a Matrix, ks []int) ([]cut, error)
	effort func(n int) effort
	// describe adds what only this method has to say of the cut that was chosen.
	describe func(l *looker, c cut, v *View) error
}

// cut is a partition that was asked for with k clusters.
type cut struct {
	k         int
	partition Partition
	relaxed   *Relaxed // of the relaxation
}

// effort is how many references and draws a method can look at.
type effort struct{ references, draws int }

// methods are the views, in order.
var methods = []method{linked(Average), linked(Complete), linked(Single), linked(Ward), spectralMethod, relaxationMethod}

// counts are the numbers from 2 to n - 1; of many domains those beyond 12 in steps
// of a quarter, to a half of the domains.
func counts(n int, _ []int) []int {
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
			return cutAll(ks, func(k int) (cut, error) { return cut{k: k, partition: tree.Cut(k)}, nil })
		},
		describe: func(l *looker, _ cut, v *View) error {
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
		return cutAll(ks, func(k int) (cut, error) {
			p, err := s.Cut(k, 3)
			return cut{k: k, partition: p}, err
		})
	},
	describe: func(l *looker, _ cut, v *View) error {
		s, err := Spectral(l.a)
		if err != nil {
			return err
		}
		v.Eigenvalues, v.EigengapK = s.Values, s.Gap()
		return nil
	},
}

// relaxationMethod takes longer with every domain: beyond 12 it tries few numbers,
// beyond 24 those that average linkage and spectral clustering chose, and has no
// references.
var relaxationMethod = method{
	name: RelaxationMethod,
	counts: func(n int, chosen []int) []int {
		switch {
		case n <= 12:
			return counts(n, nil)
		case n > 24 && len(chosen) > 0:
			ks := []int{chosen[0], chosen[len(chosen)-1]}
			slices.Sort(ks)
			return slices.Compact(ks)
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
		case n <= 40:
			return effort{0, 3}
		}
		return effort{}
	},
	cuts: func(a Matrix, ks []int) ([]cut, error) {
		return cutAll(ks, func(k int) (cut, error) {
			r, err := Relax(a, k)
			if err != nil {
				return cut{}, err
			}
			return cut{k, r.Partition(), r}, nil
		})
	},
	describe: func(_ *looker, c cut, v *View) error {
		r := c.relaxed
		v.Solution = &Solution{c.k, r.Value, r.Bound, r.Primal, r.Dual, r.Steps}
		return nil
	},
}

func cutAll(ks []int, at func(k int) (cut, error)) ([]cut, error) {
	var out []cut
	for _, k := range ks {
		c, err := at(k)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}
