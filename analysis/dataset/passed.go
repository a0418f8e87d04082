package dataset

import "github.com/sharewise/sharewise/analysis/datafile"

// passedOver notes what a reader of a folder did not read: files that are not
// what they should be, and links.
func (o *opener) passedOver(dir string, loops []string, others *datafile.Passed, what string) {
	if others.Total() > 0 {
		o.notef("files in %s that are no %s are left out: %s", dir, what, others)
	}
	if len(loops) > 0 {
		o.notef("links in %s that lead back to a folder they are in are not followed: %s", dir, datafile.List(loops))
	}
}
