package grouping

import "github.com/sharewise/sharewise/grouping/solve"

// set is a subset of the problem's domains.
type set = solve.Set
