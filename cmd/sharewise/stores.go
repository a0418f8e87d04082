package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis/claim"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/store"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/onnxio/ort"
)

// stores is what reaches object stores. Nothing is started before a URL is met.
type stores struct {
	program *store.Program
	data    *store.Data
	// mirror is OUT where that is a URL, else nil.
	mirror *store.Mirror
	url    string
}

// reach lets every command take URLs: of a store for OUT, which is then a folder of this
// machine while the command works, and file:// for the path that it stands for.
func (a *app) reach(cmd *cobra.Command) {
	for _, sub := range cmd.Commands() {
		a.reach(sub)
	}
	work, check := cmd.RunE, cmd.Args
	if work == nil || check == nil {
		return
	}
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if err := plainPaths(cmd, args); err != nil {
			return err
		}
		return check(cmd, args)
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) (err error) {
		study.Fetch = func(url string) (string, error) { return a.fetch(cmd.Context(), url) }
		defer func() { err = errors.Join(err, a.stores.close()) }()
		if err = a.mirrored(cmd, args); err == nil {
			err = work(cmd, args)
			if a.stores.mirror != nil && !watches(cmd) {
				err = errors.Join(err, a.push(cmd.Context()))
			}
		}
		if err = storeError(err); cmd.Name() == "work" && again(err) {
			return errRetry{err}
		}
		return err
	}
}

// plainPaths puts paths in the place of file:// URLs.
func plainPaths(cmd *cobra.Command, args []string) error {
	for i, arg := range args {
		file, ok, err := store.LocalPath(arg)
		if err != nil {
			return errUsage{err}
		}
		if ok {
			args[i] = file
		}
	}
	f := cmd.Flags().Lookup("output")
	if f == nil {
		return nil
	}
	file, ok, err := store.LocalPath(f.Value.String())
	if err != nil {
		return errUsage{err}
	}
	if ok {
		return setAgain(f.Value, file)
	}
	return nil
}

// setAgain changes the value of a flag that was given.
func setAgain(v interface{ Set(string) error }, to string) error {
	if once, ok := v.(*onceValue); ok {
		return once.Value.Set(to)
	}
	return v.Set(to)
}

// watches reports whether a command looks at a folder while others change it, and changes
// nothing itself.
func watches(cmd *cobra.Command) bool { return cmd.Name() == "status" || cmd.Name() == "serve" }

// mirrored brings OUT here where that is a URL, and refuses URLs elsewhere.
func (a *app) mirrored(cmd *cobra.Command, args []string) error {
	places := strings.Fields(cmd.Use)[1:]
	for i, arg := range args {
		if !study.IsURL(arg) {
			continue
		}
		place := strings.Trim(places[min(i, len(places)-1)], "[]")
		isStudy := strings.HasSuffix(arg, ".yaml") || strings.HasSuffix(arg, ".yml")
		switch {
		case !store.IsURL(arg):
			return usagef("%s: there are s3://, gs://, azblob:// and file://", store.Shown(arg))
		case strings.Contains(place, "STUDY") && isStudy:
			if f := cmd.Flags().Lookup("output"); f != nil && f.Value.String() == "" {
				return usagef("%s: say by -o where the results go, a folder or a URL", store.Shown(arg))
			}
		case strings.Contains(place, "OUT"):
			if err := a.open(cmd, arg); err != nil {
				return err
			}
			args[i] = string(a.stores.mirror.Folder())
		default:
			return usagef("%s: %s must be a path of this machine; a study file can name data by URL", store.Shown(arg), place)
		}
	}
	f := cmd.Flags().Lookup("output")
	if f == nil || !study.IsURL(f.Value.String()) {
		return nil
	}
	url := f.Value.String()
	switch cmd.Name() {
	case "run", "plan", "weightings", "mixtures", "forget":
	default:
		return usagef("-o %s: '%s' writes to this machine", store.Shown(url), cmd.CommandPath())
	}
	if on := cmd.Flags().Lookup("on"); on != nil && on.Value.String() == "slurm" {
		return usagef("-o %s: --on slurm needs a folder that the nodes share; or start 'sharewise work %s' by a script of your own", store.Shown(url), store.Shown(url))
	}
	if !store.IsURL(url) {
		return usagef("-o %s: there are s3://, gs://, azblob:// and file://", store.Shown(url))
	}
	if err := a.open(cmd, url); err != nil {
		return err
	}
	return setAgain(f.Value, string(a.stores.mirror.Folder()))
}

// partOf names what a command has for itself while it works in a store, since it chooses runs
// by what came of others; empty for commands whose runs several machines may share.
func partOf(cmd *cobra.Command) string {
	given := func(flag string) bool { f := cmd.Flags().Lookup(flag); return f != nil && f.Changed }
	switch name := cmd.Name(); {
	case name == "weightings", name == "mixtures":
		return name
	case name == "promise", name == "group" && given("verify"):
		return "verification"
	case name == "remedies" && given("try"):
		return name
	case name == "export" && given("refit"):
		return "refit"
	case name == "run" && given("until"):
		return "decisions"
	}
	return ""
}

