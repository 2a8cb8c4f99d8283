#!/bin/bash
# Each load is run both ways and has its row; how large the figures are is not
# asserted.
set -euo pipefail
rows=$(benchmarks/program_cost --pairs=1 --size=8 --large=8)
echo "$rows"
(($(grep -cE '^[|] .* [|] [0-9.]+ [|] [0-9.]+ [(].*[|] [0-9.]+ [(].*[|]$' \
  <<<"$rows") == 5))
grep -q '^sampled: [0-9.]* MiB of our own memory' <<<"$rows"
