#!/bin/sh
# Checks that includes follow the arrows between the rooms. A file may include its own room, and those named behind it here;
# `core*` stands for core and all of its rooms. Two files stand above their room: pretraining/strata.hpp, which
# includes everything, and pretraining/cli/main.cpp, which lists the commands.
# usage: tests/checks/deps.sh [FOLDER]
cd "${1:-.}" || exit 1
rooms='
core
core/math               core
core/random             core
core/formula            core core/io
core/io                 core core/random
core/linalg             core core/math
core/charts             core core/io
core/data               core core/math core/random core/io
core/data/files         core core/random core/io core/data
core/autodiff           core core/math core/random core/data core/formula
core/autodiff/rules     core core/math core/random core/data core/autodiff
core/optim              core core/math core/io core/autodiff
core/gradcheck          core core/random core/formula core/autodiff
core/inspect            core core/io core/formula core/autodiff core/gradcheck
core/inspect/debugger   core core/autodiff core/gradcheck core/inspect
core/inspect/trace      core core/io core/charts core/formula core/autodiff core/gradcheck core/inspect
layers                  core*
autoencoders            core* layers autoencoders/explicit autoencoders/files
autoencoders/explicit   core* layers autoencoders
autoencoders/files      core* layers autoencoders
pretraining             core* layers autoencoders* pretraining/rbm
pretraining/baselines   core* layers autoencoders*
pretraining/rbm         core* layers autoencoders*
pretraining/classifier  core* layers autoencoders* pretraining pretraining/baselines
pretraining/runs        core* layers autoencoders* pretraining pretraining/baselines pretraining/rbm pretraining/classifier
pretraining/pages       core* layers autoencoders* pretraining pretraining/baselines pretraining/rbm pretraining/classifier pretraining/runs
pretraining/pages/kinds core* layers autoencoders* pretraining pretraining/baselines pretraining/runs pretraining/pages
pretraining/cli/step    core* layers autoencoders* pretraining/cli
pretraining/cli/bench   core* layers autoencoders* pretraining/cli
pretraining/cli/kinds   core* layers autoencoders* pretraining* pretraining/cli
pretraining/cli/commands core* layers autoencoders* pretraining*
pretraining/cli         core* layers autoencoders* pretraining/runs
'
wrong=$(find core layers autoencoders pretraining tests -name '*.[ch]pp' | xargs grep -Hn '^#include "' | awk -v rooms="$rooms" '
  function room_of(path) { sub(/\/[^\/]*$/, "", path); return path }
  BEGIN {
    lines = split(rooms, line, "\n")
    for (i = 1; i <= lines; ++i) if (n = split(line[i], word, " ")) {
      known[word[1]] = 1
      for (k = 2; k <= n; ++k) allowed[word[1], word[k]] = 1
    }
  }
  {
    split($0, part, ":"); file = part[1]
    included = $0; sub(/^[^"]*"/, "", included); sub(/".*/, "", included)
    from = room_of(file); to = room_of(included); top = to; sub(/\/.*/, "", top)
    if (included ~ /^\.\.?\// || included !~ /\//) { print file ":" part[2] ": relative: " included; next }
    if (from ~ /^tests/ || file == "pretraining/strata.hpp" || file == "pretraining/cli/main.cpp" || from == to) next
    if (!(from in known)) { print file ": the room " from " is not in the list of tests/checks/deps.sh"; next }
    if (!((from, to) in allowed) && !((from, top "*") in allowed)) print file ":" part[2] ": " from " may not include " to
  }' | sort -u)
if [ -n "$wrong" ]; then
  echo "Includes against the arrows between the rooms (tests/checks/deps.sh has them):"
  echo "$wrong"
  exit 1
fi
echo "deps: every include follows the arrows (core <- layers <- autoencoders <- pretraining, and those between their rooms)"
