# For the tests that need gdb: leaves with 77 (skipped) where there is none with Python, or where it
# may not trace $program. Sets $server to the options with which it may call functions of it.
in_main() { gdb -nx -q -batch -ex 'set debuginfod enabled off' -ex 'break main' -ex run -ex "$1" "$program" 2> /dev/null; }
if ! command -v gdb > /dev/null; then echo "gdb: skipped, there is no gdb"; exit 77; fi
if ! gdb -nx -q -batch -ex 'python print(40 + 2)' 2> /dev/null | grep -q 42; then echo "gdb: skipped, gdb has no Python"; exit 77; fi
[ -x "$program" ] || { echo "gdb: there is no program $program to try it on"; exit 1; }
in_main 'info frame' | grep -q 'Stack level 0' || { echo "gdb: skipped, it may not trace a program here"; exit 77; }
server=  # further options of gdb
if ! in_main 'print (int)getpid()' | grep -q '^\$1 = '; then
  command -v gdbserver > /dev/null || { echo "gdb: skipped, it may not call functions of a program here, and there is no gdbserver"; exit 77; }
  echo "gdb: may not call functions of a program here; through gdbserver"
  server='-x tests/checks/gdb/through_gdbserver.py'
fi
