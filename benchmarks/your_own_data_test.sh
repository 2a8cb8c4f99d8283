#!/bin/bash
# The example runs: lookups copy nothing, and some of a million nodes of 32 bytes
# are written on every page.
set -euo pipefail
results=$(benchmarks/your_own_data --benchmark_format=json 2>/dev/null)
echo "$results"
[[ $results == *'"copied_bytes": 0.0000000000000000e+00'* ]]
[[ $results == *'"copied_bytes": 3.'[12]*'e+07'* ]]
