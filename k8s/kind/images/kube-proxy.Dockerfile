# kube-proxy with the programs it drives.
FROM debian:trixie-slim
RUN apt-get update && apt-get install -y --no-install-recommends conntrack iptables kmod nftables \
 && apt-get clean && rm -rf /var/lib/apt/lists/*
COPY kube-proxy /usr/local/bin/kube-proxy
