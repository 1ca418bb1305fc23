#!/bin/sh
# make install: program, library, headers and a pkg-config file. usage: install.sh TARGET PREFIX VERSION PROGRAM LIBRARY REAL
set -e
target=$1; prefix=$2; version=$3; program=$4; library=$5; real=$6
flags=; [ "$real" = float ] && flags=' -DSTRATA_REAL_FLOAT'
install -d "$target/bin" "$target/lib/pkgconfig" "$target/include/strata"
install -m 755 "$program" "$target/bin/strata"
install -m 644 "$library" "$target/lib/libstrata.a"
find core layers autoencoders pretraining -name '*.hpp' \( ! -path 'pretraining/cli/*' -o -path '*/step/*' \) | while read -r header; do
  install -d "$target/include/strata/${header%/*}"
  install -m 644 "$header" "$target/include/strata/$header"
done
cat > "$target/lib/pkgconfig/strata.pc" <<EOF
prefix=$prefix
Name: strata
Description: Autoencoders from scratch: tensor, autodiff, explicit backprop, greedy pretraining
Version: $version
Cflags: -std=c++20 -I\${prefix}/include/strata$flags
Libs: -L\${prefix}/lib -lstrata -pthread
EOF
echo "installed strata $version below $target (c++ \$(pkg-config --cflags strata) x.cpp \$(pkg-config --libs strata))"
