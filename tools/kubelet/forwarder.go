package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
	"k8s.io/apimachinery/pkg/types"
)

// forwarder joins a stream of the client with a port of a pod.
type forwarder struct{ pods *table }

func (f forwarder) PortForward(_ context.Context, name string, _ types.UID, port int32, stream io.ReadWriteCloser) error {
	defer stream.Close()
	pod, err := f.pods.pod(name)
	if err != nil {
		return err
	}
	connection, err := dialWithin(pod.Network, port)
	if err != nil {
		return err
	}
	defer connection.Close()
	go func() {
		io.Copy(connection, stream)
		connection.CloseWrite()
	}()
	_, err = io.Copy(stream, connection)
	return err
}

// dialWithin dials the pod's own loopback, as containerd does: no proxy's inbound side and no NetworkPolicy sees it.
func dialWithin(network string, port int32) (*net.TCPConn, error) {
	namespace, err := os.Open(network)
	if err != nil {
		return nil, err
	}
	defer namespace.Close()
	type result struct {
		connection *net.TCPConn
		err        error
	}
	dialed := make(chan result)
	go func() {
		// Never unlocked: a thread in a foreign namespace ends with its goroutine and serves no other.
		runtime.LockOSThread()
		if err := unix.Setns(int(namespace.Fd()), unix.CLONE_NEWNET); err != nil {
			dialed <- result{err: fmt.Errorf("entering %s: %w", network, err)}
			return
		}
		address := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: int(port)}
		connection, err := net.DialTCP("tcp4", nil, address)
		dialed <- result{connection, err}
	}()
	done := <-dialed
	return done.connection, done.err
}
