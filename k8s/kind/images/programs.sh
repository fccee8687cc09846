# shellcheck shell=bash
# Sourced. `program NAME` prints the path of a program built from its Go modules,
# building it first when it is not there. Results lie in .cache/programs under a
# hash of what they are built from, so a changed pin never finds an old program.
GO_DIR=$KIND_DIR/images/go
PROGRAMS_DIR=$CACHE_DIR/programs
KUBERNETES_PROGRAMS="kube-apiserver kube-controller-manager kube-scheduler kube-proxy kubelet kubeadm kubectl"

stamp=k8s.io/component-base/version
KUBERNETES_LDFLAGS="-s -w -X $stamp.gitVersion=$KUBE_VERSION -X $stamp.gitMajor=1 -X $stamp.gitMinor=34 -X $stamp.gitTreeState=clean -X $stamp.gitCommit=unknown -X $stamp.buildDate=2026-01-01T00:00:00Z"

# What helm says to a chart (kubeVersion, .Capabilities) where no cluster is asked: without this it is Kubernetes 1.20.
capabilities=helm.sh/helm/v3/pkg/chartutil
rules=helm.sh/helm/v3/pkg/lint/rules
HELM_LDFLAGS="-s -w -X $capabilities.k8sVersionMajor=1 -X $capabilities.k8sVersionMinor=34 -X $rules.k8sVersionMajor=1 -X $rules.k8sVersionMinor=34"

# module_of NAME: PACKAGE@VERSION, or the folder of its module set
module_of() {
  case $1 in
  metrics-server) echo "sigs.k8s.io/metrics-server/cmd/metrics-server@$METRICS_VERSION" ;;
  kind) echo "sigs.k8s.io/kind@$KIND_VERSION" ;;
  versitygw) echo "github.com/versity/versitygw/cmd/versitygw@$VERSITYGW_VERSION" ;;
  cert-manager) echo "github.com/cert-manager/cert-manager@$CERT_MANAGER_VERSION" ;;
  traefik | coredns) echo "$GO_DIR/$1" ;;
  *) echo "$GO_DIR/kubernetes" ;;
  esac
}

# ldflags_of NAME: what the linker writes into it
ldflags_of() {
  case $1 in
  kube*) echo "$KUBERNETES_LDFLAGS" ;;
  helm) echo "$HELM_LDFLAGS" ;;
  *) echo "-s -w" ;;
  esac
}

# program_hash NAME: of everything the program is built from
program_hash() { hash_of "$(module_of "$1")" "$(ldflags_of "$1")"; }

require_go() { # WHAT-FOR
  local version
  version=$(go env GOVERSION 2>/dev/null | sed -n 's/^go1\.\([0-9]*\).*/\1/p')
  [ "${version:-0}" -ge 21 ] ||
    die "Go 1.21 or newer is needed to build $1: install it (go on PATH) and run this again."
}

# One call for all seven: they share most packages, and linking runs in parallel.
build_kubernetes() { # FOLDER
  local names=() name
  for name in $KUBERNETES_PROGRAMS; do names+=("k8s.io/kubernetes/cmd/$name"); done
  (cd "$GO_DIR/kubernetes" && go build -ldflags "$KUBERNETES_LDFLAGS" -o "$1/" "${names[@]}")
}

# Built with Kubernetes' own versions of what both need, so that it is compiled once: each alone took two minutes.
build_beside_kubernetes() { # NAME FOLDER PACKAGE
  (cd "$GO_DIR/kubernetes" && go build -ldflags "$(ldflags_of "$1")" -o "$2/$1" "$3")
}

# Folders of Traefik's sources of routes that go/traefik/providers/none.go takes the place of.
TRAEFIK_UNUSED="docker ecs consulcatalog nomad kv/consul kv/etcd kv/redis kv/zk"

# without_unused FOLDER: of a copy of Traefik's module
without_unused() {
  local source
  for source in $TRAEFIK_UNUSED; do
    rm -f "$1/pkg/provider/$source"/*.go
    sed "s/^package providers$/package ${source##*/}/" "$GO_DIR/traefik/providers/none.go" \
      >"$1/pkg/provider/$source/none.go"
  done
}

# copy_of MODULE FOLDER: of its sources, to be changed
copy_of() {
  local source
  go mod download "$1" && # `list` knows its folder only then
    source=$(go list -m -f '{{.Dir}}' "$1") &&
    cp -r "$source" "$2" && chmod -R u+w "$2"
}

# Traefik without lego's DNS providers (see go/traefik/dns/none.go), and without the sources of routes above.
build_traefik() { # FOLDER
  local work=$1/traefik.build lego=github.com/go-acme/lego/v4 traefik=github.com/traefik/traefik/v3
  mkdir -p "$work" && cd "$GO_DIR/traefik" &&
    copy_of "$lego" "$work/lego" && copy_of "$traefik" "$work/traefik" &&
    cp dns/none.go "$work/lego/providers/dns/zz_gen_dns_providers.go" &&
    without_unused "$work/traefik" &&
    cp go.mod go.sum "$work/" &&
    go mod edit -replace "$lego=$work/lego" -replace "$traefik=$work/traefik" "$work/go.mod" &&
    go build -modfile "$work/go.mod" -ldflags "-s -w" -o "$1/" "$traefik/cmd/traefik" &&
    rm -rf "$work"
}

# With its own pins, in a copy, because it replaces a module; beside it the definitions it serves.
build_cert_manager() { # FOLDER
  local work=$1/cert-manager.build
  copy_of "$(module_of cert-manager)" "$work" && cd "$work" &&
    go build -ldflags "-s -w" -o "$1/cert-manager" ./cmd/controller &&
    mv deploy/crds "$1/cert-manager-crds" && rm -f "$1/cert-manager-crds/README.md" &&
    rm -rf "$work"
}

# In a subshell for its environment. The compiler's own garbage collector, at its default, takes a fifth of the time,
# and debug information that the linker drops another twentieth (measured on std: 44 s, 29–32 s with both).
build_program() ( # NAME FOLDER
  export CGO_ENABLED=0 GOGC=1000 GOFLAGS="-trimpath -buildvcs=false -gcflags=all=-dwarf=false"
  case $1 in
  traefik) build_traefik "$2" ;;
  cert-manager) build_cert_manager "$2" ;;
  coredns) cd "$GO_DIR/coredns" && go build -ldflags "-s -w" -o "$2/coredns" . ;;
  etcd) build_beside_kubernetes etcd "$2" go.etcd.io/etcd/server/v3 ;;
  helm) build_beside_kubernetes helm "$2" helm.sh/helm/v3/cmd/helm ;;
  local-path-provisioner) build_beside_kubernetes "$1" "$2" "github.com/rancher/$1" ;;
  kube*) build_kubernetes "$2" ;;
  *) GOBIN=$2 go install -ldflags "$(ldflags_of "$1")" "$(module_of "$1")" ;;
  esac
)

program() { # NAME
  local place part log=$CACHE_DIR/go-build.log
  place=$PROGRAMS_DIR/$(program_hash "$1")
  if [ ! -x "$place/$1" ]; then
    require_go "$1"
    say "building $1 from its Go modules"
    part=$PROGRAMS_DIR/part
    rm -rf "$part" && mkdir -p "$place" "$part"
    build_program "$1" "$part" >"$log" 2>&1 || {
      tail -n 20 "$log" >&2
      die "go could not build $1; the whole log is $log"
    }
    mv "$part"/* "$place/" && rmdir "$part"
  fi
  echo "$place/$1"
}
