#!/usr/bin/env bash
# kindest/node: the image of a cluster node, with every image a cluster needs inside.
# Their blobs lie in /kind/blobs, and containerd's store holds links to them: kind
# gives each node its own /var, and links are copied there at once and share the
# host's page cache, where 0.8 GB of blobs per node were not. Nodes unpack what they run.
set -euo pipefail
# shellcheck source=k8s/kind/settings.sh
. "$(dirname "$0")/../settings.sh"
# shellcheck source=k8s/kind/images/image.sh
. "$KIND_DIR/images/image.sh"
# shellcheck source=k8s/kind/images/programs.sh
. "$KIND_DIR/images/programs.sh"
context=$CACHE_DIR/images/kindest-node
builder=myclothes-node-builder
storage=$KIND_DIR/images/node
agent=$KIND_DIR/node-agent

inside() { # the images a node brings along
  local name
  for name in kube-apiserver kube-controller-manager kube-scheduler kube-proxy; do
    echo "registry.k8s.io/$name:$KUBE_VERSION"
  done
  echo "registry.k8s.io/etcd:$ETCD_TAG" "registry.k8s.io/pause:$PAUSE_TAG" \
    "registry.k8s.io/coredns/coredns:$COREDNS_TAG" "registry.k8s.io/metrics-server/metrics-server:$METRICS_VERSION" \
    "rancher/local-path-provisioner:$LOCAL_PATH_VERSION" "traefik:$TRAEFIK_VERSION" "$NODE_AGENT_IMAGE"
}

inputs_hash() {
  local name inputs=()
  for name in $images; do inputs+=("$name=$(label_of "$name")"); done
  hash_of "$storage" "$KIND_DIR/runc-capped" "$KIND_DIR/images/kindest-node.sh" "$agent/manifest.yaml" \
    "$(program_hash kubelet)" "$(label_of debian:bookworm-slim)" "${inputs[@]}"
}

assemble_context() {
  local name file
  rm -rf "$context" && mkdir -p "$context"
  for name in kubelet kubeadm kubectl; do
    file=$(program $name)
    ln "$file" "$context/$name"
  done
  cp -r "$storage/rootfs" "$context/rootfs"
  mkdir -p "$context/rootfs/usr/local/sbin"
  cp "$KIND_DIR/runc-capped" "$context/rootfs/usr/local/sbin/"
  cp "$agent/manifest.yaml" "$context/rootfs/kind/manifests/default-cni.yaml"
  echo "$KUBE_VERSION" >"$context/rootfs/kind/version"
  sed -i -e "s/@PAUSE_TAG@/$PAUSE_TAG/" -e "s/@LOCAL_PATH_VERSION@/$LOCAL_PATH_VERSION/" \
    "$context/rootfs/etc/containerd/config.toml" "$context/rootfs/kind/manifests/"*.yaml
}

# Let the node's own containerd take the images in, without unpacking them.
embed_images() {
  # shellcheck disable=SC2016 # expanded in the container
  docker exec "$builder" sh -euc '
    containerd >/tmp/containerd.log 2>&1 & daemon=$!
    for _ in $(seq 100); do ctr version >/dev/null 2>&1 && break; sleep 0.1; done
    ctr -n k8s.io images import --no-unpack /images.tar >/dev/null
    kill $daemon; wait $daemon || true
    cd /var/lib/containerd/io.containerd.content.v1.content/blobs/sha256
    mkdir -p /kind/blobs
    for blob in *; do mv "$blob" /kind/blobs/; ln -s "/kind/blobs/$blob" "$blob"; done
    rm -rf /tmp/containerd.log /run/containerd'
}

images=$(inside)
hash=$(inputs_hash)
is_current "$BUILT_NODE_IMAGE" "$hash" && exit 0
assemble_context
build_image myclothes/node-base:building "$hash" "$context" -f "$storage/Dockerfile"
say "image $BUILT_NODE_IMAGE (the images inside)"
# shellcheck disable=SC2086 # a list of names
docker save -o "$context/images.tar" $images
docker rm -f "$builder" >/dev/null 2>&1 || true
docker run -d --name "$builder" --privileged --entrypoint sleep \
  -v "$context/images.tar:/images.tar:ro" myclothes/node-base:building 600 >/dev/null
trap 'docker rm -f "$builder" >/dev/null 2>&1 || true' EXIT
embed_images || die "containerd could not take in the cluster's images; run it again, or see k8s/kind/README.md"
docker commit -c 'ENTRYPOINT ["/usr/local/bin/entrypoint", "/sbin/init"]' -c "LABEL $LABEL=$hash" \
  "$builder" "$BUILT_NODE_IMAGE" >/dev/null
docker rm -f "$builder" >/dev/null
docker rmi myclothes/node-base:building >/dev/null 2>&1 || true
rm -rf "$context"
