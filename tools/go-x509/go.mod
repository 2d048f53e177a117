module nats-mtls/tools/go-x509

go 1.26
