# Sums up the gains of a study's summary.json, of format 1 or 2: how many there
# are, how many have 95 % limits that leave out zero, and half the width of these
# limits in the median, in per cent of a domain's own error or loss.
#
#   jq -c -f testdata/studies/widths.jq testdata/studies/*/summary.json
def median: sort | (.[(length - 1) / 2 | floor] + .[length / 2 | floor]) / 2;

[.matrix[].relative | select(.lo != null and .hi != null)] as $gains
| {
    study,
    trainings: .runs.done,
    firmness: .verdict.firmness,
    # Absent from format 1.
    decision: .groups.stability.decision.kind,
    regret: .groups.stability.decision.regret,
    share: .groups.stability.share,
    gains: ($gains | length),
    clear: ([$gains[] | select(.lo > 0 or .hi < 0)] | length),
    half_width: ([$gains[] | (.hi - .lo) / 2 * 100] | median)
  }
