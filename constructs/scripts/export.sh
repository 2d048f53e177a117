#!/bin/sh
# Runs the exporter with the flags that it is given, and starts it again when it ends. A pod whose container has ended is
# not ready, and then nobody reaches its server either.

while :; do
  prometheus-nats-exporter "$@"
  echo "the exporter ended with $?; starting it again" >&2
  sleep 5
done
