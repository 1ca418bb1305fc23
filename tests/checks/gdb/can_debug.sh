# For the tests that need gdb: leaves with 77 (skipped) where there is none with Python, or where it
# may not trace, or may trace but not call a function of it ("Couldn't write extended state status").
if ! command -v gdb > /dev/null; then echo "gdb: skipped, there is no gdb"; exit 77; fi
if ! gdb -nx -q -batch -ex 'python print(40 + 2)' 2> /dev/null | grep -q 42; then echo "gdb: skipped, gdb has no Python"; exit 77; fi
if ! gdb -nx -q -batch -ex 'set debuginfod enabled off' -ex 'break main' -ex run -ex 'info frame' "$out/strata" 2> /dev/null | grep -q 'Stack level 0'; then
  [ -x "$out/strata" ] && { echo "gdb: skipped, it may not trace a program here"; exit 77; }
fi
if [ -x "$out/strata" ] && ! gdb -nx -q -batch -ex 'set debuginfod enabled off' -ex 'break main' -ex run -ex 'print (int)getpid()' "$out/strata" 2> /dev/null | grep -q '^\$1 = '; then
  echo "gdb: skipped, it may not call functions of a program here"; exit 77
fi
