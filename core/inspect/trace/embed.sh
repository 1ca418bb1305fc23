#!/bin/sh
# Writes files as raw string literals of a C++ source. usage: embed.sh FILE... > page_files.cpp
set -e
printf '// Made by core/inspect/trace/embed.sh from core/inspect/trace/page.\n#include "core/inspect/trace/page_files.hpp"\n\nnamespace strata {\n\n'
printf 'const std::vector<PageFile>& page_files() {\n  static const std::vector<PageFile> files = {\n'
for file in "$@"; do
  if grep -qF ')page"' "$file"; then echo "$file: )page\" would end the literal" >&2; exit 1; fi
  printf '{"%s", R"page(' "$(basename "$file")"
  cat "$file"
  printf ')page"},\n'
done
printf '  };\n  return files;\n}\n\n}  // namespace strata\n'
