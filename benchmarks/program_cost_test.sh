#!/bin/bash
# Each load runs both ways and has its row. The test asserts no figure.
set -euo pipefail
rows=$(benchmarks/program_cost --pairs=1 --size=8 --large=8)
echo "$rows"
(($(grep -cE '^[|] .* [|] [0-9.]+ [|] [0-9.]+ ([(].*)?[|] [0-9.]+ ([(].*)?[|]$' \
  <<<"$rows") == 6))
grep -q '^sampled: the tracer takes [0-9.]* MiB' <<<"$rows"
