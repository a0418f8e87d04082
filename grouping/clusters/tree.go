package clusters

import "slices"

// Tree is a tree of joins: a leaf with a domain's index, or two children.
type Tree struct {
	Leaf int // of a leaf; -1 otherwise
	// Score is the similarity at which the sides join: the larger, the sooner.
	// NaN for leaves, and where nothing known connects the sides.
	Score    float64
	Children []*Tree // none or two
}

// Leaves lists the leaves in order of the children.
func (t *Tree) Leaves() []int {
	if len(t.Children) == 0 {
		return []int{t.Leaf}
	}
	return slices.Concat(t.Children[0].Leaves(), t.Children[1].Leaves())
}

// Cut takes the joins apart, the last first, until k clusters are left, or all
// leaves stand alone. It returns a partition.
func (t *Tree) Cut(k int) Partition {
	parts := []*Tree{t}
	for len(parts) < k {
		last := -1
		for i, p := range parts {
			// A node that nothing known connects was joined last.
			if len(p.Children) > 0 && (last < 0 || finite(parts[last].Score) && !(p.Score >= parts[last].Score)) {
				last = i
			}
		}
		if last < 0 {
			break
		}
		sides := parts[last].Children
		parts[last] = sides[0]
		parts = append(parts, sides[1])
	}
	out := make(Partition, len(t.Leaves()))
	for i, p := range parts {
		for _, leaf := range p.Leaves() {
			out[leaf] = i
		}
	}
	return out.ordered()
}

// Partition gives the number of its cluster to every domain.
type Partition []int

// ordered numbers the clusters by their first members, from 0.
func (p Partition) ordered() Partition {
	number := map[int]int{}
	out := make(Partition, len(p))
	for i, c := range p {
		if _, seen := number[c]; !seen {
			number[c] = len(number)
		}
		out[i] = number[c]
	}
	return out
}

// Count is the number of clusters.
func (p Partition) Count() int {
	seen := map[int]bool{}
	for _, c := range p {
		seen[c] = true
	}
	return len(seen)
}

// Groups lists the members of the clusters, by first members.
func (p Partition) Groups() [][]int {
	var out [][]int
	for i, c := range p.ordered() {
		if c == len(out) {
			out = append(out, nil)
		}
		out[c] = append(out[c], i)
	}
	return out
}

// PartitionOf is the inverse of Groups, for n domains; those in no group are
// clusters by themselves.
func PartitionOf(n int, groups [][]int) Partition {
	p := make(Partition, n)
	for i := range p {
		p[i] = len(groups) + i
	}
	for c, members := range groups {
		for _, m := range members {
			p[m] = c
		}
	}
	return p.ordered()
}
