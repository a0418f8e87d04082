package main

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// once makes every flag that holds one value an error where it is given twice, and so
// every NAME=VALUE of a repeatable one whose name was given before: the last would
// win without a word.
func once(cmd *cobra.Command) {
	for _, flags := range []*pflag.FlagSet{cmd.Flags(), cmd.PersistentFlags()} {
		flags.VisitAll(func(f *pflag.Flag) {
			if _, done := f.Value.(*onceValue); done {
				return
			}
			if _, list := f.Value.(pflag.SliceValue); list || f.Value.Type() == "stringToString" {
				if named, _ := pflag.UnquoteUsage(f); strings.Contains(named, "=") {
					f.Value = &onceNamed{Value: f.Value, given: map[string]bool{}}
					if f.DefValue == "[]" {
						f.DefValue = "" // pflag knows its own lists only
					}
				}
				return
			}
			f.Value = &onceValue{Value: f.Value}
		})
	}
	for _, c := range cmd.Commands() {
		once(c)
	}
}

// errTwice says of what a flag was given twice.
type errTwice string

func (e errTwice) Error() string { return string(e) + ": give it once" }

// onceValue may be set once.
type onceValue struct {
	pflag.Value
	given bool
}

func (v *onceValue) Set(text string) error {
	if v.given {
		return errTwice("it is given twice")
	}
	v.given = true
	return v.Value.Set(text)
}

// onceNamed may be set once for each name, which ends at the last equals sign.
type onceNamed struct {
	pflag.Value
	given map[string]bool
}

func (v *onceNamed) Set(text string) error {
	settings := []string{text}
	if v.Type() == "stringToString" {
		settings = strings.Split(text, ",")
	}
	for _, s := range settings {
		name := s[:max(0, strings.LastIndex(s, "="))]
		if v.given[name] {
			if name == "" {
				return errTwice("it is given twice without a name")
			}
			return errTwice(name + " is given twice")
		}
		v.given[name] = true
	}
	return v.Value.Set(text)
}
