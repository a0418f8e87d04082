package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/forget"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/grouping"
)

const forgetLong = `Say what it takes to take a domain out of a study: which trained models have
learned its data, which can stay, what must be trained again and what that costs,
and which groups the others would be given. With --apply do it: the study file is
written without the domain, and every run, model, table and report that holds its
data is removed. 'sharewise run' then goes on to the same files as if the domain
had never been there.

A run stays only where the study without the domain has exactly the same one. Rows
of a minibatch and steps follow from the sizes of all domains, so that often all
models are trained again; the figures say so beforehand.

The domain's data stay where they are, and so do copies of models and reports
elsewhere: remove these yourself. Behind symbolic links in the folder it removes what
sharewise wrote; all else there stays, and the command names it and fails. Stopped at any moment, the command goes on when
it is given again; until then no other command works in the folder.

Examples:
  sharewise forget study.yaml kobe             # what it would take; nothing changes
  sharewise forget study.yaml kobe --apply`

// forgotten is what forget prints.
type forgotten struct {
	*forget.Change
	// Before and Then are the groups with the domain and without; nil where nothing
	// was measured.
	Before  [][]string `json:"groups_before"`
	Then    [][]string `json:"groups_then"`
	Applied bool       `json:"applied"`
}

func newForgetCommand(a *app) *cobra.Command {
	var (
		out   string
		apply bool
		how   reading
	)
	cmd := &cobra.Command{
		Use:     "forget STUDY DOMAIN",
		Short:   "Take a domain out of a study and of all that learned its data",
		Long:    forgetLong,
		GroupID: "act",
		Args:    exactArgs("STUDY", "DOMAIN"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if folder, err := isFolder(args[0]); folder || err != nil {
				return cmp.Or(err, notAFolder(layout.Folder(args[0]), args[1]))
			}
			folder, err := resultsFolder(args[0], out)
			if err != nil {
				return err
			}
			return a.forget(cmd.Context(), args[0], args[1], folder, apply, how)
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&out, "output", "o", "", "output `FOLDER` of the study (default: 'out' beside the study file)")
	flags.BoolVar(&apply, "apply", false, "do it, instead of saying what it would take")
	how.register(flags)
	return cmd
}

// notAFolder says what to give instead of a folder, by what is in it.
func notAFolder(folder layout.Folder, domain string) error {
	if plan, err := folder.ReadPlan(); err == nil && plan.File != "" {
		return usagef("%s is the folder of a study, and its file is asked for: sharewise forget %s %s -o %s", string(folder), wording.ShellWord(plan.File), wording.ShellWord(domain), wording.ShellWord(string(folder)))
	}
	file := "study.yaml"
	if found, _ := filepath.Glob(filepath.Join(filelimit.Escape(string(folder)), "*.y*ml")); len(found) == 1 {
		file = filepath.Base(found[0])
	}
	return usagef("%s is a folder; give the study file, such as %s, and with -o the folder of its results", string(folder), filepath.Join(string(folder), file))
}

func (a *app) forget(ctx context.Context, file, domain string, folder layout.Folder, apply bool, how reading) error {
	interrupted, err := forget.Resume(folder, file)
	var left *layout.LeftError
	if err != nil && !errors.As(err, &left) {
		return inputError(err)
	}
	if interrupted != "" {
		a.say("%s was taken out, which had been interrupted.", interrupted)
		if left != nil || interrupted == domain {
			return err
		}
	}
	change, err := forget.Look(ctx, file, domain, folder, how.options())
	if ctx.Err() != nil {
		return errAbandoned
	}
	if err != nil {
		return inputError(err)
	}
	shown := forgotten{Change: change}
	if groups, err := grouping.ReadFile(folder.Groups()); err == nil {
		shown.Before = groups.Names()
	}
	then, err := grouping.RecommendWithout(folder, domain, grouping.Options{Version: project.Version})
	switch {
	case err == nil:
		shown.Then = then.Names()
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, grouping.ErrNoGains):
	default:
		return inputError(err)
	}
	if apply {
		if err := change.Apply(); errors.As(err, &left) {
			shown.Left = left.Paths
		} else if err != nil {
			return err
		}
		shown.Applied = true
	}
	if err := a.show(shown, func(w io.Writer) error { return printForgotten(w, &shown, file) }); err != nil || left == nil {
		return err
	}
	return left
}

func printForgotten(w io.Writer, f *forgotten, file string) error {
	verb := "would be"
	if f.Applied {
		verb = "were"
	}
	fmt.Fprintf(w, "%s without %s:\n", f.Study, f.Domain)
	fmt.Fprintf(w, "  %s that learned its data %s removed", wording.Plural(len(f.Learned), "run"), verb)
	if n := len(f.Outdated); n > 0 {
		fmt.Fprintf(w, ", and %s without it that the study would not come to any more", wording.Plural(n, "run"))
	}
	if f.Spent > 0 {
		fmt.Fprintf(w, "; these took %s", wording.Duration(f.Spent))
	}
	fmt.Fprintf(w, "\n  %s\n", wording.PluralAs(len(f.Kept), "run stays", "runs stay"))
	fmt.Fprintf(w, "  to train again: %s", wording.Plural(f.Train, "run"))
	if f.Train > 0 {
		fmt.Fprintf(w, ", about %s (%.3g floating-point operations)", wording.Duration(f.Seconds), f.FLOPs)
	}
	fmt.Fprintln(w)
	if f.Before != nil {
		fmt.Fprintf(w, "  groups before: %s\n", groupsText(f.Before))
	}
	if f.Then != nil {
		fmt.Fprintf(w, "  groups then, by the gains that the others have now: %s\n", groupsText(f.Then))
	} else {
		fmt.Fprintln(w, "  groups then: not known before pools without the domain are trained")
	}
	for _, path := range f.Others {
		fmt.Fprintf(w, "  left as it is, not being sharewise's: %s\n", path)
	}
	stay := "would stay"
	if f.Applied {
		stay = "stays"
	}
	for _, path := range f.Left {
		fmt.Fprintf(w, "  %s behind a link, since nothing shows that sharewise wrote it: %s\n", stay, path)
	}
	next := fmt.Sprintf("sharewise run %s -o %s --report", wording.ShellWord(file), wording.ShellWord(f.Output))
	if !f.Applied {
		next = fmt.Sprintf("sharewise forget %s %s -o %s --apply", wording.ShellWord(file), wording.ShellWord(f.Domain), wording.ShellWord(f.Output))
	}
	_, err := fmt.Fprintf(w, "Next: %s\n", next)
	return err
}

func groupsText(groups [][]string) string {
	parts := make([]string, len(groups))
	for i, g := range groups {
		parts[i] = strings.Join(g, " + ")
	}
	return strings.Join(parts, " | ")
}
