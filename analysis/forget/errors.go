package forget

import "errors"

// ErrNotLast is returned for a study that would be left with fewer than two domains.
var ErrNotLast = errors.New("two domains must be left; remove the folder instead")
