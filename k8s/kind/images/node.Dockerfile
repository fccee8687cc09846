# node:24-trixie-slim: Node's own binary on Debian, with upstream's user and command.
FROM debian:trixie-slim
RUN groupadd --gid 1000 node && useradd --uid 1000 --gid node --shell /bin/bash --create-home node
COPY package/bin/node /usr/local/bin/node
RUN ldd /usr/local/bin/node | grep 'not found' && exit 1; node --version
CMD ["node"]
