#!/bin/sh
# Installs doctest with the system's package manager, or says the one command to type. `make test`
# calls this only where the compiler does not find <doctest/doctest.h>.
sudo=; [ "$(id -u)" = 0 ] || sudo=sudo
if command -v apt-get >/dev/null; then
  command="$sudo apt-get install -y doctest-dev"; prepare="$sudo apt-get update"
elif command -v dnf >/dev/null; then command="$sudo dnf install -y doctest-devel"
elif command -v pacman >/dev/null; then command="$sudo pacman -S --noconfirm doctest"
elif command -v brew >/dev/null; then command="brew install doctest"
else echo "The tests need doctest (github.com/doctest/doctest): install it with your system's package manager." >&2; exit 1
fi
echo "doctest is missing; installing it: $command"
if [ -n "$prepare" ]; then $prepare >/dev/null 2>&1; fi
$command >/dev/null && echo '#include <doctest/doctest.h>' | ${CXX:-g++} -x c++ -E - >/dev/null 2>&1 && exit 0
echo "That did not work. Please type:  $command" >&2
exit 1
