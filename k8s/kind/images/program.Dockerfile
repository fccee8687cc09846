# One static program and nothing else.
ARG BASE=scratch
FROM $BASE
ARG PROGRAM
COPY $PROGRAM /usr/local/bin/$PROGRAM
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
