#!/usr/bin/env python3
"""Writes core/data/digits8x8_data.cpp from the digits that Debian's python3-sklearn ships.

    python3 make_digits.py [digits.csv.gz] > ../../core/data/digits8x8_data.cpp

A line of the source is 64 pixel counts 0..16 and the label. A line of the output is the label, a space and one character a
pixel: '.' for 0, then 1-9 and a-g for 1..16.
"""
import gzip, sys

source = sys.argv[1] if len(sys.argv) > 1 else "/usr/lib/python3/dist-packages/sklearn/datasets/data/digits.csv.gz"
spelling = ".123456789abcdefg"

print("// Written by tests/reference/make_digits.py. What it is, whose, and under which licence: core/data/digits8x8.hpp.")
print('#include "core/data/digits8x8.hpp"\n\nnamespace strata {\n')
print("const char digits8x8_rows[digits8x8_count][67] = {")
with gzip.open(source, "rt") as lines:
    for line in lines:
        *counts, label = [int(float(cell)) for cell in line.split(",")]
        assert len(counts) == 64 and 0 <= label <= 9
        print(f'    "{label} {"".join(spelling[count] for count in counts)}",')
print("};\n\n}  // namespace strata")
