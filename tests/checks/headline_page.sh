#!/bin/sh
# The runs of the headline and its page, in small: docs/benchmarks/headline.sh with a program that
# trains tiny networks on the 8×8 digits whatever it is asked for, and is stopped once. Every table
# and picture of the page must be filled with that program's results.
# usage: headline_page.sh PROGRAM HEADLINE_PAGE; exit status 77 where there is no python3.
command -v python3 > /dev/null || exit 77
project=$(pwd); program=$(realpath "$1"); filler=$(realpath "$2")
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
mkdir -p build docs/guide/pictures
ln -s "$filler" build/headline_page
fail() { echo "headline page: $*"; exit 1; }

cat > small << 'SMALL'
#!/bin/sh
# What is asked for stands in `asked`, a line a run. The run called ways is stopped once, with a
# checkpoint. Each run has a seed of its own, so that no two have the same results, and the options
# asked for that do not make it long.
[ "$1" = --version ] && exec "$PROGRAM" --version
echo "$*" >> asked
command=$1 folder=
kept= options=
shift
while [ $# -gt 0 ]; do
  case $1 in
    --out) folder=$2; shift ;;
    --checkpoint | --resume) touch "$2"; kept=$2; shift ;;
    --layers | --epochs | --pretrain-epochs | --rows | --data) shift ;;
    *) options="$options $1" ;;
  esac
  shift
done
case $folder in
  */ways) [ -f stopped ] || { touch stopped; exit 130; } ;;
esac
[ -n "$kept" ] && rm -f "$kept"
seed=$(printf %s "$folder" | cksum | cut -c1-6)
few="--data digits --rows 0:200 --pretrain-epochs 1 --epochs 1 --threads 1 --quiet --seed $seed --out $folder"
case $command in
  pretrain) exec "$PROGRAM" pretrain $options $few --layers 64-8-3 ;;
  classify) exec "$PROGRAM" classify $options $few --layers 64-8-6 --labels 20 --draws 2 ;;
esac
SMALL
chmod +x small
export PROGRAM="$program" STRATA=./small BEST=1

# The page without what stands between its marks: all of it must come back.
awk '/^<!-- end of /{inside=0} !inside{print} /^<!-- /&&!/^<!-- end of /{inside=1}' "$project/docs/guide/headline.md" > docs/guide/headline.md
cp docs/guide/headline.md empty.md

"$project/docs/benchmarks/headline.sh" > output 2>&1 && fail "the run that was stopped ended it with status 0"
grep -q 'stopped with status 130; the same command goes on' output || { cat output; fail "a stopped run is not reported"; }
cmp -s docs/guide/headline.md empty.md || fail "filled before all runs were there"
"$project/docs/benchmarks/headline.sh" > output 2>&1 || { cat output; fail "the second call failed"; }
[ "$(grep -c 'its results are there' output)" = 3 ] || { cat output; fail "runs that are there were made again"; }
[ "$(grep -c -- '--resume build/headline/ways/checkpoint.safetensors' asked)" = 1 ] || { cat asked; fail "the stopped run began anew"; }

cell() { python3 -c "
import json, sys
run = json.load(open('build/headline/$1/results.json'))
print('%.3f' % [m['test_error'] for m in run['methods'] if m['name'] == '$2'][0])"; }
for run in thirty best relu plane ways; do
  part=$(sed -n "/<!-- $run -->/,/<!-- end of $run -->/p" docs/guide/headline.md)
  error=$(cell $run greedy_finetuned)
  case $part in *"| $error |"*) ;; *) fail "the part $run has not the error $error: $part" ;; esac
done
for run in classifiers 'few labels' runs; do
  [ "$(sed -n "/<!-- $run -->/,/<!-- end of $run -->/p" docs/guide/headline.md | wc -l)" -gt 5 ] || fail "the part $run is empty"
done
grep -q '^| deep belief net |' docs/guide/headline.md || fail "no row for the deep belief net"
for picture in methods.png curves.svg ways.svg map-pca.svg map-deep.svg; do
  [ -s "docs/guide/pictures/headline-$picture" ] || fail "no picture headline-$picture"
done
echo "no marks" > other.md
"$filler" build/headline other.md 2> error && fail "a page without marks was filled"
grep -q 'the page has no marks for' error || fail "a page without marks: $(cat error)"
echo "headline page: every part filled; a stopped run went on, those that were there stayed"
