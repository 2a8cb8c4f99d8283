#!/bin/bash
# Runs a test as a user who may do nothing special.
set -euo pipefail
if ((EUID != 0)); then
  exec "$@"
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
setpriv --reuid=65534 --regid=65534 --clear-groups "./$1"
