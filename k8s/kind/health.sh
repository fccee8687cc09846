# shellcheck shell=bash
# Sourced by up.sh and down.sh: what is left of the cluster, and whether it can be used.
# An engine that was killed leaves node containers stopped, and an interrupted
# creation leaves nodes that never joined: the first are started again, the
# second can only be replaced.
NODES=4

# containers [docker ps arguments]: the names of the cluster's node containers
containers() {
  docker ps --filter "label=io.x-k8s.kind.cluster=$CLUSTER" --format '{{.Names}}' "$@"
}

# Did kind get as far as making every node a member? (Also of stopped containers.)
all_joined() {
  local node count=0
  for node in $(containers -a); do
    docker cp "$node:/var/lib/kubelet/kubeadm-flags.env" - >/dev/null 2>&1 || return 1
    count=$((count + 1))
  done
  [ "$count" = "$NODES" ]
}

# The nodes that are Ready and whose kubelet has said so since TIME. The condition
# alone is believed for 50 s after a node's death.
ready_since() { # TIME, as the API writes it
  local leases
  leases=$(kubectl --context "kind-$CLUSTER" -n kube-node-lease get leases --request-timeout=5s \
    -o jsonpath='{range .items[*]}{.spec.renewTime}{"\n"}{end}' 2>/dev/null | awk -v since="$1" '$1 > since' | wc -l)
  [ "$leases" = "$NODES" ] || return 1
  [ "$(kubectl --context "kind-$CLUSTER" get nodes --request-timeout=5s \
    -o jsonpath='{range .items[*]}{.status.conditions[?(@.type=="Ready")].status}{"\n"}{end}' 2>/dev/null |
    grep -c True)" = "$NODES" ]
}

wait_until_ready() { # SECONDS TIME
  local deadline=$((EPOCHSECONDS + $1))
  until ready_since "$2"; do
    [ "$EPOCHSECONDS" -lt "$deadline" ] || return 1
    sleep 1
  done
}

# Nodes that Docker cannot start have all their data: what keeps them (a port that is taken, a network that is gone) is
# said, and nothing is replaced.
start_nodes() { # NODE...
  case " $* " in
  *" $CLUSTER-control-plane "*) "$KIND_DIR/preflight.sh" ports || exit 1 ;;
  esac
  docker start "$@" >/dev/null ||
    die "The cluster's nodes cannot be started, see above. Their data are kept; make down gives them up."
}

# A node that can tell how its cluster is reached is well: what fails then is this machine's (no right to write, a full
# disk, a lock that was left), and no reason to replace anything. 1: it cannot tell.
export_kubeconfig() {
  local why
  why=$(kind export kubeconfig --name "$CLUSTER" --kubeconfig "$KUBECONFIG" 2>&1) && return 0
  docker exec "$CLUSTER-control-plane" test -s /etc/kubernetes/admin.conf 2>/dev/null || return 1
  die "The cluster is there and is kept, but $KUBECONFIG cannot be written: $why"
}

# 0: the cluster is there and answers; what was paused or stopped goes on, and nodes that do not answer were
# restarted. 1: there is none, or it is beyond repair. Ends the script where the nodes cannot be started.
revive() {
  local stopped paused since
  [ -n "$(containers -a)" ] || return 1
  all_joined || return 1
  mapfile -t paused < <(containers --filter status=paused)
  [ ${#paused[@]} -eq 0 ] || docker unpause "${paused[@]}" >/dev/null
  since=$(date -u -d '-30 seconds' +%FT%T 2>/dev/null || date -u -v-30S +%FT%T)
  mapfile -t stopped < <(comm -23 <(containers -a | sort) <(containers | sort))
  if [ ${#stopped[@]} -gt 0 ]; then
    say "starting ${stopped[*]}"
    since=$(date -u +%FT%T)
    start_nodes "${stopped[@]}"
  fi
  export_kubeconfig || return 1
  wait_until_ready 90 "$since" && return 0
  say "restarting the nodes: not all of them answer"
  since=$(date -u +%FT%T)
  mapfile -t stopped < <(containers -a)
  docker restart -t 5 "${stopped[@]}" >/dev/null 2>&1 || return 1
  wait_until_ready 180 "$since"
}

# A volume marks a cluster as made here from its first moment: somebody else's of that name is never replaced.
claim() { docker volume create "$CLUSTER-made-by-up" >/dev/null; }
is_ours() { docker volume inspect "$CLUSTER-made-by-up" >/dev/null 2>&1; }

remove_cluster() {
  kind delete cluster --name "$CLUSTER" --kubeconfig "$KUBECONFIG" >/dev/null 2>&1 || true
  # what kind does not find, or could not remove in its time
  local left
  mapfile -t left < <(containers -a)
  [ ${#left[@]} -eq 0 ] || docker rm -f -v "${left[@]}" >/dev/null
  docker volume rm "$CLUSTER-made-by-up" >/dev/null 2>&1 || true
}
