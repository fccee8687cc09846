#!/usr/bin/env bash
# Every image that a cluster without registries needs, in the order in which they
# stand on each other. What is there already costs nothing; an interrupted run
# leaves only whole images behind, and the next one carries on.
set -euo pipefail
# shellcheck source=k8s/kind/settings.sh
. "$(dirname "$0")/../settings.sh"
for part in base cluster node-agent kindest-node; do "$KIND_DIR/images/$part.sh"; done
rm -rf "$CACHE_DIR/programs" # 1 GB that is now in the images; Go's own cache makes them again in a minute
