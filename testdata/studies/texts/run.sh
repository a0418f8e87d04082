#!/bin/sh
# run.sh SETS OUT ENCODING...: trains the models of single domains of every folder of SETS with encodings,
# three seeds each. An encoding is the value of input.text; TOKENIZER is one of the texts of the set.
# compare.py then holds them against scikit-learn. The one pool is there since a study needs one.
set -eu
here=$(cd "$(dirname "$0")" && pwd) sets=$1 out=$2
shift 2
mkdir -p "$out"
for set in "$sets"/*/; do
    name=$(basename "$set")
    if [ ! -e "$out/$name.json" ]; then python3 "$here/tokenizer.py" "$set" >"$out/$name.json"; fi
    for encoding; do
        of=$out/$name-$(echo "$encoding" | tr -dc 'a-z0-9')
        [ -e "$of/results.json" ] && continue
        sharewise init "$set" -o "$of.yaml"
        sed -i -e '/^seeds:/,/^$/d' -e '/^arms:/,/^$/d' -e '/^input:/,/^$/d' "$of.yaml"
        case $encoding in *encoding:*|*tokenizer*) sed -i '/^model:/,/^$/d' "$of.yaml"; echo "model: {trunk: bag}";; esac >>"$of.yaml"
        echo "
seeds: 3
baseline: none
arms: {joint: false, pairs: false, pools: [[$(ls "$set" | head -n 2 | paste -sd,)]]}
input: {kind: text, text: $(echo "$encoding" | sed "s,TOKENIZER,$name.json,")}
" >>"$of.yaml"
        sharewise run -q "$of.yaml" -o "$of"
        sharewise analyze -q "$of"
        [ -e "$out/$name.csv" ] || sharewise dataset splits "$of.yaml" >"$out/$name.csv"
    done
done
