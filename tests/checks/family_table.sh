#!/bin/sh
# Measures the table of docs/guide/compare.md anew and puts it into the page, and the page's picture
# too where there is chromium. Run from the project's folder, on a machine that has nothing else to
# do: the table has seconds.
# usage: tests/checks/family_table.sh [OPTIONS OF strata compare]
page=docs/guide/compare.md
build/strata compare --quiet --out build/compare "$@" > build/compare.txt || exit 1

# The columns up to the seconds; the layers behind them are on the page that compare writes.
awk '/^$/ { if (inside) exit; inside = 1; next } /^(note|left out|no )/ { exit } inside { print substr($0, 1, 120) }' build/compare.txt > build/family_table.txt
awk -v table=build/family_table.txt '
  /^<!-- table/ { print; print "```text"; while ((getline line < table) > 0) print line; print "```"; skipping = 1; next }
  /^<!-- end of the table/ { skipping = 0 }
  !skipping { print }
' $page > build/compare.md && mv build/compare.md $page
cat build/family_table.txt

if command -v chromium > /dev/null; then
  chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size=1120,4200 \
    --screenshot=build/compare.png "file://$PWD/build/compare/report.html" > /dev/null 2>&1
  echo "screenshot: build/compare.png (cut it, then docs/guide/pictures/compare.png)"
fi
