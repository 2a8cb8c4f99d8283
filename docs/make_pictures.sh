#!/bin/bash
# Makes the pictures of README.md and of docs anew, from runs of its own.
#
#   bazel run //docs:make_pictures
#   bazel run //docs:make_pictures -- DIR
#
# Needs the chart library: scripts/setup --report.
set -euo pipefail

out=${1:-${BUILD_WORKSPACE_DIRECTORY-}/docs/pictures}
[[ $out == /* ]] || out=${BUILD_WORKING_DIRECTORY-.}/$out
mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The picture that //scripts:charts calls $1, as $2.svg, of a run of $3 with the
# flags that follow.
draw() {
  local picture=$1 name=$2 suite=$3
  shift 3
  "benchmarks/$suite" --sizes=16MiB --iterations=2 "$@" --benchmark_out="$work/$name.json" \
    >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
  scripts/charts "$work/$name.json" --out="$work/$name" >/dev/null
  cp "$work/$name/$picture.svg" "$out/$name.svg"
  echo "$out/$name.svg: written"
}

draw seed array-or-list cow --allocators=glibc \
  --layouts=array,boxed,boxed_shared --patterns=read,refcount
draw share-glibc layouts cow --allocators=glibc \
  --layouts=array,boxed,boxed_immortal,boxed_side_refcount,string,node_hash_map
draw allocators prefork cow --layouts=boxed,string,node_hash_map \
  --patterns=read,free,churn,grow
draw touch-copied_bytes snapshot cow --allocators=jemalloc --writers=parent \
  --layouts=node_hash_map,string --patterns=write --touch=0.01,0.1,1,10,50
draw share-pymalloc cpython cpython --allocators=pymalloc \
  --layouts=list_range,list_same,list_str,dict_int,array_array,numpy_ones
