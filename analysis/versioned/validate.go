package versioned

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
)

// Counts returns an error where a number is below zero. Like that of the functions below
// it says where in its file it stands, as in "scores[3]".
func Counts(where string, numbers ...int) error {
	for _, n := range numbers {
		if n < 0 {
			return fmt.Errorf("%s: %d counts nothing", where, n)
		}
	}
	return nil
}

// MostAsked is the largest number of draws, samples, models or the like that anybody may ask
// for; all of them are in memory, or take time each.
const MostAsked = 1_000_000

// Asked returns an error where less than none or more than [MostAsked] is asked for: the
// numbers may come from a ledger that somebody else wrote. Where says of what.
func Asked(where string, numbers ...int) error {
	for _, n := range numbers {
		if n < 0 || n > MostAsked {
			return fmt.Errorf("%d %s: must be from 0, which stands for the usual number, to %d", n, where, MostAsked)
		}
	}
	return nil
}

// Shares returns an error where a chance or share is below 0 or above 1. One that is no
// number is not known.
func Shares[F ~float64](where string, shares ...F) error {
	for _, p := range shares {
		if p < 0 || p > 1 {
			return fmt.Errorf("%s: %g is no chance and no share", where, float64(p))
		}
	}
	return nil
}

// Length returns an error where a list has not as many elements as it must.
func Length(where string, got, want int) error {
	if got != want {
		return fmt.Errorf("%s: %d elements instead of %d", where, got, want)
	}
	return nil
}

// Index returns an error where a number is none of an element of a list.
func Index(where string, i, length int) error {
	if i < 0 || i >= length {
		return fmt.Errorf("%s: there is no element %d of %d", where, i, length)
	}
	return nil
}

// Inside returns an error where a slashed path leads out of the folder that it is in, or to the
// folder itself.
func Inside(where string, paths ...string) error {
	for _, p := range paths {
		if !filepath.IsLocal(filepath.FromSlash(p)) || path.Clean(p) != p || p == "." {
			return fmt.Errorf("%s: %q leads out of the folder", where, p)
		}
	}
	return nil
}

// Names returns an error where a list has a name twice.
func Names(where string, names []string) error {
	seen := make(map[string]bool, len(names))
	for _, name := range names {
		if seen[name] {
			return fmt.Errorf("%s: %q stands there twice", where, name)
		}
		seen[name] = true
	}
	return nil
}

// Among returns an error where a name is none of those that a file is about.
func Among(where string, all []string, names ...string) error {
	for _, name := range names {
		if !slices.Contains(all, name) {
			return fmt.Errorf("%s: %q is none of the %d domains", where, name, len(all))
		}
	}
	return nil
}

// Partition returns an error unless groups have every name once.
func Partition(where string, all []string, groups [][]string) error {
	if slices.ContainsFunc(groups, func(g []string) bool { return len(g) == 0 }) {
		return fmt.Errorf("%s: a group without members", where)
	}
	parted := slices.Concat(groups...)
	if err := Names(where, parted); err != nil {
		return err
	}
	if err := Among(where, all, parted...); err != nil {
		return err
	}
	if len(parted) != len(all) {
		return fmt.Errorf("%s: groups of %d of %d domains", where, len(parted), len(all))
	}
	return nil
}
