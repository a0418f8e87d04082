// Package solve chooses which pools of domains to train, so that what the domains
// gain is largest within a budget, and proves how good its choice is.
package solve
