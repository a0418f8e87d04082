package adaptive

import (
	"slices"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/study"
)

// PilotSeeds is how many seeds of every arm of a plan are trained before anything is
// settled: two, or three where two of each tell too little of how runs vary.
func PilotSeeds(plan *study.Plan) int {
	gains := 0
	var seen []string
	for _, r := range plan.Runs {
		if len(r.Domains) > 1 && !slices.Contains(seen, r.Arm) {
			seen = append(seen, r.Arm)
			gains += len(r.Domains)
		}
	}
	if gains < effect.LeastFreedom {
		return 3
	}
	return 2
}
