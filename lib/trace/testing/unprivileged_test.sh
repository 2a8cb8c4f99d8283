#!/bin/bash
# Runs a test, and the files that it needs, as a user who may do nothing special.
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
# The user cannot enter the folders of the one who builds.
folder=$(mktemp -d /tmp/unprivileged.XXXXXX)
trap 'rm -r "$folder"' EXIT
for file in "$@"; do
  mkdir -p "$folder/$(dirname "$file")"
  cp -L "$file" "$folder/$file"
done
chmod -R go+rX "$folder"
cd "$folder"
unset XML_OUTPUT_FILE TEST_PREMATURE_EXIT_FILE TEST_WARNINGS_OUTPUT_FILE
# Python of the system: another one may lie in a folder of the builder's.
export PATH=/usr/bin:/bin HOME="$folder" TMPDIR=/tmp PYTHONPATH="$folder"
case $1 in
  *.py) run=(python3 "$1") ;;
  *) run=("./$1") ;;
esac
setpriv --reuid=65534 --regid=65534 --clear-groups "${run[@]}"
