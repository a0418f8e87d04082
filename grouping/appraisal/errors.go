package appraisal

import "errors"

var (
	// ErrNoPrices is returned where neither the study nor a file has prices.
	ErrNoPrices = errors.New("no prices")
	// ErrNoTables is returned where what errors cost is asked for and the folder
	// has no runs whose answers could be looked at.
	ErrNoTables = errors.New("no finished runs")
)
