#!/usr/bin/env bash
# A run that is killed at any moment and resumed must end in the same bits as one that never
# stopped. Runs `strata pretrain`, kills it with SIGKILL at random moments (seeded), up to three
# times in a row, resumes it and compares; then the same with Ctrl-C, whose own advice is followed
# to the letter; `strata classify`, `strata rbm` and every kind of `strata train` once; and Ctrl-C
# twice. With fewer than ten repetitions: fewer kinds, and Ctrl-C fewer times.
# usage: tests/checks/kill_and_resume.sh PROGRAM [REPETITIONS [SEED]]
program=$1 repetitions=${2:-20} seed=${3:-1}
command -v timeout > /dev/null || { echo "kill and resume: there is no timeout here"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
RANDOM=$seed
passed=0 failed=0 stopped=0 resumed=0
few=$((repetitions < 10)) rows=0:900 fewer_rows=0:500 ais=2000 twice=10
[ $few = 0 ] || rows=0:400 fewer_rows=0:200 ais=200 twice=2

run() { "$program" "$@" --quiet > "$work/out" 2> "$work/err"; }
moment() {  # moment SECONDS: a random one of a run that takes so long
  awk -v share="$RANDOM" -v whole="$1" 'BEGIN { printf "%.3f", 0.02 + share / 32768 * whole }'
}
seconds_of() {
  local start=$EPOCHREALTIME
  "$@"
  awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { print b - a }'
}
without_times() { grep -v 'seconds"' "$1/results.json"; }

same() {  # same WHAT REFERENCE FOLDER
  if cmp -s "$2/model.safetensors" "$3/model.safetensors" &&
    diff <(without_times "$2") <(without_times "$3") > "$work/diff"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "kill and resume: $1 ends otherwise:"; head -5 "$work/diff" "$work/err"
  fi
}

pretrain="pretrain --layer-kind denoising --rows $rows --layers 64-60-20-2 --pretrain-epochs 8"
pretrain="$pretrain --epochs 40 --classify"

# ---- SIGKILL
whole=$(seconds_of run $pretrain --out "$work/whole")
for ((k = 1; k <= repetitions; ++k)); do
  file=$work/$k.safetensors out=$work/$k was_stopped=0
  for ((times = RANDOM % 3; times >= 0; --times)); do
    resume=(--checkpoint "$file")
    [ -e "$file" ] && { resume=(--resume "$file"); resumed=$((resumed + was_stopped)); }
    { timeout -s KILL "$(moment "$whole")" "$program" $pretrain --quiet --out "$out" \
        "${resume[@]}" > /dev/null 2>&1; } 2> /dev/null
    was_stopped=$(($? == 137)) stopped=$((stopped + was_stopped))
  done
  resume=(); [ -e "$file" ] && { resume=(--resume "$file"); resumed=$((resumed + was_stopped)); }
  run $pretrain --out "$out" "${resume[@]}"
  same "pretrain, killed ($k)" "$work/whole" "$out"
  rm -rf "$out" "$file"*
done

# ---- Ctrl-C: the command that the program names goes on
go_on() {  # go_on FOLDER: as long as there is advice
  local advice
  advice=$(sed -n 's/^strata: interrupted; to go on: //p' "$work/err")
  [ -n "$advice" ] || return 0
  stopped=$((stopped + 1)) resumed=$((resumed + 1))
  [ "$(wc -l < "$work/err")" = 1 ] || echo "kill and resume: more than one line: $(cat "$work/err")"
  sh -c "$advice" > /dev/null 2> "$work/err"
}
for ((k = 1; k <= (repetitions + 3) / 4; ++k)); do
  timeout -s INT "$(moment "$whole")" "$program" $pretrain --quiet --out "$work/c $k" \
    > /dev/null 2> "$work/err"
  go_on
  # It may have been stopped before there was a step
  [ -e "$work/c $k/model.safetensors" ] || run $pretrain --out "$work/c $k"
  same "pretrain, interrupted ($k)" "$work/whole" "$work/c $k"
done

# ---- classify, rbm and every kind
kinds=(classify rbm denoising variational)
[ $few = 1 ] || kinds+=("classify again" "classify once more" "rbm again" "rbm once more"
  linear undercomplete overcomplete multilayer sparse contractive convolutional lstm)
for kind in "${kinds[@]}"; do
  options=(train "$kind" --rows $fewer_rows --epochs 30 --patience 9)
  case $kind in
    variational) options+=(--warm-up 20) ;;
    classify*) options=(classify --rows $fewer_rows --layers 64-40-20 --pretrain-epochs 10
      --epochs 10 --labels 20,50) ;;
    rbm*) options=(rbm --rows $fewer_rows --layers 64-30-25 --ais $ais) ;;
  esac
  whole=$(seconds_of run "${options[@]}" --out "$work/$kind")
  timeout -s INT "$(moment "$whole")" "$program" "${options[@]}" --quiet --out "$work/$kind.c" \
    > /dev/null 2> "$work/err"
  go_on
  [ -e "$work/$kind.c/model.safetensors" ] || run "${options[@]}" --out "$work/$kind.c"
  same "$kind, interrupted" "$work/$kind" "$work/$kind.c"
done

# ---- an interrupt sent twice is one: timeout signals its program, then the group that both are in
for ((k = 1; k <= twice; ++k)); do
  timeout -s INT 0.5 "$program" train denoising --epochs 100000 --quiet --out "$work/twice" \
    > /dev/null 2> "$work/err"
  grep -q 'interrupted; to go on: ' "$work/err" && continue
  failed=$((failed + 1)); echo "kill and resume: interrupted ($k), and it does not say how to go on"
done

# ---- one is seen in what is measured after the training; the model is there, and advice
timeout --preserve-status -s INT -k 20 2 "$program" rbm --rows 0:300 --layers 64-40 --epochs 1 \
  --ais 100000000 --quiet --out "$work/long" > /dev/null 2> "$work/err"
status=$?
if [ "$status" != 130 ] || ! [ -e "$work/long/model.safetensors" ] ||
  ! grep -q 'interrupted; to go on: ' "$work/err"; then
  failed=$((failed + 1))
  echo "kill and resume: interrupted in a likelihood, the program ends with status $status: $(cat "$work/err")"
fi

# ---- a second one, later, ends at once what the first waits for: here a pipe that nobody reads
mkfifo "$work/pipe"
timeout --preserve-status -s INT 3 \
  timeout --preserve-status --foreground -s INT -k 20 2 "$program" train linear --epochs 100000 \
  --quiet --out "$work/slow" --checkpoint "$work/pipe" > /dev/null 2> "$work/err"
status=$?  # 128 + the signal: 2 is INT, and 9 what comes if nothing helps
if [ "$status" != 130 ] || grep -q 'to go on' "$work/err"; then
  failed=$((failed + 1))
  echo "kill and resume: interrupted twice, the program ends with status $status: $(cat "$work/err")"
fi

echo "kill and resume: $stopped stops, $resumed of them resumed from a checkpoint;" \
  "$passed runs ended in the same bits, $failed did not"
[ "$failed" = 0 ] && [ "$resumed" -ge "$repetitions" ]
