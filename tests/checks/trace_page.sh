#!/bin/sh
# Opens pages of `strata trace` in a real browser, headless and from disk; tests/checks/trace_page.js presses keys, clicks and
# reads there. Nothing may be asked of the network, no error logged; 2000 nodes must open in 2 s and step in 50 ms.
# usage: trace_page.sh PROGRAM [TESTS]: the tests write some of the pages (every rule, a wrong one); exit status 77 where there is no chromium.
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || exit 77
program=$1 tests=$2; here=$(dirname "$0"); work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
passed=0; failed=0

trace() { name=$1; shift; "$program" trace "$@" -o "$work/$name.html" > /dev/null || { echo "strata trace $* failed"; exit 1; }; }

# A window of chromium is at least 500 wide: what is narrower is a frame in a page, which waits for the frame's answer.
in_a_frame() {  # in_a_frame PAGE WIDTH
  cat <<END
<!doctype html><body><script>
const waiting = document.body.appendChild(document.createElement('iframe'));
waiting.contentDocument.open();
onmessage = (event) => {
  const found = document.body.appendChild(document.createElement('pre'));
  found.id = 'found';
  found.textContent = event.data;
  waiting.contentDocument.close();
};
</script><iframe src="$(basename "$1")" width="$2" height="844"></iframe></body>
END
}

# suite PAGE SUITE WIDTH,HEIGHT [ID=FILE...]: the page with the test put in, and other files as base64 for it to read.
suite() {
  page=$work/$1.html suite=$2 size=$3 test=$work/$1-$2-test.html
  shift 3
  {
    sed '$d' "$page" | sed '$d'  # without </body></html>
    for file in "$@"; do
      printf '<script type="text/plain" id="%s">' "${file%%=*}"; base64 -w0 "${file#*=}"; printf '</script>\n'
    done
    printf '<script>document.currentSuite = "%s";\n' "$suite"; cat "$here/trace_page.js"; printf '</script>\n</body>\n</html>\n'
  } > "$test"
  if [ "${size%,*}" -lt 500 ]; then in_a_frame "$test" "${size%,*}" > "$work/frame.html"; test=$work/frame.html; fi
  timeout 120 "$browser" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
    --disable-component-update --disable-sync --user-data-dir="$work/profile" --window-size="$size" \
    --enable-logging=stderr --log-level=0 --dump-dom "file://$test" > "$work/dom" 2> "$work/log"
  sed -n '/<pre id="found">/,/<\/pre>/p' "$work/dom" | grep -E '^(ok|WRONG|note) ' > "$work/found"
  passed=$((passed + $(grep -c '^ok ' "$work/found")))
  failed=$((failed + $(grep -c '^WRONG ' "$work/found")))
  grep -E '^(WRONG|note) ' "$work/found" | sed "s/^/$suite: /"
  [ -s "$work/found" ] || { failed=$((failed + 1)); echo "$suite: the page gave no answer"; tail -3 "$work/log"; }
  if grep -E 'CONSOLE|ERR_' "$work/log" | grep -v 'gcm\|google_apis'; then failed=$((failed + 1)); echo "$suite: the page logs errors"; fi
}

trace sparse sparse
trace same sparse
trace other sparse --decay 0.02
trace bigger sparse --layers 6-5
trace tied multilayer --layers 6-5-3 --tied --loss bce --l1 0.1
trace overcomplete overcomplete --keep 3
trace sampled sparse --entries 6
large=1e200  # its square is infinite; a float cannot even hold it
case $program in *float*) large=1e30 ;; esac
printf '%s,2,3\n1,2,3\n4,5,7\n' $large > "$work/large.csv"
trace infinite linear --data "$work/large.csv" --rows 0:3
layers=6; for i in $(seq 250); do layers=$layers-6; done
trace deep multilayer --layers $layers-3

suite sparse all 1440,1000 same="$work/same.html" other="$work/other.html" bigger="$work/bigger.html"
suite sparse access 390,844
suite tied rules 1440,1000
suite overcomplete rules 1440,1000
suite sampled sampled 1440,1000 same="$work/sampled.html"
suite infinite nonfinite 1440,1000
if [ -n "$tests" ]; then
  STRATA_TRACE_PAGES=$work "$tests" --source-file='*/inspect/trace/*' > /dev/null \
    || { echo "the tests wrote no pages"; exit 1; }
  suite wrong_rule wrong 1440,1000
  for rule in value_changing unreached setting; do suite wrong_$rule reason 1440,1000; done
  suite large_operand large 1440,1000
  suite images images 1440,1000
  suite names boxes 1440,1000
  suite every_rule rules 390,844
  suite logarithms nonfinite 1440,1000
fi
suite deep speed 1440,1000
if grep -n 'https\?:' "$work"/sparse.html "$work"/deep.html; then failed=$((failed + 1)); echo "a page names an address"; fi
echo "trace page: $passed passed, $failed failed"
[ $failed = 0 ]
