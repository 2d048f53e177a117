package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"time"
)

// A server is the monitoring port of a NATS server, and what the label server_id says of it.
type server struct{ url, id string }

func (s server) label() label { return label{"server_id", s.id} }

// get reads JSON. The status is not looked at, because /healthz answers 503 with a body that says why.
func (s server) get(path string, into any) error {
	return s.getWith(http.DefaultClient, path, into)
}

func (s server) getWith(client *http.Client, path string, into any) error {
	response, err := client.Get(s.url + path)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	return json.NewDecoder(response.Body).Decode(into)
}

// learn waits until the server tells its id or name. Until then nothing listens, so a scrape fails (main.go).
func (s server) learn(key string, retry time.Duration) string {
	for {
		var varz map[string]any
		err := s.get("/varz", &varz)
		if value, ok := varz[key].(string); err == nil && ok {
			return value
		}
		fmt.Fprintf(os.Stderr, "exporter-standin: no %s yet: %v\n", key, err)
		time.Sleep(retry)
	}
}
