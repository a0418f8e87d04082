package grouping

import "errors"

var (
	// ErrNoDomains is returned for a problem without domains.
	ErrNoDomains = errors.New("no domains")
	// ErrTooManyDomains is returned above solve.MaxDomains.
	ErrTooManyDomains = errors.New("too many domains")
	// ErrNoPartition is returned when no partition keeps to all constraints with
	// the pools that can be valued, see ConflictError.
	ErrNoPartition = errors.New("no partition is possible")
	// ErrNoGains is returned for results without a gain of a pool of two or
	// more: there is nothing to choose from.
	ErrNoGains = errors.New("no gains of pools")
)
