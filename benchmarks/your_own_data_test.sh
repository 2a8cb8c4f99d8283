#!/bin/bash
# The example runs: lookups copy nothing, and stores do.
set -euo pipefail
results=$(benchmarks/your_own_data --benchmark_format=json 2>/dev/null)
echo "$results"
[[ $results == *'"copied_bytes": 0.0000000000000000e+00'* ]]
[[ $results == *'"copied_bytes": '[1-9]* ]]