// open brings the folder of a URL here, as much of it as the command needs.
func (a *app) open(cmd *cobra.Command, url string) error {
	if a.stores.mirror != nil {
		return usagef("%s: one URL for results at a time", store.Shown(url))
	}
	at, err := store.Parse(url)
	if err != nil {
		return errUsage{err}
	}
	cache, err := storeCache()
	if err != nil {
		return err
	}
	b, err := a.bucket(at.Bucket)
	if err != nil {
		return err
	}
	if a.stores.mirror, err = store.Open(b, at, cache); err != nil {
		return err
	}
	a.stores.url = at.String()
	if part := partOf(cmd); part != "" { // before it looks at what is there
		if err := a.stores.mirror.Alone(cmd.Context(), part, func(holder string) {
			a.say("%s is claimed; waiting to see whether its holder lives", holder)
		}); err != nil {
			return err
		}
	}
	parts := store.Parts{Models: true, Runs: true}
	switch cmd.Name() {
	case "run":
		until := cmd.Flags().Lookup("until").Changed // then runs are read, by which further ones are chosen
		parts = store.Parts{Models: until, Runs: until}
	case "plan", "work":
		parts = store.Parts{}
	case "status":
		parts = store.Parts{Claims: true}
	case "serve":
		parts = store.Parts{Claims: true, Runs: true}
		go a.follows(cmd.Context(), parts)
	}
	return a.stores.mirror.Pull(cmd.Context(), parts)
}

// follows brings what is new in the store every now and then.
func (a *app) follows(ctx context.Context, parts store.Parts) {
	const every = 15 * time.Second
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(every):
			_ = a.stores.mirror.Pull(ctx, parts) // or with the next one
		}
	}
}

// refetch brings all of OUT here, where that is at a URL.
func (a *app) refetch(ctx context.Context) error {
	if a.stores.mirror == nil {
		return nil
	}
	if err := a.stores.mirror.Push(ctx); err != nil { // what was made here goes with nothing that comes
		return err
	}
	return a.stores.mirror.Pull(ctx, store.Parts{Models: true, Runs: true})
}

// push brings what the command made to the store, also where it was interrupted.
func (a *app) push(ctx context.Context) error {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	m := a.stores.mirror
	if err := m.Push(ctx); err != nil {
		return err
	}
	if moved := m.Moved(); !a.json && !a.quiet && moved.Sent+moved.Removed > 0 {
		a.say("%s: %s; the folder here is %s", a.stores.url, moved, m.Folder())
	}
	return nil
}

// fetch brings data here that a study names by a URL.
func (a *app) fetch(ctx context.Context, url string) (string, error) {
	if file, ok, err := store.LocalPath(url); ok || err != nil {
		return file, err
	}
	if !store.IsURL(url) {
		return "", fmt.Errorf("%s: there are s3://, gs://, azblob:// and file://", store.Shown(url))
	}
	if a.stores.data == nil {
		cache, err := storeCache()
		if err != nil {
			return "", err
		}
		a.stores.data = store.NewData(a.bucket, cache)
	}
	return a.stores.data.Fetch(ctx, url)
}

// storeCache is the folder of working copies and of data.
func storeCache() (string, error) {
	if dir := os.Getenv("SHAREWISE_STORE_CACHE"); dir != "" {
		return filepath.Abs(dir)
	}
	return ort.CacheDir()
}

func (a *app) bucket(url string) (store.Bucket, error) {
	if a.stores.program == nil {
		file, err := store.Find()
		if err != nil {
			return nil, err
		}
		if a.stores.program, err = store.Start(file); err != nil {
			return nil, err
		}
	}
	return a.stores.program.Bucket(url), nil
}

func (s *stores) close() error {
	p, m := s.program, s.mirror
	*s = stores{}
	if p == nil {
		return nil
	}
	var err error
	if m != nil {
		err = m.Leave()
	}
	return errors.Join(err, p.Close())
}

// trains says how runs are kept apart from those of other machines where OUT is at a URL.
func (s *stores) trains(o *project.TrainOptions, claims claim.Options) {
	if s.mirror == nil {
		return
	}
	claims.Space = s.mirror.Claims()
	o.Mirror, o.Claims = s.mirror, claim.New(claims)
}

// storeError says what kind of failure a store's is.
func storeError(err error) error {
	switch {
	case errors.Is(err, store.ErrProgram), errors.Is(err, store.ErrURL):
		return errUsage{err}
	case errors.Is(err, store.ErrTwice):
		return inputError(err)
	}
	return err
}

// outName is OUT as the user knows it, as a word of a shell.
func (a *app) outName(folder string) string {
	if a.stores.mirror != nil {
		return wording.ShellWord(a.stores.url)
	}
	return wording.ShellWord(path.Clean(folder))
}
