// A NATS client that reads its Secret again whenever it connects.
package main

import (
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

func main() {
	log.SetFlags(0)
	subject := setting("NATS_SUBJECT", "orders.created")
	connection, err := nats.Connect(read("url"), options()...)
	if err != nil {
		log.Fatal(err)
	}
	_, err = connection.Subscribe(subject, func(message *nats.Msg) {
		fmt.Printf("Received: %s\n", message.Data)
	})
	if err != nil {
		log.Fatal(err)
	}
	for number := 1; ; number++ {
		if err := connection.Publish(subject, fmt.Appendf(nil, "Message #%d", number)); err != nil {
			log.Printf("Error: %v", err)
		}
		time.Sleep(time.Second)
	}
}

func options() []nats.Option {
	options := []nats.Option{
		// Called at every connect.
		nats.UserInfoHandler(func() (string, string) { return read("username"), read("password") }),
		nats.CustomInboxPrefix("_INBOX_" + read("username")),
		nats.RetryOnFailedConnect(true),
		nats.MaxReconnects(-1),
		// The new password may reach the server a minute before it reaches this pod.
		nats.IgnoreAuthErrorAbort(),
		nats.ConnectHandler(func(*nats.Conn) { log.Print("Connected") }),
		nats.ReconnectHandler(func(*nats.Conn) { log.Print("Connected again") }),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) { log.Printf("Disconnected: %v", err) }),
		nats.ReconnectErrHandler(func(_ *nats.Conn, err error) { log.Printf("Not connected: %v", err) }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { log.Printf("Error: %v", err) }),
	}
	// A leaf has no TLS of its own: there the mesh encrypts.
	if _, err := os.Stat(path("tls.crt")); err == nil {
		// Both read their files at every connect.
		options = append(options, nats.RootCAs(path("ca.crt")), nats.ClientCert(path("tls.crt"), path("tls.key")))
	}
	return options
}

func path(name string) string { return filepath.Join(setting("NATS_FOLDER", "/etc/nats"), name) }

func read(name string) string {
	text, err := os.ReadFile(path(name))
	if err != nil {
		log.Printf("Error: %v", err)
	}
	return strings.TrimSpace(string(text))
}

func setting(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}
