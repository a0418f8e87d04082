package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis/custody"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/grouping/remedies"
)

const checkLong = `Check verifies every sum in OUT: that plan, runs, results, groups, report and all
other files hold what was written, that each was made of what is there now, and,
where the data are at hand, that these are the ones that were trained on. It lists
what is

  stale        made of what has changed since
  damaged      changed or cut since it was written
  missing      written, and gone
  unrecorded   of unknown origin: of an earlier version, or of a command that was
               interrupted
  orphaned     left by a command that was killed, or of runs that the plan does not
               have
  unverified   what to compare it with is not at hand; this is no fault

With --repair damaged files and runs are set aside, into OUT/damaged, so that 'run'
trains these again, what killed commands left is removed, and what is stale,
missing or of unknown origin is made again, by the settings that it was made with:
measures, groups, values, estimates and the report. Data, models, study files and runs
of other plans are left alone. What needs training is said at the end. It can be
stopped or killed at any moment, and started again.

Exit codes besides the common ones: 1 if anything is not as it should be; with
--repair, if anything is left so.

Examples:
  sharewise check out
  sharewise check out --no-data --json
  sharewise check out --repair`

func newCheckCommand(a *app) *cobra.Command {
	var repair, noData bool
	cmd := &cobra.Command{
		Use:     "check OUT",
		Short:   "Verify every file of a study, and repair what is stale or damaged",
		Long:    checkLong,
		GroupID: "keep",
		Args:    outputArg(),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.check(cmd.Context(), layout.Folder(args[0]), repair, noData)
		},
	}
	cmd.Flags().BoolVar(&repair, "repair", false, "set damaged files aside, and make again what can be made without training")
	cmd.Flags().BoolVar(&noData, "no-data", false, "do not read the data")
	return cmd
}

// checked is what check prints as JSON.
type checked struct {
	*custody.Report
	// Repaired says what was done, Next what is left to do.
	Repaired []string `json:"repaired,omitempty"`
	Next     []string `json:"next,omitempty"`
}

func (a *app) check(ctx context.Context, folder layout.Folder, repair, noData bool) error {
	if there, err := isFolder(string(folder)); err != nil {
		return err
	} else if !there {
		return inputError(fmt.Errorf("%s: there is no such folder", folder))
	}
	r, err := custody.Check(ctx, folder, noData)
	if err != nil {
		return checkError(err)
	}
	c := checked{Report: r}
	if repair && r.Faults() > 0 {
		if err := a.repair(ctx, folder, &c); err != nil {
			return err
		}
		if c.Report, err = custody.Check(ctx, folder, noData); err != nil {
			return checkError(err)
		}
	}
	c.Next = next(folder, c.Report, repair)
	if err := a.show(c, func(w io.Writer) error { return printCheck(w, &c, string(folder)) }); err != nil {
		return err
	}
	if n := c.Faults(); n > 0 {
		return errAnswerNo{fmt.Sprintf("%s: %s not as recorded", folder, wording.PluralAs(n, "thing is", "things are"))}
	}
	return nil
}

// checkError tells a context that ended from a folder that cannot be read.
func checkError(err error) error {
	if errors.Is(err, context.Canceled) {
		return errAbandoned
	}
	return inputError(err)
}

func printCheck(w io.Writer, c *checked, folder string) error {
	for _, line := range c.Repaired {
		fmt.Fprintln(w, line)
	}
	for _, line := range c.Lines() {
		fmt.Fprintln(w, line)
	}
	_, err := fmt.Fprintf(w, "%s: %s as recorded", folder, wording.PluralAs(c.Verified, "sum", "sums"))
	if n := c.Faults(); err == nil && n > 0 {
		_, err = fmt.Fprintf(w, ", %s", wording.Plural(n, "fault"))
	}
	fmt.Fprintln(w)
	for _, line := range c.Next {
		fmt.Fprintln(w, "Next:", line)
	}
	return err
}

// next says what is to be done about what was found.
func next(folder layout.Folder, r *custody.Report, repaired bool) []string {
	out := []string{}
	name := wording.ShellWord(string(folder))
	wanted := map[string]bool{}
	for _, f := range r.Findings {
		if f.Fault() {
			wanted[f.Command] = true
		}
	}
	if !repaired {
		if r.Faults() > 0 {
			out = append(out, fmt.Sprintf("sharewise check %s --repair", name))
		}
		return out
	}
	if wanted["run"] || len(custody.Awaited(folder)) > 0 {
		out = append(out, fmt.Sprintf("sharewise run %s -o %s", studyWord(folder), name), fmt.Sprintf("sharewise check %s --repair", name))
	}
	for _, command := range []string{"cross", "promise", "remedies"} {
		if wanted[command] {
			flags := ""
			if command == "remedies" {
				flags = triedWith(folder)
			}
			out = append(out, fmt.Sprintf("sharewise %s %s%s", command, name, flags))
		}
	}
	return out
}

// triedWith are the flags by which a trial of remedies is made again.
func triedWith(folder layout.Folder) string {
	var s remedies.Settings
	if ledger, err := folder.ReadLedger(); err == nil {
		// Settings that cannot be read are the usual ones.
		_ = json.Unmarshal(ledger.Files[filepath.Base(folder.Remedies())].Settings, &s)
	}
	out := " --try"
	for _, flag := range []struct{ name, value string }{{"rung", s.Rung}, {"weighting", s.Weighting}, {"arm", s.Arm}, {"budget", s.Budget}} {
		if flag.value != "" {
			out += fmt.Sprintf(" --%s %s", flag.name, wording.ShellWord(flag.value))
		}
	}
	return out
}

