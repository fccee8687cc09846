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
alone kindest-node
context=$CACHE_DIR/images/kindest-node
base=myclothes/kind-node:base
builder=myclothes-node-builder
files=$KIND_DIR/images/node
manifest=$KIND_DIR/node-agent/manifest.yaml

images=("registry.k8s.io/etcd:$ETCD_TAG" "registry.k8s.io/pause:$PAUSE_TAG"
  "registry.k8s.io/coredns/coredns:$COREDNS_TAG" "registry.k8s.io/metrics-server/metrics-server:$METRICS_VERSION"
  "rancher/local-path-provisioner:$LOCAL_PATH_VERSION" "traefik:$TRAEFIK_VERSION" "$NODE_AGENT_IMAGE")
for name in kube-apiserver kube-controller-manager kube-scheduler kube-proxy; do
  images+=("registry.k8s.io/$name:$KUBE_VERSION")
done

# The node without images: an image of its own, so that a new node agent does not need the kubelet built again.
node_base() {
  local name file hash
  hash=$(hash_of "$files" "$KIND_DIR/runc-capped" "$(program_hash kubelet)" "$(label_of debian:bookworm-slim)")
  is_current "$base" "$hash" && return
  rm -rf "$context" && mkdir -p "$context"
  for name in kubelet kubeadm kubectl; do
    file=$(program $name)
    ln "$file" "$context/$name"
  done
  cp -r "$files/rootfs" "$context/rootfs"
  mkdir -p "$context/rootfs/usr/local/sbin"
  cp "$KIND_DIR/runc-capped" "$context/rootfs/usr/local/sbin/"
  echo "$KUBE_VERSION" >"$context/rootfs/kind/version"
  sed -i -e "s/@PAUSE_TAG@/$PAUSE_TAG/" -e "s/@LOCAL_PATH_VERSION@/$LOCAL_PATH_VERSION/" \
    "$context/rootfs/etc/containerd/config.toml" "$context/rootfs/kind/manifests/"*.yaml
  build_image "$base" "$hash" "$context" -f "$files/Dockerfile"
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

inputs_hash() {
  local name inputs=()
  for name in "$base" "${images[@]}"; do inputs+=("$name=$(label_of "$name")"); done
  hash_of "$KIND_DIR/images/kindest-node.sh" "$manifest" "${inputs[@]}"
}

node_base
hash=$(inputs_hash)
is_current "$BUILT_NODE_IMAGE" "$hash" && exit 0
say "image $BUILT_NODE_IMAGE (the images inside)"
mkdir -p "$context"
docker save -o "$context/images.tar" "${images[@]}"
docker rm -f "$builder" >/dev/null 2>&1 || true
trap 'docker rm -f "$builder" >/dev/null 2>&1 || true' EXIT
docker run -d --name "$builder" --privileged --entrypoint sleep -v "$context/images.tar:/images.tar:ro" "$base" 600 >/dev/null
docker cp "$manifest" "$builder:/kind/manifests/default-cni.yaml" >/dev/null
embed_images || die "containerd could not take in the cluster's images: run it again, or see k8s/kind/README.md"
replacing "$BUILT_NODE_IMAGE" docker commit -c 'ENTRYPOINT ["/usr/local/bin/entrypoint", "/sbin/init"]' -c "LABEL $LABEL=$hash" \
  "$builder" "$BUILT_NODE_IMAGE" >/dev/null
rm -rf "$context"
