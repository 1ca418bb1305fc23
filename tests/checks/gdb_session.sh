#!/bin/sh
# Replays the sessions of docs/guide/gdb.md and debugging.md in gdb, and types a few commands into a
# real `make gdb`.
# usage: tests/checks/gdb_session.sh build/debug [write]       `write` puts what gdb says now into the pages
# Ends with 77 where gdb is absent or may not trace a program. The pages are of the double build;
# others are skipped too.
out=${1:-build/debug}
case $out in *float) echo "gdb: skipped, the pages are of the double build"; exit 77 ;; esac
program=$out/strata
. tests/checks/gdb/can_debug.sh
mkdir -p "$out/gdb"
for page in docs/guide/gdb.md docs/guide/debugging.md; do
  STRATA_OUT=$out STRATA_PAGE=$page STRATA_WRITE=$2 PYTHONDONTWRITEBYTECODE=1 \
    gdb -nx -q -batch -iex 'set debuginfod enabled off' -x core/inspect/debugger/strata_gdb.py $server -x tests/checks/gdb/session.py \
    --args "$out/strata" step sparse --once 2>&1 | tee "$out/gdb/session.out"
  grep -q '| 0 failed' "$out/gdb/session.out" || exit 1
done

[ -z "$server" ] || { echo "make gdb: not tried, it asks gdb itself to call functions"; exit 0; }
printf 'break-op sigmoid backward\nrun\ntape\nwhy W2 0 0\nstep\ncontinue\ncontinue\ncontinue\n' \
  | make --no-print-directory gdb CASE=multilayer ARGS='--seed 2' > "$out/gdb/make.out" 2>&1
for wanted in '=> .*sigmoid' 'dW2\[0,0\] = ' 'sigmoid_backward' 'exited normally'; do
  grep -q -- "$wanted" "$out/gdb/make.out" || { echo "make gdb: no '$wanted' in $out/gdb/make.out"; exit 1; }
done
echo "make gdb: runs"
