// Command kubelet is the part of a kubelet that clients of the Kubernetes API reach: port-forward, exec and logs, by
// the kubelet's own streaming code, for pods that somebody else runs in network namespaces of this machine.
//
// It listens on a port of the loopback, which is its first line of output, for whoever shows a client certificate of
// the CA. Each line of its input is the whole table of pods, answered by a line when it is in force. It ends with
// its input.
package main

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
)

// The first thread stays with the main goroutine: it would outlive one that enters a pod's network on it, and the
// process would count as one of the pod's.
func init() { runtime.LockOSThread() }

func main() {
	certificate := flag.String("certificate", "", "file of the serving certificate")
	key := flag.String("key", "", "file of its key")
	ca := flag.String("client-ca", "", "file of the CA whose clients are let in")
	flag.Parse()
	if err := run(*certificate, *key, *ca); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(certificate, key, ca string) error {
	config, err := mutualTLS(certificate, key, ca)
	if err != nil {
		return err
	}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", config)
	if err != nil {
		return err
	}
	pods := &table{}
	server := &http.Server{Handler: handler(pods)}
	go server.Serve(listener)
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	return follow(os.Stdin, pods)
}

// Streams are upgraded connections, which HTTP/2 does not have, so that only HTTP/1.1 is offered.
func mutualTLS(certificate, key, ca string) (*tls.Config, error) {
	pair, err := tls.LoadX509KeyPair(certificate, key)
	if err != nil {
		return nil, err
	}
	pem, err := os.ReadFile(ca)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate", ca)
	}
	return &tls.Config{
		Certificates: []tls.Certificate{pair},
		ClientAuth:   tls.RequireAndVerifyClientCert,
		ClientCAs:    pool,
		NextProtos:   []string{"http/1.1"},
	}, nil
}

func follow(input io.Reader, pods *table) error {
	decoder := json.NewDecoder(bufio.NewReader(input))
	for {
		next := map[string]pod{}
		if err := decoder.Decode(&next); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		pods.replace(next)
		fmt.Println("ok")
	}
}
