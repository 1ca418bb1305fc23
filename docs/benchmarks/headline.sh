#!/bin/sh
# The runs behind docs/guide/headline.md, one after the other, and then the page's tables and pictures. `make headline` calls it.
# A run whose results are there is not made again; one that was stopped goes on from its checkpoint. FRESH=1 begins anew.
#   docs/benchmarks/headline.sh [NAME…]      only these runs; `page` fills the page from the results that are there
strata=${STRATA:-build/float/strata}
data=build/data/mnist
out=build/headline
page=docs/guide/headline.md
[ "$FRESH" = 1 ] && rm -rf "$out"
mkdir -p "$out" || exit 1

wanted() { [ -z "$names" ] || case " $names " in *" $1 "*) true ;; *) false ;; esac; }
names="$*"

run() {  # run NAME COMMAND OPTIONS…
  name=$1
  shift
  wanted "$name" || return 0
  folder=$out/$name
  command="strata $* --data $data"
  [ "$command" = "$(cat "$folder/command.txt" 2> /dev/null)" ] || rm -rf "$folder"  # what is there is of another run
  if [ -f "$folder/results.json" ]; then echo "$name: its results are there ($folder/results.json)"; return 0; fi
  mkdir -p "$folder"
  echo "$command" > "$folder/command.txt"
  checkpoint=--checkpoint
  [ -f "$folder/checkpoint.safetensors" ] && checkpoint=--resume
  echo "$name: strata $*"
  # Beside each other, not in a pipe: the shell must see the program's status.
  begun=$(date +%s)
  "$strata" "$@" $checkpoint "$folder/checkpoint.safetensors" --data "$data" --out "$folder" > "$folder/output.txt"
  status=$?
  cat "$folder/output.txt"
  if [ $status != 0 ]; then echo "$name: stopped with status $status; the same command goes on from there"; exit $status; fi
  rm -f "$folder/checkpoint.safetensors"
  echo "$(date +%F), the whole command $((($(date +%s) - begun + 30) / 60)) minutes since it was last started" > "$folder/time.txt"
}

run thirty pretrain --layers 784-1000-500-250-30
run relu pretrain --layers 784-1000-500-250-30 --hidden-activation relu --rate 0.001 --decay 5e-4 --pretrain-epochs 1 --epochs 80
run plane pretrain --layers 784-1000-500-250-2 --pretrain-epochs 2 --epochs 12
run ways pretrain --layers 784-1000-500-250-30 --layer-kind all --rows 0:10000 --pretrain-epochs 3 --epochs 12
run ufldl classify --layers 784-200-200
run dbn classify --layers 784-500-500-2000 --layer-kind rbm
if [ "$BEST" = 1 ]; then run best pretrain --layers 784-1000-500-250-30 --decay 1e-4 --epochs 200 --no-random-start; fi

wanted page || exit 0
{
  sed -n 's/^model name[^:]*: /processor: /p' /proc/cpuinfo 2> /dev/null | head -n 1
  echo "cores: $(nproc 2> /dev/null || sysctl -n hw.ncpu)"
  g++ --version | head -n 1
  "$strata" --version
} > "$out/machine.txt"
build/headline_page "$out" "$page"
