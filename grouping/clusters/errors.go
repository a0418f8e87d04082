package clusters

import "errors"

var (
	// ErrShape is returned for a matrix that is not square, or not of the names.
	ErrShape = errors.New("matrix is not square")
	// ErrFew is returned where less than three domains, or pairs of less than half
	// of the domains' pairs, are there.
	ErrFew = errors.New("too little for clusters")
	// ErrClusters is returned for a number of clusters that cannot be.
	ErrClusters = errors.New("impossible number of clusters")
)
