#!/bin/sh
# Adds an operation by the five edits of docs/CONTRIBUTING.md, as they stand there, to a copy of
# core and tests, and sees that oracle, checker and blame take it; then with the wrong sign in its
# gradient, which they must find and name. A block ```LANGUAGE edit=FILE before=TEXT is put before
# the first line of FILE that holds TEXT. Only what the edits change is compiled; the rest is the
# library and the tests that have been built.
# usage: tests/checks/new_operation.sh [build/release ['COMPILE COMMAND']]
out=${1:-build/release}
compile=${2:-g++ -std=c++20 -march=native -fno-math-errno -I. -pthread}
here=$(pwd) work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
case $out in /*) ;; *) out=$here/$out ;; esac
failed() { echo "new operation: $1"; [ -z "$2" ] || tail -30 "$2"; exit 1; }

cp -r core tests "$work" && cd "$work" || exit 1

# ---- the edits
awk '
  /^```[a-z]+ edit=/ {
    file = $2; sub(/^edit=/, "", file); before = $0; sub(/.* before=/, "", before)
    block = ""; inside = 1; edited[file] = 1; next
  }
  /^```/ && inside {
    inside = 0; found = 0; changed = ""
    while ((getline line < file) > 0) {
      if (!found && index(line, before)) { changed = changed block; found = 1 }
      changed = changed line "\n"
    }
    close(file)
    if (!found) { print "new operation: " file " has no line with " before; exit 1 }
    printf "%s", changed > file
    close(file)
  }
  inside { block = block $0 "\n" }
  END {
    for (file in edited) ++files
    if (files != 5) { print "new operation: " files + 0 " files are edited, not 5"; exit 1 }
  }
' "$here/docs/CONTRIBUTING.md" || exit 1
rule=core/autodiff/rules/elementwise.cpp
if /usr/bin/python3 -c 'import torch' 2> /dev/null; then
  (cd tests/reference && /usr/bin/python3 make_operations_reference.py > ../../oracle.log 2>&1) \
    || failed "the oracle fails" oracle.log
else  # by hand: 1³, 2³, 3 · 1², 3 · 2²
  cube='{"op":"cube","settings":{},"inputs":{"X":[[1,2]]},"value":[[1,8]]'
  cube=$cube',"upstream":[[1,1]],"gradients":{"X":[[3,12]]}},'
  sed -i 's/"ops":\[/&'"$cube"'/' tests/reference/operations_reference.json
fi

# ---- what the tests of operations and of blame say
build() {
  for source in "$@"; do
    $compile -O1 -c -o "$(basename "$source" .cpp).o" "$source" 2> compile.log \
      || failed "$source does not compile" compile.log
  done
  objects=$out/obj/tests
  $compile -o try elementwise.o ops.o examples.o "$objects/main.o" \
    "$objects/core/autodiff/ops_test.o" "$objects/core/gradcheck/blame_test.o" "$out/libstrata.a" \
    2> link.log || failed "the tests do not link" link.log
}
build $rule core/autodiff/ops.cpp tests/core/autodiff/examples.cpp
./try > right.log 2>&1 || failed "a right rule is not taken" right.log

sed -i 's/dX\[i\] += 3 \*/dX[i] -= 3 */' $rule
build $rule
if ./try > wrong.log 2>&1; then failed "a wrong sign is not found"; fi
grep -q 'name := cube' wrong.log || failed "oracle and checker do not name it" wrong.log
grep -q "the rule of cube (cube_backward, $rule:[0-9]*) is wrong" wrong.log \
  || failed "blame does not name it" wrong.log
echo "new operation: five edits, taken; a wrong sign is found, and named"
