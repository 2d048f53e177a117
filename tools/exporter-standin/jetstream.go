package main

import (
	"net/http"
	"time"
)

// jsz shows JetStream, its streams and their consumers; nothing when the server does not answer (collector/jsz.go).
type jsz struct {
	server    server
	namespace string
	query     string
	client    *http.Client
}

// What each value of the flag asks the server for.
var jszQueries = map[string]string{
	"account": "?accounts=true", "accounts": "?accounts=true",
	"stream": "?streams=true", "streams": "?streams=true",
	"consumer": "?consumers=true&config=true&raft=true", "consumers": "?consumers=true&config=true&raft=true",
	"all": "?consumers=true&config=true&raft=true",
}

func newJsz(server server, namespace, query string) jsz {
	return jsz{server, namespace, query, &http.Client{Timeout: 5 * time.Second}}
}

func (j jsz) collect(to *page) {
	var answer jszAnswer
	if j.server.getWith(j.client, "/jsz"+j.query, &answer) != nil {
		return
	}
	var varz struct {
		Name string `json:"server_name"`
	}
	if j.server.getWith(j.client, "/varz", &varz) != nil {
		return
	}
	labels := []label{
		j.server.label(), {"server_name", varz.Name}, {"cluster", answer.Meta.name()}, {"domain", answer.Config.Domain},
		{"meta_leader", answer.Meta.leader()}, {"is_meta_leader", answer.Meta.isLeader(varz.Name)},
	}
	name := func(field string) string { return j.namespace + "_server_" + field }
	to.gauge(name("jetstream_disabled"), number(answer.Disabled), labels...)
	to.gauge(name("max_memory"), answer.Config.MaxMemory, labels...)
	to.gauge(name("max_storage"), answer.Config.MaxStorage, labels...)
	to.gauge(name("total_streams"), answer.Streams, labels...)
	to.gauge(name("total_consumers"), answer.Consumers, labels...)
	to.gauge(name("total_messages"), answer.Messages, labels...)
	to.gauge(name("total_message_bytes"), answer.Bytes, labels...)
	for _, account := range answer.Accounts {
		of := with(labels, label{"account", account.Name}, label{"account_name", account.Name}, label{"account_id", account.ID})
		to.gauge(j.namespace+"_account_max_memory", account.MaxMemory, of...)
		to.gauge(j.namespace+"_account_max_storage", account.MaxStorage, of...)
		to.gauge(j.namespace+"_account_memory_used", account.Memory, of...)
		to.gauge(j.namespace+"_account_storage_used", account.Storage, of...)
		for _, stream := range account.Streams {
			stream.collect(to, j.namespace, varz.Name, of)
		}
	}
}

func (s jszStream) collect(to *page, namespace, server string, of []label) {
	labels := with(of, label{"stream_name", s.Name}, label{"stream_leader", s.Cluster.leader()},
		label{"is_stream_leader", s.Cluster.isLeader(server)}, label{"stream_raft_group", s.RaftGroup})
	name := func(field string) string { return namespace + "_stream_" + field }
	to.gauge(name("total_messages"), s.State.Messages, labels...)
	to.gauge(name("total_bytes"), s.State.Bytes, labels...)
	to.gauge(name("first_seq"), s.State.First, labels...)
	to.gauge(name("last_seq"), s.State.Last, labels...)
	to.gauge(name("consumer_count"), s.State.Consumers, labels...)
	to.gauge(name("subject_count"), s.State.Subjects, labels...)
	if s.Config != nil {
		to.gauge(name("limit_bytes"), s.Config.MaxBytes, labels...)
		to.gauge(name("limit_messages"), s.Config.MaxMessages, labels...)
	}
	for _, source := range s.Sources {
		source.collect(to, namespace, "source", labels)
	}
	if s.Mirror != nil {
		s.Mirror.collect(to, namespace, "mirror", labels)
	}
	for _, consumer := range s.Consumers {
		consumer.collect(to, namespace, server, labels)
	}
}

func (s jszSource) collect(to *page, namespace, kind string, of []label) {
	labels := with(of, label{kind + "_name", s.Name}, label{kind + "_api", s.External.API}, label{kind + "_deliver", s.External.Deliver})
	to.gauge(namespace+"_stream_"+kind+"_lag", s.Lag, labels...)
	to.gauge(namespace+"_stream_"+kind+"_active_duration_ns", s.Active, labels...)
}

func (c jszConsumer) collect(to *page, namespace, server string, of []label) {
	labels := with(of, label{"consumer_name", c.Name}, label{"consumer_leader", c.Cluster.leader()},
		label{"is_consumer_leader", c.Cluster.isLeader(server)}, label{"consumer_desc", c.Config.Description})
	name := func(field string) string { return namespace + "_consumer_" + field }
	since := func(field string, last *time.Time) {
		if last != nil {
			to.gauge(name(field), c.At.Sub(*last).Seconds(), labels...)
		}
	}
	since("last_delivery_seconds", c.Delivered.Last)
	since("last_ack_seconds", c.AckFloor.Last)
	to.gauge(name("delivered_consumer_seq"), c.Delivered.Consumer, labels...)
	to.gauge(name("delivered_stream_seq"), c.Delivered.Stream, labels...)
	to.gauge(name("ack_floor_consumer_seq"), c.AckFloor.Consumer, labels...)
	to.gauge(name("ack_floor_stream_seq"), c.AckFloor.Stream, labels...)
	to.gauge(name("num_ack_pending"), c.AckPending, labels...)
	to.gauge(name("num_redelivered"), c.Redelivered, labels...)
	to.gauge(name("num_waiting"), c.Waiting, labels...)
	to.gauge(name("num_pending"), c.Pending, labels...)
}

func with(labels []label, more ...label) []label {
	return append(append([]label{}, labels...), more...)
}
