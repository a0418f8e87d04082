package deploy_test

import (
	"errors"
	"fmt"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/grouping/deploy"
)

// A study's output folder becomes a folder that can be served.
func Example() {
	bundle, err := deploy.Open("out", deploy.Options{})
	switch {
	case errors.Is(err, layout.ErrNoPlan):
		fmt.Println("run the study first")
		return
	case err != nil:
		fmt.Println(err) // says which command to run
		return
	}
	for _, r := range bundle.Manifest.Routes {
		fmt.Println(r.Domain, r.Model, r.Output.Name)
	}
	if err := bundle.WriteFolder("deployed", false); err != nil {
		fmt.Println(err)
	}
	// Output: run the study first
}
