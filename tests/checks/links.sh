#!/bin/sh
# Checks the links of README and docs: the file of every relative link exists, every #anchor is a
# heading of its page, every page of the guide is in docs/guide/README.md, and every page that the
# source names exists.
# usage: tests/checks/links.sh [FOLDER]
cd "${1:-.}" || exit 1
contents=docs/guide/README.md

# ---- links and headings: `link PAGE:LINE FILE` for each link, and what is wrong with an anchor
list=$(find README.md docs -name '*.md' | sort | xargs awk -v contents="$contents" '
  function resolved(path,    part, kept, n, k, i) {  # a/b/../c is a/c
    n = split(path, part, "/"); k = 0
    for (i = 1; i <= n; ++i) {
      if (part[i] == "..") --k; else if (part[i] != ".") kept[++k] = part[i]
    }
    path = kept[1]
    for (i = 2; i <= k; ++i) path = path "/" kept[i]
    return path
  }
  function anchor_of(heading) {  # as GitHub makes it: lower case, no punctuation, dashes for spaces
    sub(/^#+ */, "", heading)
    gsub(/\]\([^)]*\)/, "", heading)
    gsub(/[][!-,.\/:-@^`{-~]/, "", heading)
    gsub(/ /, "-", heading)
    return tolower(heading)
  }
  FNR == 1 { inside = 0; folder = FILENAME; if (!sub(/\/[^\/]*$/, "", folder)) folder = "." }
  /^ *```/ { inside = !inside; next }
  inside { next }
  /^#/ { headings[FILENAME, anchor_of($0)] = 1 }
  {
    rest = $0; gsub(/`[^`]*`/, "", rest)
    while (match(rest, /\]\([^)]*\)/)) {
      target = substr(rest, RSTART + 2, RLENGTH - 3); rest = substr(rest, RSTART + RLENGTH)
      if (target ~ /^[a-z]+:/) continue
      anchor = ""
      if (i = index(target, "#")) {
        anchor = substr(target, i + 1)
        target = substr(target, 1, i - 1)
      }
      file = target == "" ? FILENAME : resolved(folder "/" target)
      print "link", FILENAME ":" FNR, file
      if (anchor != "") {
        wanted[++anchors] = file SUBSEP anchor
        place[anchors] = FILENAME ":" FNR
      }
      if (FILENAME == contents) listed[file] = 1
    }
  }
  FILENAME ~ /^docs\/guide\// { guide[FILENAME] = 1 }
  END {
    for (i = 1; i <= anchors; ++i) if (!(wanted[i] in headings)) {
      split(wanted[i], part, SUBSEP)
      print "wrong", place[i] ": no heading of", part[1], "is #" part[2]
    }
    for (page in guide) if (page != contents && !(page in listed)) {
      print "wrong", contents, "does not list", page
    }
  }')

# ---- pages that comments, messages and tests name
named=$(grep -srnoE '\bdocs/[A-Za-z0-9/_-]+\.md' --include='*.[ch]pp' --include='*.sh' \
  --include='*.py' --include=Makefile --exclude=links_test.cpp \
  Makefile core layers autoencoders pretraining tests | sed 's/^\([^:]*:[0-9]*\):/link \1 /')

wrong=$(
  echo "$list" | sed -n 's/^wrong //p'
  printf '%s\n%s\n' "$list" "$named" | sed -n 's/^link //p' | while read -r place file; do
    [ -e "$file" ] || echo "$place: there is no $file"
  done
)
if [ -n "$wrong" ]; then
  echo "$wrong" | sort
  exit 1
fi
count=$(echo "$list" | grep -c '^link')
echo "links: $count links lead somewhere, and the guide's contents are complete"
