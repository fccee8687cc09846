# Traefik, started as upstream's image starts it.
FROM scratch
COPY traefik /usr/local/bin/traefik
ENTRYPOINT ["/usr/local/bin/traefik"]
