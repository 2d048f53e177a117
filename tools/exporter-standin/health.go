package main

// healthz tells whether the server is well, and is the only collector that tells that it is gone
// (collector/healthz.go).
type healthz struct {
	server    server
	namespace string
	endpoint  string
	query     string
}

func (h healthz) collect(to *page) {
	var health struct {
		Status string `json:"status"`
	}
	err := h.server.get("/healthz"+h.query, &health)
	name := h.namespace + "_" + h.endpoint + "_status"
	well := number(err == nil && health.Status == "ok")
	if err != nil {
		health.Status = "unreachable"
	} else {
		to.gauge(name, 1-well, h.server.label())
	}
	to.gauge(name+"_value", well, h.server.label(), label{"value", health.Status})
}

func number(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}
