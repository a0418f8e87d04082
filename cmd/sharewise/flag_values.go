package main

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/pflag"
)

// wanted says what flags of a type take, by the names that pflag gives types.
var wanted = map[string]string{
	"int":            "a whole number such as 3",
	"int64":          "a whole number such as 3",
	"uint64":         "a whole number such as 3, not below 0",
	"float64":        "a number such as 0.05",
	"float32Slice":   "numbers such as 0.5,1,2",
	"float64Slice":   "numbers such as 0.5,1,2",
	"bool":           "true or false",
	"duration":       "a time such as 90s, 30m or 2h",
	"stringToString": "pairs such as nord=3,sued=5",
}

// flagError says in plain words what is wrong with the value of a flag; types of our own
// say that themselves.
func flagError(err error) error {
	var invalid *pflag.InvalidValueError
	if !errors.As(err, &invalid) {
		return err
	}
	flag, value := invalid.GetFlag(), invalid.GetValue()
	want, ok := wanted[flag.Value.Type()]
	switch {
	case !ok, errors.As(err, new(errTwice)):
		return fmt.Errorf("--%s: %w", flag.Name, invalid.Unwrap())
	case errors.Is(err, strconv.ErrRange):
		return fmt.Errorf("--%s %q: too large or too small; it takes %s", flag.Name, value, want)
	}
	return fmt.Errorf("--%s %q: it takes %s", flag.Name, value, want)
}
