package deploy

import "errors"

var (
	// ErrStale is returned where a recommendation was made from other results than
	// the folder has, or these from other runs.
	ErrStale = errors.New("out of date")
	// ErrMissing is returned where a pool has no finished runs, or lacks some.
	ErrMissing = errors.New("runs are missing")
	// ErrForbidden is returned where a rule of the study's policy, of the plan or as
	// the study file has it now, forbids a recommended pool.
	ErrForbidden = errors.New("forbidden")
	// ErrFolds is returned where every run of a pool left out another part of the
	// data, so that none is the one to deploy, unless [Options].AnyFold says so.
	ErrFolds = errors.New("the runs are of different folds")
)
