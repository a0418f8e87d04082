package main

import (
	"cmp"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	stopAtFileCalls()
	testscript.Main(m, map[string]func(){"sharewise": main})
}

// TestScripts runs the command line as a user would, one script per topic.
// Run with -update after a deliberate change of output.
func TestScripts(t *testing.T) {
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:           filepath.Join("testdata", "script"),
		UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "",
		Setup: func(env *testscript.Env) error {
			env.Setenv("NO_COLOR", "1")
			// Scripts have a home of their own, but share the installed
			// ONNX Runtime library.
			env.Setenv("SHAREWISE_CACHE", cmp.Or(os.Getenv("SHAREWISE_CACHE"), filepath.Join(cache, "sharewise")))
			return nil
		},
		RequireExplicitExec: true,
	})
}
