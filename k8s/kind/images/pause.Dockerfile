# The process that holds a pod's namespaces: Debian's catatonit waits and reaps.
FROM debian:trixie-slim AS package
LABEL myclothes.stage=pause
RUN apt-get update && apt-get install -y --no-install-recommends catatonit
FROM scratch
COPY --from=package /usr/bin/catatonit /pause
USER 65535:65535
ENTRYPOINT ["/pause", "-P"]
