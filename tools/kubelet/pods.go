package main

import (
	"fmt"
	"sync"
)

// pod is what has to be known of a pod to reach it.
type pod struct {
	// Network is the file of its network namespace.
	Network    string               `json:"network"`
	Containers map[string]container `json:"containers"`
}

type container struct {
	// Enter is the start of a command line that runs the rest in the container; empty when it does not run.
	Enter []string `json:"enter"`
	// Env is what a command in it finds in its environment, as NAME=value.
	Env []string `json:"env"`
	// Logs are the files of what it wrote, in the CRI's format, one for each start.
	Logs []string `json:"logs"`
}

// table holds the pods by `namespace/name`.
type table struct {
	mutex sync.RWMutex
	pods  map[string]pod
}

func (t *table) replace(pods map[string]pod) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.pods = pods
}

func (t *table) pod(name string) (pod, error) {
	t.mutex.RLock()
	defer t.mutex.RUnlock()
	found, ok := t.pods[name]
	if !ok {
		return pod{}, fmt.Errorf("pod %s does not run on this node", name)
	}
	return found, nil
}

func (t *table) container(podName, name string) (container, error) {
	pod, err := t.pod(podName)
	if err != nil {
		return container{}, err
	}
	found, ok := pod.Containers[name]
	if !ok {
		return container{}, fmt.Errorf("pod %s has no container %s", podName, name)
	}
	return found, nil
}
