module nats-mtls/tools/exporter-standin

go 1.26
