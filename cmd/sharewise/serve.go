package main

import (
	"fmt"
	"net"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/reports/language"
	"github.com/sharewise/sharewise/reports/live"
)

const serveLong = `Show a study in a browser while it is trained: progress, learning curves as they
come, who is next, and when it will have ended. It looks at the output folder alone
and writes nothing, so it can be started before, while and after 'run' is at work,
and ended at any moment.

It answers on this machine only, and knows no passwords: whoever reaches the address
sees the study. To look on from elsewhere, forward the port, as ssh -L does, rather
than listen on another address.

The page is in the language that the browser asks for, English or Japanese, or in
that of --lang. Other programs find the same at /state.json.

Examples:
  sharewise serve out                              # http://127.0.0.1:8737/
  sharewise serve out --listen 127.0.0.1:0         # any port that is free`

// defaultListen is where serve answers unless it is told otherwise.
const defaultListen = "127.0.0.1:8737"

func newServeCommand(a *app) *cobra.Command {
	var listen, lang string
	cmd := &cobra.Command{
		Use:     "serve OUT",
		Short:   "Show a study in a browser while it is trained",
		Long:    serveLong,
		GroupID: "study",
		Args:    outputArg(),
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, _, err := net.SplitHostPort(listen); err != nil {
				return usagef("--listen %q: give an address and a port, such as %s", listen, defaultListen)
			}
			w := live.New(layout.Folder(args[0]))
			if lang != "" {
				of, err := language.Parse(lang)
				if err != nil {
					return errUsage{fmt.Errorf("--lang: %w", err)}
				}
				w.Language = of
			}
			l, err := new(net.ListenConfig).Listen(cmd.Context(), "tcp", listen)
			if err != nil {
				return fmt.Errorf("--listen %s: %w; another port is chosen by --listen 127.0.0.1:0", listen, err)
			}
			at := l.Addr().(*net.TCPAddr)
			if !at.IP.IsLoopback() && !a.quiet {
				fmt.Fprintf(a.stderr, "sharewise: whoever reaches %s can see this study\n", at)
			}
			if a.json {
				if err := a.writeJSON(map[string]string{"url": "http://" + at.String() + "/"}); err != nil {
					return err
				}
			} else {
				fmt.Fprintf(a.stdout, "http://%s/ shows %s; end it with Ctrl-C\n", at, args[0])
			}
			return w.Serve(cmd.Context(), l)
		},
	}
	cmd.Flags().StringVar(&listen, "listen", defaultListen, "`ADDRESS` and port to answer on; port 0 is any that is free")
	cmd.Flags().StringVar(&lang, "lang", "", "show the page in `LANGUAGE`: en or ja (default: as the browser asks)")
	_ = cmd.RegisterFlagCompletionFunc("lang", languages())
	return cmd
}
