#!/bin/sh
# Printers and commands of core/inspect/debugger in gdb, on a program that has everything odd.
# Ends with 77 where gdb is absent or may not trace a program.
# usage: tests/checks/gdb_printers.sh build/debug
out=${1:-build/debug}
real=; case $out in *float) real=-DSTRATA_REAL_FLOAT ;; esac
program=$out/gdb/program
mkdir -p "$out/gdb"
${CXX:-g++} -std=c++20 -O0 -g3 -D_GLIBCXX_ASSERTIONS -DSTRATA_DEBUG $real -Wall -Wextra -I. -pthread \
  -o "$program" tests/checks/gdb/program.cpp "$out/libstrata.a" || exit 1
. tests/checks/gdb/can_debug.sh
STRATA_OUT=$out STRATA_GDB_PROGRAM=$program PYTHONDONTWRITEBYTECODE=1 \
  gdb -nx -q -batch -x core/inspect/debugger/strata_gdb.py $server -x tests/checks/gdb/check.py 2>&1 | tee "$out/gdb/printers.log"
grep -q '| 0 failed' "$out/gdb/printers.log"
