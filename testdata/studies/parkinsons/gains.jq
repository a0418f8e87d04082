# Takes from results.json what gains.json holds: gains of pairs as [value, lower
# limit, upper limit], rounded to thousandths.
#
#   jq -c -f testdata/studies/parkinsons/gains.jq OUT/results.json
def thousandths: . * 1000 | round / 1000;

{
  study,
  level,
  pairing: .pairing.losses,
  domains: [.domains[] | {name, train, test}],
  scores: [.scores[] | select(.arm == "independent" or .arm == "joint") | {arm, domain, seeds, r2, targets: [.targets[]? | {name, r2, mae}]}],
  joint: [.gains[] | select(.arm == "joint") | {target: .domain, relative, discovery, samples, seeds}],
  pairs: [.gains[] | select(.pool | length == 2) | {target: .domain, pool, discovery, gain: [.relative | .value, .lo, .hi | thousandths]}]
}
