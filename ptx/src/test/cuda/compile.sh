#!/bin/sh
# Compiles the CUDA sources beside this script to the PTX that the corpus tests run. Only for those who change a source:
# the PTX is committed.
#
#   python3 -m venv VENV
#   VENV/bin/pip install nvidia-cuda-nvcc==13.0.88 nvidia-cuda-crt==13.0.88 nvidia-nvvm==13.0.88 \
#       nvidia-cuda-runtime==13.0.96 nvidia-cuda-cccl==13.0.85
#   compile.sh VENV [SOURCE...]          all sources if none is named
#
# Besides the virtual environment it takes a host C++ compiler.
set -eu
if [ $# -lt 1 ]; then
    echo "usage: compile.sh VENV [SOURCE...]" >&2
    exit 2
fi
venv=$(cd "$1" && pwd)
shift
here=$(cd "$(dirname "$0")" && pwd)
toolkit=$(ls -d "$venv"/lib/python3*/site-packages/nvidia/cu13 2>/dev/null | head -n 1)
if [ -z "$toolkit" ] || [ ! -x "$toolkit/bin/nvcc" ]; then
    echo "no nvcc in $venv: install the packages that the head of this script names" >&2
    exit 1
fi
if [ $# -eq 0 ]; then
    set -- "$here"/*.cu
fi
cd "$here"
for source in "$@"; do
    name=$(basename "$source" .cu)
    for target in sm_80 sm_90; do
        mkdir -p "$here/../resources/corpus/$target"
        "$toolkit/bin/nvcc" -O3 -std=c++17 -ptx -arch="$target" -o "$here/../resources/corpus/$target/$name.ptx" "$name.cu"
    done
    echo "$name"
done
