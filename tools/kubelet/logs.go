package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	cri "k8s.io/cri-api/pkg/apis"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
	"k8s.io/cri-client/pkg/logs"
)

func serveLogs(w http.ResponseWriter, r *http.Request, pods *table, now time.Time) {
	name, containerName := podName(r), r.PathValue("container")
	container, err := pods.container(name, containerName)
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	options, err := logOptions(r.URL.Query())
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	start := len(container.Logs) - 1
	if options.Previous {
		start--
	}
	if start < 0 {
		http.Error(w, fmt.Sprintf("container %s of pod %s has no such log", containerName, name), http.StatusBadRequest)
		return
	}
	file := container.Logs[start]
	state := containerState{pods: pods, pod: name, container: containerName, log: file}
	out := flushing{w}
	if err := logs.ReadLogs(r.Context(), nil, file, file, logs.NewLogOptions(options, now), state, out, out); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
	}
}

// logOptions reads what the API server asks for, which it has validated.
func logOptions(query url.Values) (*v1.PodLogOptions, error) {
	options := &v1.PodLogOptions{
		Follow:     query.Get("follow") == "true",
		Previous:   query.Get("previous") == "true",
		Timestamps: query.Get("timestamps") == "true",
	}
	for name, field := range map[string]**int64{
		"tailLines":    &options.TailLines,
		"limitBytes":   &options.LimitBytes,
		"sinceSeconds": &options.SinceSeconds,
	} {
		if text := query.Get(name); text != "" {
			number, err := strconv.ParseInt(text, 10, 64)
			if err != nil {
				return nil, err
			}
			*field = &number
		}
	}
	if text := query.Get("sinceTime"); text != "" {
		since, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return nil, err
		}
		options.SinceTime = &metav1.Time{Time: since}
	}
	return options, nil
}

// containerState answers the one question that the reader of logs has for the container runtime: whether more may come.
type containerState struct {
	cri.RuntimeService
	pods                *table
	pod, container, log string
}

func (s containerState) ContainerStatus(context.Context, string, bool) (*runtimeapi.ContainerStatusResponse, error) {
	state := runtimeapi.ContainerState_CONTAINER_EXITED
	if found, err := s.pods.container(s.pod, s.container); err == nil && len(found.Enter) > 0 {
		if found.Logs[len(found.Logs)-1] == s.log {
			state = runtimeapi.ContainerState_CONTAINER_RUNNING
		}
	}
	return &runtimeapi.ContainerStatusResponse{Status: &runtimeapi.ContainerStatus{State: state}}, nil
}

// flushing sends each line as soon as it is there.
type flushing struct{ http.ResponseWriter }

func (f flushing) Write(bytes []byte) (int, error) {
	n, err := f.ResponseWriter.Write(bytes)
	if err == nil {
		err = http.NewResponseController(f.ResponseWriter).Flush()
	}
	return n, err
}
