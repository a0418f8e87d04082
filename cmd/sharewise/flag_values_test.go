package main

import (
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// TestFlagValues gives every flag of every command values that it cannot have: what it says
// has no words of the libraries in it.
func TestFlagValues(t *testing.T) {
	var visit func(c *cobra.Command, path []string)
	refused := 0
	visit = func(c *cobra.Command, path []string) {
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if f.Name == "help" || f.Name == "version" {
				return
			}
			for _, value := range []string{"", "x", "-", "1e999", "99999999999999999999", "a=", "=", "1,x", "\x1b[2J"} {
				root := newRootCommand(&app{stdout: io.Discard, stderr: io.Discard})
				root.SetOut(io.Discard)
				root.SetArgs(slices.Concat(path, []string{"--" + f.Name + "=" + value, "--help"}))
				err := root.ExecuteContext(t.Context())
				if err == nil {
					continue // it may have it, or is looked at later
				}
				refused++
				if code := exitCode(err); code != exitUsage || !strings.Contains(err.Error(), "--"+f.Name) {
					t.Errorf("%v --%s=%q: exit code %d, %v", path, f.Name, value, code, err)
				}
				for _, raw := range []string{"strconv", "invalid syntax", "time: ", "invalid argument", "\x1b", "must be formatted"} {
					if strings.Contains(err.Error(), raw) {
						t.Errorf("%v --%s=%q: %v", path, f.Name, value, err)
					}
				}
			}
		})
		for _, sub := range c.Commands() {
			visit(sub, append(slices.Clone(path), sub.Name()))
		}
	}
	visit(newRootCommand(&app{}), nil)
	if refused < 300 {
		t.Errorf("only %d values were refused", refused)
	}
}
