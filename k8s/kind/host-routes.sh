#!/usr/bin/env bash
# host-routes.sh add|remove: refuses, on this machine, packets to pod and service
# addresses that left a node because the node had no route for them. Without this
# they go out by the default gateway, where something may answer: the API server's
# pooled connections then talk to a stranger. Needs root and Linux; else does nothing.
set -euo pipefail
# shellcheck source=k8s/kind/settings.sh
. "$(dirname "$0")/settings.sh"
marker=77 # routing protocol number, tells our routes from others'

[ "$(id -u)" = 0 ] && command -v ip >/dev/null && [ "$(uname -s)" = Linux ] || exit 0
case ${1:-} in
add)
  for range in "$POD_SUBNET" "$SERVICE_SUBNET"; do
    # Somebody's real network lies there (a VPN): leave it alone.
    [ -z "$(ip route show to match "$range" | grep -v '^default' || true)" ] || continue
    ip route add unreachable "$range" proto "$marker"
  done
  ;;
remove) ip route flush type unreachable proto "$marker" 2>/dev/null || true ;;
*) die "usage: host-routes.sh add|remove" ;;
esac
