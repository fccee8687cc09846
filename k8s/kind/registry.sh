#!/usr/bin/env bash
# Prints `pull` where an image registry answers within 20 s, else `build`.
# IMAGES=pull or IMAGES=build in the environment decides without asking; scripts
# that call each other export the answer, so that it is asked for once per run.
set -euo pipefail
# shellcheck source=k8s/kind/settings.sh
. "$(dirname "$0")/settings.sh"

case ${IMAGES:-} in
pull)
  ! engine_is_capped || die "IMAGES=pull: upstream's node image does not start where capabilities are missing; leave it out."
  echo pull
  exit 0
  ;;
build)
  echo build
  exit 0
  ;;
'') ;;
*) die "IMAGES=$IMAGES is not known: use IMAGES=pull or IMAGES=build, or leave it out." ;;
esac

# Upstream's node image does not start on a machine that lacks capabilities: ours does.
if engine_is_capped; then
  echo build
  exit 0
fi
# Images made here carry our label: then there was no registry, and asking again would only take time.
label=$(docker image inspect -f '{{index .Config.Labels "myclothes.inputs"}}' "$BUILT_NODE_IMAGE" 2>/dev/null || true)
if [ -n "$label" ] && [ "$label" != "<no value>" ]; then
  echo build
elif within 20 docker pull -q "registry.k8s.io/pause:$PAUSE_TAG" >/dev/null 2>&1; then
  echo pull
else
  echo build
fi
