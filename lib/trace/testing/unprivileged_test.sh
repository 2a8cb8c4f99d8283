#!/bin/bash
# Runs a test as a user without privileges, with copies of the files it needs.
#
#   unprivileged_test.sh TEST [FILE...]
set -euo pipefail
if ((EUID != 0)); then
  echo "SKIPPED: the test itself runs without privilege already"
  exit 0
fi
if ! command -v setpriv >/dev/null; then
  echo "SKIPPED: no setpriv"
  exit 0
fi
# That user cannot read the builder's directories.
folder=$(mktemp -d /tmp/unprivileged.XXXXXX)
trap 'rm -r "$folder"' EXIT
for file in "$@"; do
  mkdir -p "$folder/$(dirname "$file")"
  cp -L "$file" "$folder/$file"
done
chmod -R go+rX "$folder"
cd "$folder"
unset XML_OUTPUT_FILE TEST_PREMATURE_EXIT_FILE TEST_WARNINGS_OUTPUT_FILE
# Uses the system's Python, since another one may be in the builder's
# directories.
export PATH=/usr/bin:/bin HOME="$folder" TMPDIR=/tmp PYTHONPATH="$folder"
case $1 in
  *.py) run=(python3 "$1") ;;
  *) run=("./$1") ;;
esac
setpriv --reuid=65534 --regid=65534 --clear-groups "${run[@]}"
