package dataset

// release leaves pages to the system, which trims them when memory is short.
func release([]byte) {}
