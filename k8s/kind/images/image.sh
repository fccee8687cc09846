# shellcheck shell=bash
# Sourced by the image builders. An image carries the hash of everything it was
# made from as a label; it is made again only when that hash changes. An image of
# that name without the label came from a registry and is left alone.
LABEL=myclothes.inputs

# hash_of FILE-OR-FOLDER-OR-TEXT...: one hash over names and contents
hash_of() {
  local input
  for input in "$@"; do
    if [ -d "$input" ]; then
      (cd "$input" && find . -type f -print0 | sort -z | xargs -0 sha256sum)
    elif [ -f "$input" ]; then
      sha256sum <"$input"
    else
      printf '%s\n' "$input"
    fi
  done | sha256sum | cut -c1-16
}

# label_of NAME: the inputs' hash; "upstream" without the label; empty without the image
label_of() {
  docker image inspect -f "{{with .Config.Labels}}{{index . \"$LABEL\"}}{{end}}" "$1" 2>/dev/null |
    sed 's/^\(<no value>\)\{0,1\}$/upstream/'
}

is_current() { # NAME HASH
  local label
  label=$(label_of "$1") || return 1
  [ "$label" = upstream ] || [ "$label" = "$2" ]
}

build_image() { # NAME HASH CONTEXT [docker build arguments]
  local name=$1 hash=$2 context=$3 log=$CACHE_DIR/docker-build.log
  shift 3
  say "image $name"
  replacing "$name" docker build -t "$name" --label "$LABEL=$hash" "$@" "$context" >"$log" 2>&1 || {
    tail -n 20 "$log" >&2
    die "docker build of $name failed; the whole log is $log"
  }
}

# replacing NAME COMMAND…: runs what makes the image, then removes by its id what
# had that name before, 1 GB each. A prune by label would also take the layers that a
# build beside this one has just made from our bases: they inherit the label.
replacing() {
  local name=$1 before now
  shift
  before=$(docker image inspect -f '{{.Id}}' "$name" 2>/dev/null || true)
  "$@" || return
  now=$(docker image inspect -f '{{.Id}}' "$name")
  # What a container or another image stands on stays, and goes with it.
  if [ -n "$before" ] && [ "$before" != "$now" ]; then docker rmi "$before" >/dev/null 2>&1 || true; fi
}

# One run of a builder at a time: a second one waits, and then finds the work done.
alone() { # NAME
  command -v flock >/dev/null || return 0
  exec 8>"$CACHE_DIR/images-$1.lock"
  flock 8
}
