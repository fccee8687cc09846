#!/usr/bin/env bash
# Puts onto the cluster what a cloud would bring: metrics-server and the load
# balancer (Traefik), and waits until they, DNS and the nodes are ready.
set -euo pipefail
# shellcheck source=k8s/kind/settings.sh
. "$(dirname "$0")/settings.sh"
kubectl=(kubectl --context "kind-$CLUSTER")

say "add-ons: metrics-server, Traefik"
for manifest in "$KIND_DIR"/addons/*.yaml; do
  # the hash in an annotation makes pods take a changed configuration
  hash=$(cksum <"$manifest" | cut -d' ' -f1)
  sed -e "s/@METRICS_VERSION@/$METRICS_VERSION/" -e "s/@TRAEFIK_VERSION@/$TRAEFIK_VERSION/" -e "s/@HASH@/$hash/" "$manifest" |
    "${kubectl[@]}" apply --server-side --force-conflicts -f - >/dev/null
done

"${kubectl[@]}" wait --for=condition=Ready nodes --all --timeout=120s >/dev/null ||
  die "Some nodes are not Ready: kubectl --kubeconfig .cache/kubeconfig describe nodes"
for workload in kube-system/deployment/coredns kube-system/deployment/metrics-server traefik/daemonset/traefik; do
  "${kubectl[@]}" -n "${workload%%/*}" rollout status "${workload#*/}" --timeout=120s >/dev/null ||
    die "$workload did not get ready within 2 min: kubectl --kubeconfig .cache/kubeconfig -n ${workload%%/*} get pods"
done
say "add-ons ready"
