#!/usr/bin/env bash
# The node agent's image (see k8s/kind/node-agent/): bundled on this machine with
# the repository's own Node, so that the image build needs no network.
set -euo pipefail
# shellcheck source=k8s/kind/settings.sh
. "$(dirname "$0")/../settings.sh"
# shellcheck source=k8s/kind/images/image.sh
. "$KIND_DIR/images/image.sh"
alone node-agent
context=$CACHE_DIR/images/node-agent

rm -rf "$context"
PATH=$ROOT_DIR/node_modules/.bin:$PATH node "$KIND_DIR/node-agent/bundle.ts" "$context" ||
  die "The node agent could not be bundled: run npm ci, then this again."
hash=$(hash_of "$context" "$(label_of node:24-trixie-slim)")
is_current "$NODE_AGENT_IMAGE" "$hash" || build_image "$NODE_AGENT_IMAGE" "$hash" "$context"
rm -rf "$context"
