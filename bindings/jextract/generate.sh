#!/usr/bin/env bash
# Writes src/generated/java and the table of struct layouts from the CUDA headers; --check only compares. See README.md.
set -euo pipefail
cd "$(dirname "$0")"
: "${JEXTRACT:?set JEXTRACT to the jextract command}"
: "${CUDA_INCLUDE:?set CUDA_INCLUDE to the folders of the CUDA headers, separated by colons}"
generated=../src/generated/java
layouts=../src/test/resources/dev/gatun/ffi/layouts.tsv
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

includes=()
IFS=: read -ra folders <<< "$CUDA_INCLUDE:$("${CC:-cc}" -print-file-name=include)"
for folder in "${folders[@]}"; do
  includes+=(-I "$folder")
done

header() { # the path of header $1
  for folder in "${folders[@]}"; do
    if [ -f "$folder/$1" ]; then
      echo "$folder/$1"
      return
    fi
  done
  echo "no $1 in $CUDA_INCLUDE" >&2
  return 1
}

bind() { # package, header, class, constant of NativeLibrary
  if ! $JEXTRACT "${includes[@]}" --output "$work/java" -t "dev.gatun.ffi.$1" --header-class-name "$3" "@$1.symbols" \
      "$(header "$2")" > "$work/log" 2>&1; then
    cat "$work/log" >&2
    return 1
  fi
  library=dev.gatun.ffi.NativeLibrary.$4 perl -0pi -e '
    s/SYMBOL_LOOKUP\.findOrThrow\(("[^"]+")\)/$ENV{library}.require($1)/g;
    s/\n    static final SymbolLookup SYMBOL_LOOKUP = [^;]+;\n//g;
    s/[ \t]+$//mg;
  ' "$work/java/dev/gatun/ffi/$1"/*.java
}

bind cuda cuda.h Cuda CUDA
bind cublas cublas_v2.h Cublas CUBLAS
bind cublaslt cublasLt.h CublasLt CUBLAS_LT
bind nvml nvml.h Nvml NVML

# One line for each struct: its size and alignment, then the offset and size of each member.
{
  printf '#include <stddef.h>\n#include <stdio.h>\n'
  printf '#include <%s>\n' cuda.h cublasLt.h nvml.h
  printf 'int main(void) {\n'
  for file in "$work"/java/dev/gatun/ffi/*/*.java; do
    type=$(basename "$file" .java)
    grep -q 'GroupLayout \$LAYOUT = MemoryLayout.\(struct\|union\)Layout' "$file" || continue
    name=$type
    case $type in
      *_st) name="struct $type" ;;
      *_union) name="union $type" ;;
    esac
    printf '  printf("%s\\t%%zu\\t%%zu", sizeof(%s), _Alignof(%s));\n' "$type" "$name" "$name"
    sed -n 's/^    public static final long \([A-Za-z0-9_]*\)\$offset() {$/\1/p' "$file" |
      while read -r member; do
        printf '  printf("\\t%s %%zu %%zu", offsetof(%s, %s), sizeof(((%s *)0)->%s));\n' "$member" "$name" "$member" "$name" "$member"
      done
    printf '  printf("\\n");\n'
  done
  printf '  return 0;\n}\n'
} > "$work/layouts.c"
"${CC:-cc}" "${includes[@]}" -o "$work/layouts" "$work/layouts.c"
"$work/layouts" > "$work/layouts.tsv"

if [ "${1:-}" = --check ]; then
  diff -r "$work/java" "$generated"
  diff "$work/layouts.tsv" "$layouts"
  echo "the bindings are as generated"
  exit
fi
rm -rf "$generated"
mkdir -p "$(dirname "$generated")" "$(dirname "$layouts")"
cp -r "$work/java" "$generated"
cp "$work/layouts.tsv" "$layouts"
echo "$(find "$generated" -name '*.java' | wc -l) files, $(wc -l < "$layouts") structs"
