# For scripts/setup and scripts/try_kernel, which source this.

# own_apt FOLDER ARCHITECTURE SUITE: sets `apt` to options with which apt-get and
# apt-cache have lists of their own in FOLDER/apt, and no package installed, so that
# the system's stay as they are.
own_apt() {
  local folder=$1
  mkdir -p "$folder"/apt/{lists,cache/archives}/partial
  : >"$folder/apt/status"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]" \
    "http://deb.debian.org/debian $3 main" >"$folder/apt/sources.list"
  apt=(-q -o APT::Architecture="$2" -o APT::Architectures="$2"
    -o APT::Sandbox::User=root -o Dir::Etc::SourceList="$folder/apt/sources.list"
    -o Dir::Etc::SourceParts=/dev/null -o Dir::State="$folder/apt"
    -o Dir::State::status="$folder/apt/status" -o Dir::Cache="$folder/apt/cache"
    -o Debug::NoLocking=1
    -o Acquire::Check-Valid-Until=false)  # a mirror may lag behind
}
