#!/bin/sh
# Keeps README and guide true. In every page, a fenced block that begins
#   ```cpp run              is a program: compiled against the library and run
#   ```cpp from=FILE        is a quotation: it stands in FILE, word for word (white space aside)
#   ```sh run               is a list of commands: run from the project's folder, each must succeed
#   ```output               right behind a run block is what that prints (compared in the double build only)
# usage: tests/checks/guide_code.sh build/release 'COMPILE COMMAND'
out=$1
compile=$(echo "$2" | sed 's/-Werror//')  # a reader's own program may say 0.05 where Real is float
work=$out/guide
compare=yes; case $out in */release) ;; *) compare=no ;; esac
rm -rf "$work"; mkdir -p "$work"
pages=$(find README.md docs -name '*.md' | sort)

# ---- one file a block: PAGE_LINE.cpp, .quote, .sh, .expected
awk -v work="$work" '
  /^```/ && !inside {
    inside = 1; kind = ""; page = FILENAME; gsub(/[^A-Za-z0-9]/, "_", page)
    if ($0 ~ /^```cpp run/) kind = "cpp"
    if ($0 ~ /^```cpp from=/) { kind = "quote"; source = $0; sub(/^```cpp from=/, "", source) }
    if ($0 ~ /^```sh run/) kind = "sh"
    if ($0 ~ /^```output/) { kind = "expected" } else { name = work "/" page "_" sprintf("%04d", FNR) }
    file = name "." kind
    if (kind != "") printf "" > file
    if (kind == "quote") print source > (name ".source")
    next
  }
  /^```/ { inside = 0; if (kind != "") close(file); next }
  inside && kind != "" { print > file }
' $pages

passed=0; failed=0
fail() { failed=$((failed + 1)); echo "guide: $1"; }

# ---- quotations
for quote in "$work"/*.quote; do
  [ -e "$quote" ] || continue
  source=$(cat "${quote%.quote}.source")
  wanted=$(tr -s '[:space:]' ' ' < "$quote" | sed 's/^ //; s/ $//')
  if [ -f "$source" ] && tr -s '[:space:]' ' ' < "$source" | grep -qF -- "$wanted"; then
    passed=$((passed + 1))
  else
    fail "the block at $(basename "$quote" .quote) is not in $source"
  fi
done

# ---- programs: compiled two at a time
find "$work" -name '*.cpp' | sort | xargs -P 2 -n 1 sh -c \
  "$compile -o \$0.program \$0 $out/libstrata.a > \$0.log 2>&1 || echo compile >> \$0.failed"
for program in "$work"/*.cpp; do
  [ -e "$program" ] || continue
  name=$(basename "$program" .cpp)
  if [ -e "$program.failed" ]; then
    fail "$name does not compile:"; head -20 "$program.log"; continue
  fi
  if ! "$program.program" > "$program.printed" 2> "$program.log"; then
    fail "$name fails:"; tail -5 "$program.log"; continue
  fi
  expected=${program%.cpp}.expected
  if [ $compare = yes ] && [ -e "$expected" ] && ! diff "$expected" "$program.printed" > "$program.diff"; then
    fail "$name prints something else than the page says (< page, > program):"; cat "$program.diff"; continue
  fi
  passed=$((passed + 1))
done

# ---- commands
if [ $compare = yes ]; then
  for commands in "$work"/*.sh; do
    [ -e "$commands" ] || continue
    name=$(basename "$commands" .sh)
    if ! sh -e "$commands" > "$commands.printed" 2> "$commands.log"; then
      fail "$name fails:"; tail -5 "$commands.log"; continue
    fi
    expected=${commands%.sh}.expected
    if [ -e "$expected" ] && ! diff "$expected" "$commands.printed" > "$commands.diff"; then
      fail "$name prints something else than the page says (< page, > command):"; cat "$commands.diff"; continue
    fi
    passed=$((passed + 1))
  done
fi
echo "guide: $passed passed, $failed failed"
[ $failed = 0 ]
