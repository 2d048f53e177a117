package main

import "time"

// The fields of /jsz that are shown, by the names of nats-server's server/monitor.go.
type jszAnswer struct {
	Disabled bool `json:"disabled"`
	Config   struct {
		MaxMemory  float64 `json:"max_memory"`
		MaxStorage float64 `json:"max_storage"`
		Domain     string  `json:"domain"`
	} `json:"config"`
	Streams   float64      `json:"streams"`
	Consumers float64      `json:"consumers"`
	Messages  float64      `json:"messages"`
	Bytes     float64      `json:"bytes"`
	Meta      *jszCluster  `json:"meta_cluster"`
	Accounts  []jszAccount `json:"account_details"`
}

type jszAccount struct {
	Name       string      `json:"name"`
	ID         string      `json:"id"`
	Memory     float64     `json:"memory"`
	Storage    float64     `json:"storage"`
	MaxMemory  float64     `json:"reserved_memory"`
	MaxStorage float64     `json:"reserved_storage"`
	Streams    []jszStream `json:"stream_detail"`
}

type jszStream struct {
	Name      string      `json:"name"`
	Cluster   *jszCluster `json:"cluster"`
	RaftGroup string      `json:"stream_raft_group"`
	State     struct {
		Messages  float64 `json:"messages"`
		Bytes     float64 `json:"bytes"`
		First     float64 `json:"first_seq"`
		Last      float64 `json:"last_seq"`
		Consumers float64 `json:"consumer_count"`
		Subjects  float64 `json:"num_subjects"`
	} `json:"state"`
	Config *struct {
		MaxBytes    float64 `json:"max_bytes"`
		MaxMessages float64 `json:"max_msgs"`
	} `json:"config"`
	Consumers []jszConsumer `json:"consumer_detail"`
	Mirror    *jszSource    `json:"mirror"`
	Sources   []jszSource   `json:"sources"`
}

type jszSource struct {
	Name     string  `json:"name"`
	Lag      float64 `json:"lag"`
	Active   float64 `json:"active"`
	External struct {
		API     string `json:"api"`
		Deliver string `json:"deliver"`
	} `json:"external"`
}

type jszConsumer struct {
	Name      string      `json:"name"`
	Cluster   *jszCluster `json:"cluster"`
	At        time.Time   `json:"ts"`
	Delivered jszPlace    `json:"delivered"`
	AckFloor  jszPlace    `json:"ack_floor"`
	Config    struct {
		Description string `json:"description"`
	} `json:"config"`
	AckPending  float64 `json:"num_ack_pending"`
	Redelivered float64 `json:"num_redelivered"`
	Waiting     float64 `json:"num_waiting"`
	Pending     float64 `json:"num_pending"`
}

type jszPlace struct {
	Consumer float64    `json:"consumer_seq"`
	Stream   float64    `json:"stream_seq"`
	Last     *time.Time `json:"last_active"`
}

// jszCluster is the group of servers that keep something together; a single server keeps it without one.
type jszCluster struct {
	Name   string `json:"name"`
	Leader string `json:"leader"`
}

func (c *jszCluster) name() string {
	if c == nil {
		return ""
	}
	return c.Name
}

func (c *jszCluster) leader() string {
	if c == nil {
		return ""
	}
	return c.Leader
}

func (c *jszCluster) isLeader(server string) string {
	if c == nil || c.Leader == server {
		return "true"
	}
	return "false"
}
