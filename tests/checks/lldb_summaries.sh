#!/bin/sh
# The summaries of core/inspect/debugger/strata_lldb.py in lldb, on the program of tests/checks/gdb.
# Ends with 77 where there is no lldb with Python that may trace a program.
# usage: tests/checks/lldb_summaries.sh build/debug
out=${1:-build/debug}
command -v lldb > /dev/null || { echo "lldb: skipped, there is no lldb"; exit 77; }
if ! lldb --batch -o 'script print(40 + 2)' 2> /dev/null | grep -q 42; then  # some Debians forget where its Python files are
  PYTHONPATH=$(ls /usr/lib/llvm-*/lib/python3*/dist-packages/lldb/embedded_interpreter.py 2> /dev/null | tail -1 | sed 's|/lldb/[^/]*$||')
  export PYTHONPATH
  lldb --batch -o 'script print(40 + 2)' 2> /dev/null | grep -q 42 || { echo "lldb: skipped, lldb has no Python"; exit 77; }
fi
real=; case $out in *float) real=-DSTRATA_REAL_FLOAT ;; esac
mkdir -p "$out/gdb"
${CXX:-g++} -std=c++20 -O0 -g3 -DSTRATA_DEBUG $real -I. -pthread -o "$out/gdb/program" tests/checks/gdb/program.cpp "$out/libstrata.a" || exit 1

look() {  # look WHICH COMMAND...: what lldb shows where the program stands still
  which=$1; shift
  lldb --batch -o 'command script import core/inspect/debugger/strata_lldb.py' -o 'breakpoint set -n look_at' -o run -o up "$@" \
    -- "$out/gdb/program" "$which" 2>&1
}
passed=0; failed=0
expect() { if printf '%s\n' "$1" | grep -qE -- "$2"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "lldb: no '$2'"; fi; }

shapes=$(look shapes -o 'frame variable')
case $shapes in *'stop reason = breakpoint'*) ;; *) echo "lldb: skipped, it may not trace a program here"; exit 77 ;; esac
for wanted in 'matrix = 2×3$' '^ +1 +3 +4 +5$' 'images = 3×2×2×2$' '\[0,1,:,:\]' 'one = 1: 0.5$' 'nothing = empty$' \
  'huge = 1000×1000$' '990 more rows, 992 more columns' ' nan +-inf +-1e-30' 'its numbers moved away' \
  'of_no_tape = of no tape$' 'W = encoder.0.W, decays$' 'shape = 4×5$'; do
  expect "$shapes" "$wanted"
done
garbage=$(look garbage -o 'p *(strata::Tensor*)&ones' -o 'p *(strata::Tensor*)&odd' -o 'p *(strata::Tensor*)&rank5' \
  -o 'p *(strata::Tensor*)&wrong_pointer' -o 'p *(strata::Tensor*)&huge_shape' -o 'p *(strata::Var*)&var_odd' \
  -o 'p *(strata::Parameter*)&parameter_odd')
expect "$(printf '%s\n' "$garbage" | grep -c '<uninitialised>')" '^7$'
large=$(look large_pass -o 'frame variable X tape')
expect "$large" 'X = node 0, variable X of 1000×1000$'
expect "$large" 'tape = tape of 3 nodes, the objective is node 2$'
echo "[lldb] test cases: $((passed + failed)) | $passed passed | $failed failed"
[ $failed = 0 ]