// repair sets aside what is damaged, and makes again what can be made without
// training.
func (a *app) repair(ctx context.Context, folder layout.Folder, c *checked) error {
	done, err := custody.SetAside(ctx, folder, c.Report)
	c.Repaired = append(c.Repaired, done...)
	if errors.Is(err, context.Canceled) {
		return errAbandoned
	}
	if err != nil {
		return err
	}
	adopted, err := custody.Adopt(folder)
	c.Repaired = append(c.Repaired, adopted...)
	if err != nil {
		return err
	}
	if _, err := folder.ReadPlan(); err != nil || len(custody.Awaited(folder)) > 0 {
		return nil //nolint:nilerr // nothing can be made before 'run' has mended this, as next says
	}
	remade, err := a.remake(ctx, folder, custody.Orders, true)
	c.Repaired = append(c.Repaired, remade...)
	return err
}

// refresh makes again what is not as it should be of what commands are to read: the
// files that these commands make. It says so, and fails where that takes training.
func (a *app) refresh(ctx context.Context, folder layout.Folder, commands ...string) error {
	if _, err := os.Stat(folder.Plan()); errors.Is(err, fs.ErrNotExist) {
		return nil // results from elsewhere
	}
	a.warnOfEdit(folder)
	remade, err := a.remake(ctx, folder, commands, false)
	for _, line := range remade {
		fmt.Fprintf(a.stderr, "sharewise: %s\n", line)
	}
	return err
}

// warnOfEdit says that the study was edited since: derived files follow the plan until 'run' makes another one.
func (a *app) warnOfEdit(folder layout.Folder) {
	if f := custody.Edited(folder); f != nil {
		fmt.Fprintf(a.stderr, "sharewise: %s: %s; what follows is of the study as it was planned, and 'sharewise run %s -o %s' takes the edit over\n", f.What, f.Detail, studyWord(folder), wording.ShellWord(string(folder)))
	}
}

// remake makes again what these commands make, as far as something is the matter with
// it, in the order of work, and returns a sentence for each thing done. Where all is
// set, what is gone is made again too, and what takes training is passed over; else
// that is an error.
func (a *app) remake(ctx context.Context, folder layout.Folder, commands []string, all bool) ([]string, error) {
	var done []string
	var r *custody.Report // nil after something was made
	for _, command := range custody.Orders {
		if !slices.Contains(commands, command) {
			continue
		}
		if r == nil {
			var err error
			if r, err = custody.Examine(folder); err != nil {
				return done, inputError(err)
			}
		}
		var why *custody.Finding
		for i, f := range r.Findings {
			if f.Command == command && (all || f.State != custody.Missing || command == "analyze" && f.What != "results.json") {
				why = &r.Findings[i]
				break
			}
		}
		if why == nil {
			continue
		}
		if why.State == custody.Unrecorded && command == "analyze" {
			// Results that were put beside a plan of which nothing was trained stand for
			// themselves.
			if ended, err := folder.Ended(false); err == nil && len(ended) == 0 {
				continue
			}
		}
		made, err := a.make(ctx, folder, command)
		r = nil
		switch {
		case errors.As(err, new(errUsage)): // nobody gave a flag: the ledger or the study says so
			return done, inputError(fmt.Errorf("%s; making it again with 'sharewise %s' fails: %s", why, command, err.Error()))
		case err != nil:
			return done, fmt.Errorf("%s; making it again with 'sharewise %s' fails: %w", why, command, err)
		case made != "":
			done = append(done, fmt.Sprintf("%s; %s", why, made))
		case !all && why.State != custody.Unrecorded:
			return done, makeAgain(why, command, folder)
		}
	}
	return done, nil
}

// makeAgain is about a file that a command is to make again, by hand.
func makeAgain(why *custody.Finding, command string, folder layout.Folder) error {
	return inputError(fmt.Errorf("%s; 'sharewise %s' makes it again, and 'sharewise check %s' says what else is the matter", why, command, folder))
}

// upToDate fails where a recommendation that is going to be deployed is not what was
// measured: that is chosen again by whoever deploys it, with open eyes, and not on the
// way. Where nothing says what it was, that is said.
func (a *app) upToDate(folder layout.Folder) error {
	r, err := custody.Examine(folder)
	if err != nil {
		return inputError(err)
	}
	var unrecorded []string
	for _, f := range r.Findings {
		switch {
		case !slices.Contains([]string{"run", "analyze", "group"}, f.Command) || f.What == "tables/exemplars.json":
		case f.State != custody.Unrecorded:
			return inputError(fmt.Errorf("%s; 'sharewise check %s --repair' makes it again", f, folder))
		default:
			unrecorded = append(unrecorded, f.What)
		}
	}
	if len(unrecorded) > 0 {
		fmt.Fprintf(a.stderr, "sharewise: nobody vouches for %s, see 'sharewise check %s'\n", strings.Join(unrecorded, ", "), folder)
	}
	return nil
}
