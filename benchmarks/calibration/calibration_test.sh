#!/bin/bash
# The smallest benchmarks of probes and overhead run. Figures that do not depend
# on the machine are right: three methods are exact without interference.
set -euo pipefail
status=0

# Runs a program; prints its table.
table() {
  "$@" 2>"$TEST_TMPDIR/errors" || { cat "$TEST_TMPDIR/errors" >&2; exit 1; }
}

expect() {  # pattern, text
  if ! grep -qE "$1" <<<"$2"; then
    echo "FAILED: nothing matches '$1'"
    status=1
  fi
}

probes=$(table benchmarks/calibration/probes --benchmark_filter=64MiB)
echo "$probes"
for method in private_dirty uss; do
  expect "^\| \`probes/$method/size:64MiB\` \| 0 B \| 0 B \| .* \| 3.91 MiB \| 1 \|" "$probes"
done
expect '^\| `probes/cowbench/size:64MiB` \| 0 B \| 0 B \| 0 B \| 0 B \| 0 B \| 1 \|' "$probes"
for method in meminfo pagemap_scan frame_numbers taskstats; do
  expect "^\| \`probes/$method/size:64MiB\` \|" "$probes"
done
grep 'not available here' <<<"$probes" | sed 's/^/SKIPPED: /' || true

overhead=$(table benchmarks/calibration/overhead --benchmark_filter='size:1MiB|(scale|fork).*size:64MiB')
echo "$overhead"
for row in overhead/array/read/size:1MiB overhead/array/write/size:1MiB \
  limits/fork/{consecutive,page_in_512,scattered}/size:64MiB; do
  expect "^\| \`$row\` \|" "$overhead"
done
expect '^\| `scale/array/read/size:64MiB` .*\| 0 B \|$' "$overhead"
expect '^\| `scale/array/write_tenth/size:64MiB` .*\| 6.40 MiB \|$' "$overhead"

# A mistake gives exit status 2 and one line that names the flag.
for program in probes overhead; do
  for mistake in --benchmark_filter=nothing_of_the_kind --sizes=1GiB \
    --benchmark_format=xml --benchmark_out=/nonexistent/file \
    --benchmark_repetitions=0 --help=me '--benchmark_filter=(.*)*(.*)*(.*)*Y'; do
    code=0
    "benchmarks/calibration/$program" "$mistake" \
      >"$TEST_TMPDIR/out" 2>"$TEST_TMPDIR/errors" || code=$?
    if ((code != 2)) || [[ -s $TEST_TMPDIR/out ]] ||
      [[ $(wc -l <"$TEST_TMPDIR/errors") != 1 ]] ||
      ! grep -qF -e "${mistake%%=*}" "$TEST_TMPDIR/errors"; then
      echo "FAILED: $program $mistake: exit status $code"
      cat "$TEST_TMPDIR/errors"
      status=1
    fi
  done
done
exit $status
