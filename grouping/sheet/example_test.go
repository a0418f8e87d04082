package sheet_test

import (
	"fmt"
	"math"
	"os"

	"github.com/sharewise/sharewise/grouping/sheet"
)

// A group of two domains, one of which has a name that looks like a formula.
func Example() {
	members := []string{"north", "=south"}
	err := sheet.Write(os.Stdout, []sheet.Row{
		{Group: 1, Domain: "north", Members: members, Gain: 0.08, Lo: 0.02, Hi: 0.14, Source: "measured", Firmness: "settled", Promised: 0.07},
		{Group: 1, Domain: "=south", Members: members, Gain: -0.01, Lo: math.NaN(), Hi: math.NaN(), Source: "measured", Firmness: "settled", Promised: math.NaN()},
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// group,domain,members,gain,lo,hi,source,firmness,promised
	// 1,north,north+=south,0.08,0.02,0.14,measured,settled,0.07
	// 1,'=south,north+=south,-0.01,,,measured,settled,
}
