#!/usr/bin/env bash
# Brings the node agent of a running cluster to what the repository says now; the
# node image holds the one from the cluster's creation (`record`: that moment, nothing
# to bring). Only where nodes were made from our node image: upstream's has kindnet.
set -euo pipefail
# shellcheck source=k8s/kind/settings.sh
. "$(dirname "$0")/settings.sh"
# shellcheck source=k8s/kind/images/image.sh
. "$KIND_DIR/images/image.sh"
agent=(kubectl --context "kind-$CLUSTER" -n kube-system)

running=$("${agent[@]}" get daemonset node-agent --ignore-not-found \
  -o jsonpath='{.metadata.name} {.metadata.annotations.myclothes/manifest}')
[ -n "$running" ] || exit 0
"$KIND_DIR/images/node-agent.sh"
hash=$(label_of "$NODE_AGENT_IMAGE")
manifest=$(sed -e "s|{{ .PodSubnet }}|$POD_SUBNET|" -e "s|$NODE_AGENT_IMAGE|${NODE_AGENT_IMAGE%:*}:$hash|" \
  "$KIND_DIR/node-agent/manifest.yaml")
version=$(cksum <<<"$manifest" | cut -d' ' -f1)
[ "$running" != "node-agent $version" ] || exit 0
annotate() { "${agent[@]}" annotate --overwrite daemonset node-agent "myclothes/manifest=$version" >/dev/null; }
if [ "${1:-}" = record ]; then
  annotate
  exit 0
fi

say "renewing the node agent"
docker tag "$NODE_AGENT_IMAGE" "${NODE_AGENT_IMAGE%:*}:$hash"
"$KIND_DIR/load.sh" --everywhere "${NODE_AGENT_IMAGE%:*}:$hash"
# what kind filled in at creation (the control plane's name) belongs to another manager and stays
"${agent[@]}" apply --server-side --force-conflicts -f - <<<"$manifest" >/dev/null
annotate
"${agent[@]}" rollout status daemonset node-agent --timeout=60s >/dev/null ||
  die "The renewed node agent did not get ready: kubectl --kubeconfig .cache/kubeconfig -n kube-system logs ds/node-agent"
