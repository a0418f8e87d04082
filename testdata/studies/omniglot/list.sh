#!/bin/sh
# list.sh FOLDER: lists the drawings of the alphabets in FOLDER, each alphabet cut into
# parts of at most nine characters, dealt out in turns. Of the twenty drawings of a
# character, each by another person, FOLDER/parts.csv has 1 to 8 for training, 9 to 12
# for validation and 13 to 16 for testing; FOLDER/fresh.csv has 17 to 20, which no
# choice sees, in the place of the latter.
set -e
cd "$1"
find . -name '*.png' | sed 's|^\./||' | LC_ALL=C sort | awk -F/ '
{ file[NR] = $0; alphabet[NR] = $1; character[NR] = substr($2, 10) + 0; drawn[NR] = substr($3, length($3) - 5, 2) + 0
  if (character[NR] > characters[$1]) characters[$1] = character[NR] }
END {
  print "file,character,part,set" > "parts.csv"
  print "file,character,part,set" > "fresh.csv"
  for (i = 1; i <= NR; i++) {
    parts = int((characters[alphabet[i]] + 8) / 9)
    name = tolower(alphabet[i]); gsub(/.*_\(?|\)/, "", name)
    set = drawn[i] <= 8 ? "train" : drawn[i] <= 12 ? "val" : "test"
    row = sprintf("%s,%s-%02d,%s-%d,%s", file[i], name, character[i], name, (character[i] - 1) % parts + 1, set)
    if (drawn[i] <= 16) print row > "parts.csv"
    if (drawn[i] <= 12 || drawn[i] > 16) print row > "fresh.csv"
  }
}'
