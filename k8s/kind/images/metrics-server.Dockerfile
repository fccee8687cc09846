# metrics-server, started as upstream's image starts it.
FROM scratch
COPY metrics-server /metrics-server
USER 65532:65532
ENTRYPOINT ["/metrics-server"]
