#!/usr/bin/env bash
# load.sh [--everywhere] IMAGE...: brings images from this machine's engine onto the
# workers (--everywhere: the control plane too) that do not have them under that tag.
# One save for all, imports in parallel. `kind load docker-image` is not used: from
# Docker 29 on its archive holds manifests of other platforms, and the import fails.
set -euo pipefail
# shellcheck source=k8s/kind/settings.sh
. "$(dirname "$0")/settings.sh"
only=worker
if [ "${1:-}" = --everywhere ]; then
  only='' && shift
fi
[ $# -gt 0 ] || die "usage: load.sh [--everywhere] IMAGE..."

# Prints the wanted images that NODE lacks.
missing_on() { # NODE IMAGE...
  local node=$1 have image
  shift
  have=$(docker exec "$node" ctr -n k8s.io images ls -q)
  for image in "$@"; do
    grep -qxF "$(full_name "$image")" <<<"$have" || echo "$image"
  done
}

mapfile -t nodes < <(docker ps --format '{{.Names}}' \
  --filter "label=io.x-k8s.kind.cluster=$CLUSTER" ${only:+--filter "label=io.x-k8s.kind.role=$only"})
[ ${#nodes[@]} -gt 0 ] || die "There is no running kind cluster $CLUSTER: run k8s/kind/up.sh first."

wanting=() missing=()
for node in "${nodes[@]}"; do
  mapfile -t -O "${#missing[@]}" missing < <(missing_on "$node" "$@")
  # Else a node that did not answer would count as one that has everything.
  wait $! || die "$node does not say which images it has: see docker exec $node ctr -n k8s.io images ls"
  [ ${#missing[@]} -eq "${counted:-0}" ] || wanting+=("$node")
  counted=${#missing[@]}
done
[ ${#wanting[@]} -gt 0 ] || exit 0
mapfile -t missing < <(printf '%s\n' "${missing[@]}" | sort -u)

archive=$(mktemp "$CACHE_DIR/load.XXXXXX")
trap 'rm -f "$archive" "$archive.thin"' EXIT
say "loading ${missing[*]} onto ${#wanting[@]} nodes"
docker save -o "$archive" "${missing[@]}" ||
  die "This machine's engine does not have all of: ${missing[*]}. Build them first."
"$KIND_DIR/thin-archive.sh" "$archive" "$archive.thin" "${wanting[@]}" 2>/dev/null || rm -f "$archive.thin"

take_in() { # NODE: the thin archive where there is one and the node accepts it, else the whole
  if [ -f "$archive.thin" ]; then
    docker exec -i "$1" ctr -n k8s.io images import - <"$archive.thin" >/dev/null 2>&1 && return
  fi
  docker exec -i "$1" ctr -n k8s.io images import - <"$archive" >/dev/null
}

imports=()
for node in "${wanting[@]}"; do
  take_in "$node" &
  imports+=($!)
done
for import in "${imports[@]}"; do
  wait "$import" || die "A node could not take in ${missing[*]}: see docker exec <node> journalctl -u containerd"
done
say "loaded"
