#!/bin/sh
# Asks two of the three questions of ../questions.md at four sizes of model each:
#
#   SHAREWISE_DATA=FOLDER testdata/studies/sizes/run.sh OUT
#
# The studies are those of ../affinity and ../weightings at other widths. What was run before is
# not run again. Needs jq; SHAREWISE is the program, bin/sharewise unless given.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
sharewise=${SHAREWISE:-bin/sharewise}
out=$1
mkdir -p "$out"

# wide NAME WIDTHS: a study of another folder at other widths.
wide() {
	sed "s/widths: \[[^]]*\]/widths: [$2]/" "$here/../$1.yaml" >"$out/$(basename "$1").yaml"
}

likeness() {
	name=$1 widths=$2
	[ -e "$out/$name.likeness.json" ] && return
	wide "affinity/$name" "$widths"
	"$sharewise" run "$out/$name.yaml" -o "$out/$name" --quiet
	"$sharewise" analyze "$out/$name" --quiet
	for w in $(echo "$widths" | tr -d ,); do
		"$sharewise" similarity "$out/$name" --rung "w$w" --quiet >"$out/$name.txt"
		"$sharewise" affinity "$out/$name" --rung "w$w" --quiet >>"$out/$name.txt"
		jq --arg study "$name" --argjson width "$w" '{study: $study, width: $width,
			audits: [.audits[] | select(.name | IN("size", "label overlap", "proxy A-distance", "labelled transport (OTDD)",
				"Fisher embedding at the start", "gradient cosine at the start", "Fisher embedding at the joint model",
				"gradient cosine at the joint model", "representations (CKA)")) | {name, held, spearman, p, passed}]}' \
			"$out/$name/affinity.json"
	done >"$out/$name.likeness.part"
	mv "$out/$name.likeness.part" "$out/$name.likeness.json"
}

methods=uncertainty,dwa,imtl-l,famo,group-dro,gradnorm,pcgrad,cagrad,mgda,nash-mtl,db-mtl

weightings() {
	name=$1 widths=$2
	[ -e "$out/$name.weightings.json" ] && return
	wide "weightings/$name" "$widths"
	for w in $(echo "$widths" | tr -d ,); do
		"$sharewise" weightings "$out/$name.yaml" -o "$out/$name-w$w" --rung "w$w" --methods $methods --quiet >"$out/$name.txt"
		jq --arg study "$name" --argjson width "$w" '{study: $study, width: $width, entries: [.entries[] |
			{method, loss: {against_static: .loss.against_static, against_static_long: .loss.against_static_long},
			 error: {against_static: .error.against_static, against_static_long: .error.against_static_long}}]}' \
			"$out/$name-w$w/weightings.json"
	done >"$out/$name.weightings.part"
	mv "$out/$name.weightings.part" "$out/$name.weightings.json"
}

weightings images "0.05, 0.1, 0.25, 1"
likeness parkinsons "0.05, 0.1, 0.25, 1"
weightings turbine "0.05, 0.1, 0.25, 1"
likeness gas-sensor-drift "0.05, 0.1, 0.25, 1"
weightings gas "0.05, 0.1, 0.25, 1"
likeness deeppcb "0.125, 0.25, 0.5, 1"
short="def r: if type == \"number\" then (. * 1e6 | round / 1e6) else . end; walk(r)"
jq -s --indent 1 "$short" "$out"/*.likeness.json >"$here/likeness.json"
jq -s --indent 1 "$short" "$out"/*.weightings.json >"$here/weightings.json"
