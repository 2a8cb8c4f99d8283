#!/bin/bash
# Runs the smallest rows, and checks that mistakes give one line that names the
# flag.
set -euo pipefail
status=0
spawn=benchmarks/spawn/spawn

rows=$($spawn --max_size=1MiB 2>"$TEST_TMPDIR/errors") || {
  cat "$TEST_TMPDIR/errors"
  exit 1
}
echo "$rows"
for method in fork vfork posix_spawn clone3_vfork; do
  if ! grep -qE "^\| \`spawn/$method/size:1MiB\` \| [0-9].* \| [0-9]" <<<"$rows"; then
    echo "FAILED: no row of $method"
    status=1
  fi
done
# With these methods, the other thread's pages never become read-only.
for method in vfork posix_spawn; do
  if ! grep -qE "^\| \`spawn/$method/.*\| 0 \|\$" <<<"$rows"; then
    echo "FAILED: $method: the other thread had faults"
    status=1
  fi
done

for mistake in --max_size=9GiB --max_size=many --sizes=1MiB; do
  code=0
  $spawn "$mistake" >"$TEST_TMPDIR/out" 2>"$TEST_TMPDIR/errors" || code=$?
  if ((code != 2)) || [[ -s $TEST_TMPDIR/out ]] ||
    [[ $(wc -l <"$TEST_TMPDIR/errors") != 1 ]] ||
    ! grep -qF -e "${mistake%%=*}" "$TEST_TMPDIR/errors"; then
    echo "FAILED: $mistake: exit status $code"
    cat "$TEST_TMPDIR/errors"
    status=1
  fi
done
exit $status
