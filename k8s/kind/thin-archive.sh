#!/usr/bin/env bash
# thin-archive.sh ARCHIVE RESULT NODE...: writes an image archive without the layers that all these nodes have unpacked
# already, as an OCI layout. After a code change that leaves some MB of 200, and the nodes
# need not read and hash the rest again. Only for our own node image, whose
# containerd is known to take such an archive; fails where it cannot be made (use ARCHIVE then).
set -euo pipefail
# shellcheck source=k8s/kind/settings.sh
. "$(dirname "$0")/settings.sh"
archive=$1 result=$2
shift 2
command -v jq >/dev/null
work=$(mktemp -d "$CACHE_DIR/thin.XXXXXX")
trap 'rm -rf "$work"' EXIT
blobs=$work/layout/blobs/sha256
mkdir -p "$blobs" "$work/saved"

# The layers (as chains, containerd's name for a layer on its parents) that every node has.
unpacked_everywhere() {
  local node
  for node in "$@"; do
    docker exec "$node" sh -c '[ -d /kind/blobs ] && ctr -n k8s.io snapshots ls' | awk '$NF == "Committed" {print $1}'
  done | sort | uniq -c | awk -v nodes=$# '$1 == nodes {print $2}'
}

digest_of() { sha256sum "$1" | cut -d' ' -f1; }

# Moves FILE to its place in the layout and prints its descriptor.
blob() { # FILE MEDIA-TYPE
  local digest size
  digest=$(digest_of "$1")
  size=$(wc -c <"$1")
  mv "$1" "$blobs/$digest"
  printf '{"mediaType":"application/vnd.oci.image.%s","digest":"sha256:%s","size":%d}' "$2" "$digest" "$size"
}

layer() { # FILE DIFF-ID CHAIN
  if grep -qxF "$3" <<<"$present"; then
    printf '{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"%s","size":%d}' "$2" "$(wc -c <"$1")"
  elif [ -f "$blobs/${2#sha256:}" ]; then # another image of this archive brought it
    printf '{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"%s","size":%d}' "$2" "$(wc -c <"$blobs/${2#sha256:}")"
  else
    [ "sha256:$(digest_of "$1")" = "$2" ] # else the engine compressed it
    blob "$1" layer.v1.tar
  fi
}

image() { # JSON of one entry of manifest.json; prints its entry for the index
  local config layers=() chain='' diff file n=0
  config=$work/saved/$(jq -r .Config <<<"$1")
  while read -r diff; do
    file=$work/saved/$(jq -r ".Layers[$n]" <<<"$1")
    if [ -z "$chain" ]; then chain=$diff; else chain=sha256:$(printf '%s %s' "$chain" "$diff" | sha256sum | cut -d' ' -f1); fi
    layers+=("$(layer "$file" "$diff" "$chain")")
    n=$((n + 1))
  done < <(jq -r '.rootfs.diff_ids[]' "$config")
  cp "$config" "$work/config"
  config=$(blob "$work/config" config.v1+json)
  printf '%s\n' "${layers[@]}" | jq -cs --argjson config "$config" \
    '{schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json", config: $config, layers: .}' >"$work/manifest"
  blob "$work/manifest" manifest.v1+json | jq -c --arg name "$(full_name "$(jq -r '.RepoTags[0]' <<<"$1")")" \
    '. + {annotations: {"io.containerd.image.name": $name}}'
}

present=$(unpacked_everywhere "$@")
[ -n "$present" ]
tar -xf "$archive" -C "$work/saved"
while read -r entry; do image "$entry"; done < <(jq -c '.[]' "$work/saved/manifest.json") |
  jq -cs '{schemaVersion: 2, manifests: .}' >"$work/layout/index.json"
echo '{"imageLayoutVersion":"1.0.0"}' >"$work/layout/oci-layout"
tar -cf "$result" -C "$work/layout" .
