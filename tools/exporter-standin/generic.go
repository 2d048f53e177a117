package main

import (
	"strings"
	"sync"
	"time"
)

// generic turns an endpoint's numbers into gauges, named after their place in the JSON (collector/collector.go). A
// gauge keeps its last value, and is shown again, when the server does not answer.
type generic struct {
	server    server
	namespace string
	endpoint  string
	mutex     sync.Mutex
	gauges    map[string]*gauge
}

type gauge struct {
	path           []string
	known          bool
	value          float64
	text           string // label `value` of a gauge that is 1 and says something by it
	isText, isTime bool
}

// Strings that are shown all the same; all others, and booleans and lists, are not.
var shownStrings = map[string]bool{
	"server_id": true, "server_name": true, "version": true, "domain": true,
	"leader": true, "name": true, "start": true, "config_load_time": true,
}

var notShown = map[string]bool{
	"leaf": true, "trusted_operators_claim": true,
	"cluster_tls_timeout": true, "cluster_cluster_port": true, "cluster_auth_timeout": true,
	"gateway_port": true, "gateway_auth_timeout": true, "gateway_tls_timeout": true, "gateway_connect_retries": true,
}

func newGeneric(server server, namespace, endpoint string) *generic {
	return &generic{server: server, namespace: namespace, endpoint: endpoint, gauges: map[string]*gauge{}}
}

func (g *generic) collect(to *page) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	answer := map[string]any{}
	if err := g.server.get("/"+g.endpoint, &answer); err == nil {
		g.learn(answer, nil)
	}
	for name, gauge := range g.gauges {
		gauge.update(answer)
		full := g.namespace + "_" + g.endpoint + "_" + name
		if gauge.isText {
			to.gauge(full, 1, g.server.label(), label{"value", gauge.text})
		} else if gauge.known {
			to.gauge(full, gauge.value, g.server.label())
		}
	}
}

// learn remembers the gauges of an object and of the objects in it.
func (g *generic) learn(object map[string]any, above []string) {
	for key, value := range object {
		path := append(append([]string{}, above...), key)
		name := flatten(path)
		if notShown[name] {
			continue
		}
		if inner, ok := value.(map[string]any); ok {
			g.learn(inner, path)
			continue
		}
		if g.gauges[name] != nil {
			continue
		}
		switch value := value.(type) {
		case float64:
			g.gauges[name] = &gauge{path: path}
		case string:
			if !shownStrings[key] {
				continue
			}
			_, err := time.Parse(time.RFC3339Nano, value)
			g.gauges[name] = &gauge{path: path, isTime: err == nil, isText: err != nil}
		}
	}
}

func (g *gauge) update(answer map[string]any) {
	var found any = answer
	for _, key := range g.path {
		object, _ := found.(map[string]any)
		found = object[key]
	}
	switch found := found.(type) {
	case float64:
		g.value, g.known = found, true
	case string:
		g.text = found
		if at, err := time.Parse(time.RFC3339Nano, found); g.isTime && err == nil {
			g.value, g.known = float64(at.UnixMilli()), true
		}
	}
}

func flatten(path []string) string {
	name := strings.Trim(strings.ReplaceAll(strings.Join(path, "_"), "/", "_"), "_")
	for strings.Contains(name, "__") {
		name = strings.ReplaceAll(name, "__", "_")
	}
	return name
}
