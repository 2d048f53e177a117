package main

import (
	"strconv"
	"time"
)

// connz sums up the first page of the clients' connections (collector/connz.go).
type connz struct {
	server    server
	namespace string
}

func (c connz) collect(to *page) {
	type traffic struct {
		Pending       float64 `json:"pending_bytes"`
		Subscriptions float64 `json:"subscriptions"`
		InMsgs        float64 `json:"in_msgs"`
		OutMsgs       float64 `json:"out_msgs"`
		InBytes       float64 `json:"in_bytes"`
		OutBytes      float64 `json:"out_bytes"`
	}
	var answer struct {
		Connections []traffic `json:"connections"`
		Number      float64   `json:"num_connections"`
		Total       float64   `json:"total"`
		Offset      float64   `json:"offset"`
		Limit       float64   `json:"limit"`
	}
	if c.server.get("/connz", &answer) != nil {
		return
	}
	var sum traffic
	for _, connection := range answer.Connections {
		sum.Pending += connection.Pending
		sum.Subscriptions += connection.Subscriptions
		sum.InMsgs += connection.InMsgs
		sum.OutMsgs += connection.OutMsgs
		sum.InBytes += connection.InBytes
		sum.OutBytes += connection.OutBytes
	}
	name := func(field string) string { return c.namespace + "_connz_" + field }
	to.gauge(name("num_connections"), answer.Number, c.server.label())
	to.gauge(name("total"), answer.Total, c.server.label())
	to.gauge(name("offset"), answer.Offset, c.server.label())
	to.gauge(name("limit"), answer.Limit, c.server.label())
	to.gauge(name("pending_bytes"), sum.Pending, c.server.label())
	to.gauge(name("subscriptions"), sum.Subscriptions, c.server.label())
	to.counter(name("in_msgs"), sum.InMsgs, c.server.label())
	to.counter(name("out_msgs"), sum.OutMsgs, c.server.label())
	to.counter(name("in_bytes"), sum.InBytes, c.server.label())
	to.counter(name("out_bytes"), sum.OutBytes, c.server.label())
}

// leafz shows each leaf connection, and nothing at all when the server does not answer (collector/leafz.go).
type leafz struct {
	server    server
	namespace string
}

func (l leafz) collect(to *page) {
	var answer struct {
		Number float64 `json:"leafnodes"`
		Leaves []struct {
			Name          string  `json:"name"`
			Account       string  `json:"account"`
			IP            string  `json:"ip"`
			Port          int     `json:"port"`
			RTT           string  `json:"rtt"`
			InMsgs        float64 `json:"in_msgs"`
			OutMsgs       float64 `json:"out_msgs"`
			InBytes       float64 `json:"in_bytes"`
			OutBytes      float64 `json:"out_bytes"`
			Subscriptions float64 `json:"subscriptions"`
		} `json:"leafs"`
	}
	if l.server.get("/leafz", &answer) != nil {
		return
	}
	name := func(field string) string { return l.namespace + "_leafz_" + field }
	to.gauge(name("conn_nodes_total"), answer.Number, l.server.label())
	for _, leaf := range answer.Leaves {
		labels := []label{
			l.server.label(), {"account", leaf.Account}, {"account_id", leaf.Account},
			{"ip", leaf.IP}, {"port", strconv.Itoa(leaf.Port)}, {"name", leaf.Name},
		}
		roundTrip, _ := time.ParseDuration(leaf.RTT)
		to.gauge(name("info"), 1, labels...)
		to.gauge(name("conn_rtt"), roundTrip.Seconds(), labels...)
		to.gauge(name("conn_in_msgs"), leaf.InMsgs, labels...)
		to.gauge(name("conn_out_msgs"), leaf.OutMsgs, labels...)
		to.gauge(name("conn_in_bytes"), leaf.InBytes, labels...)
		to.gauge(name("conn_out_bytes"), leaf.OutBytes, labels...)
		to.gauge(name("conn_subscriptions_total"), leaf.Subscriptions, labels...)
	}
}
