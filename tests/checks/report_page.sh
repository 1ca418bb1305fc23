#!/bin/sh
# Opens the report in a real browser, headless and from disk: it must render, ask nothing of the
# network and log no error.
# usage: report_page.sh FILE.html; exit status 77 where there is no chromium.
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || exit 77
page=$1; work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
"$browser" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
  --disable-component-update --disable-sync --user-data-dir="$work/profile" --window-size=1200,3000 \
  --enable-logging=stderr --log-level=0 --screenshot="$work/page.png" "file://$(realpath "$page")" > "$work/log" 2>&1
[ -s "$work/page.png" ] || { echo "the page was not rendered"; cat "$work/log"; exit 1; }
[ "$(wc -c < "$work/page.png")" -gt 50000 ] || { echo "the page looks empty"; exit 1; }
if grep -E 'CONSOLE|ERR_' "$work/log" | grep -v 'gcm\|google_apis'; then echo "the page logs errors"; exit 1; fi
if grep -nE '(src|href)="(https?:)?//' "$page"; then echo "the page refers to the network"; exit 1; fi
echo "report page: rendered, no request leaves it, no error logged"
