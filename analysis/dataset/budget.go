package dataset

import "sync/atomic"

// budget is the memory that the inputs of a study's domains may take before
// they go to temporary files. Labels, numbers and names of samples are not
// counted.
type budget struct {
	total int64
	left  atomic.Int64
}

// newBudget returns a budget of some bytes; 0 means [DefaultMemory].
func newBudget(bytes int64) *budget {
	if bytes == 0 {
		bytes = DefaultMemory()
	}
	b := &budget{total: bytes}
	b.left.Store(bytes)
	return b
}

// take reserves n bytes and reports whether so many were left; else nothing is
// reserved.
func (b *budget) take(n int64) bool {
	if b.left.Add(-n) >= 0 {
		return true
	}
	b.left.Add(n)
	return false
}

func (b *budget) give(n int64) { b.left.Add(n) }

// assumedMemory is taken for the size of the memory where the system does not say it.
const assumedMemory = 8 << 30

// DefaultMemory is the memory budget of a study that states none: half of the
// machine's memory, or of what the control group of the process may use where
// that is less.
func DefaultMemory() int64 {
	total := machineMemory()
	if limit := groupMemory(); limit > 0 && limit < total {
		total = limit
	}
	return total / 2
}
