package main

import (
	"net/http"
	"time"

	"k8s.io/kubelet/pkg/cri/streaming"
	"k8s.io/kubelet/pkg/cri/streaming/portforward"
	"k8s.io/kubelet/pkg/cri/streaming/remotecommand"
)

// What the kubelet's own server is configured with.
var (
	idle     = streaming.DefaultConfig.StreamIdleTimeout
	creation = streaming.DefaultConfig.StreamCreationTimeout
)

// handler serves the paths that the API server calls.
func handler(pods *table) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/portForward/{namespace}/{pod}", func(w http.ResponseWriter, r *http.Request) {
		name := podName(r)
		options, err := portforward.NewV4Options(r)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		if _, err := pods.pod(name); err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		}
		protocols := streaming.DefaultConfig.SupportedPortForwardProtocols
		portforward.ServePortForward(w, r, forwarder{pods}, name, "", options, idle, creation, protocols)
	})
	mux.HandleFunc("/exec/{namespace}/{pod}/{container}", func(w http.ResponseWriter, r *http.Request) {
		name, container := podName(r), r.PathValue("container")
		options, err := remotecommand.NewOptions(r)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		if _, err := pods.container(name, container); err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		}
		command := r.URL.Query()["command"]
		protocols := streaming.DefaultConfig.SupportedRemoteCommandProtocols
		remotecommand.ServeExec(w, r, executor{pods}, name, "", container, command, options, idle, creation, protocols)
	})
	mux.HandleFunc("GET /containerLogs/{namespace}/{pod}/{container}", func(w http.ResponseWriter, r *http.Request) {
		serveLogs(w, r, pods, time.Now())
	})
	return mux
}

func podName(r *http.Request) string {
	return r.PathValue("namespace") + "/" + r.PathValue("pod")
}
