#!/usr/bin/env bash
# down.sh, and also the images that were made here (by their label, or named
# myclothes/…) and the repository's cache folder. Go's and npm's own caches are the user's and stay.
set -euo pipefail
# shellcheck source=k8s/kind/settings.sh
. "$(dirname "$0")/settings.sh"

# Images can only be removed by the engine that holds them, and `make down` has stopped ours.
if ! engine_answers && command -v dockerd >/dev/null; then
  "$KIND_DIR/docker-engine.sh"
fi
if engine_answers; then
  ids=$({ docker images -q --filter label=myclothes.inputs; docker images -q 'myclothes/*'; } | sort -u)
fi
if [ -n "${ids:-}" ]; then
  # The cluster's containers hold the node image.
  docker ps -aq --filter "label=io.x-k8s.kind.cluster=$CLUSTER" | xargs -r docker rm -f -v >/dev/null
  say "removing images"
  # shellcheck disable=SC2086 # a list
  docker rmi -f $ids >/dev/null 2>&1 || true
fi
"$KIND_DIR/down.sh"
if ! engine_answers && [ -w /usr/local/lib ]; then
  rm -rf /usr/local/lib/myclothes "$RUN_DIR" /var/log/myclothes-dockerd.log
fi
say "removing .cache"
rm -rf "$CACHE_DIR"
