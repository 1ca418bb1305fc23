#!/bin/sh
# The program for 64-bit Arm, under emulation: its gradients agree, and it trains to the errors of this machine's program, to
# five digits. Ends with 77 where compiler or emulator is missing.
# usage: tests/checks/arm.sh build/strata
here=$1
command -v aarch64-linux-gnu-g++ > /dev/null && command -v qemu-aarch64 > /dev/null || { echo "arm: skipped, no compiler or no emulator"; exit 77; }
make CXX=aarch64-linux-gnu-g++ CXXFLAGS=-static FLAVOUR=arm optimise=-O1 all || exit 1
there="qemu-aarch64 build/arm/strata"
$there check sparse --threads 1 | tail -n 1 | tee build/arm/check.txt
grep -q 'all agree' build/arm/check.txt || exit 1
for program in "$here" "$there"; do
  $program train undercomplete --rows 0:200 --epochs 40 --threads 2 --quiet --out build/arm/out > build/arm/train.txt || exit 1
  sed -n 's/.*"test_error": *\([0-9.]*\).*/\1/p' build/arm/out/results.json
done > build/arm/errors.txt
awk '{ error[NR] = $1 } END { print "arm: " error[2] ", here: " error[1]; d = error[1] - error[2]
       exit !(NR == 2 && error[1] > 0 && d * d < 1e-10 * error[1] * error[1]) }' build/arm/errors.txt
