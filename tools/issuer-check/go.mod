module nats-mtls/tools/issuer-check

go 1.26
