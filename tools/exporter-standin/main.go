// Command exporter-standin restates what prometheus-nats-exporter v0.20 shows of a NATS server: for the same command
// line the same names, labels and values of NATS metrics, and the same old values once the server is gone. It lets
// rules and dashboards be tested against a real server where the exporter cannot be had. It does not replace the
// exporter: it leaves out the collectors that this project does not use, HTTPS, logins, and the exporter's metrics of
// itself.
//
// See https://github.com/nats-io/prometheus-nats-exporter/tree/v0.20.1, whose files are named where a rule is theirs.
package main

import (
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// A collector reads one endpoint of the server and writes its metrics.
type collector interface {
	collect(to *page)
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "exporter-standin:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	flags := flag.NewFlagSet("exporter-standin", flag.ExitOnError)
	port := flags.String("port", "7777", "port to listen on")
	address := flags.String("addr", "0.0.0.0", "address to listen on")
	path := flags.String("path", "/metrics", "path of the metrics")
	retry := flags.Int("ri", 30, "seconds between attempts to learn the server's name or id")
	prefix := flags.String("prefix", "", "first word of every name, in place of gnatsd and jetstream")
	byID := flags.Bool("use_internal_server_id", false, "label server_id is the server's id")
	byName := flags.Bool("use_internal_server_name", false, "label server_id is the server's name")
	jsz := flags.String("jsz", "", "JetStream metrics: all, consumers, streams or accounts")
	endpoints := map[string]*bool{}
	for _, name := range []string{"varz", "routez", "subz", "connz", "leafz", "healthz", "healthz_js_enabled_only", "healthz_js_server_only"} {
		endpoints[name] = flags.Bool(name, false, "metrics of this endpoint")
	}
	flags.StringVar(port, "p", *port, "short for -port")
	flags.StringVar(address, "a", *address, "short for -addr")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 1 {
		return fmt.Errorf("%d URLs given; give that of one server, such as http://localhost:8222", flags.NArg())
	}
	monitor, err := url.ParseRequestURI(flags.Arg(0))
	if err != nil {
		return err
	}

	server := server{url: strings.TrimSuffix(monitor.String(), "/"), id: monitor.Scheme + "://" + monitor.Host}
	if *byID {
		server.id = server.learn("server_id", time.Duration(*retry)*time.Second)
	} else if *byName {
		server.id = server.learn("server_name", time.Duration(*retry)*time.Second)
	}
	var collectors []collector
	add := func(flag string, make func() collector) {
		if *endpoints[flag] {
			collectors = append(collectors, make())
		}
	}
	core := namespace(*prefix, "gnatsd")
	add("subz", func() collector { return newGeneric(server, core, "subsz") })
	add("varz", func() collector { return newGeneric(server, core, "varz") })
	add("routez", func() collector { return newGeneric(server, core, "routez") })
	add("healthz", func() collector { return healthz{server, core, "healthz", ""} })
	add("healthz_js_enabled_only", func() collector {
		return healthz{server, core, "healthz_js_enabled_only", "?js-enabled-only=true"}
	})
	add("healthz_js_server_only", func() collector {
		return healthz{server, core, "healthz_js_server_only", "?js-server-only=true"}
	})
	add("connz", func() collector { return connz{server, core} })
	add("leafz", func() collector { return leafz{server, core} })
	if *jsz != "" {
		query, ok := jszQueries[strings.ToLower(*jsz)]
		if !ok {
			return fmt.Errorf("invalid jsz filter %q", *jsz)
		}
		collectors = append(collectors, newJsz(server, namespace(*prefix, "jetstream"), query))
	}
	if len(collectors) == 0 {
		return errors.New("no collectors specified")
	}

	http.HandleFunc(*path, func(response http.ResponseWriter, _ *http.Request) {
		page := newPage()
		for _, collector := range collectors {
			collector.collect(page)
		}
		response.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		page.writeTo(response)
	})
	go func() {
		end := make(chan os.Signal, 1)
		signal.Notify(end, syscall.SIGINT, syscall.SIGTERM)
		<-end
		os.Exit(0)
	}()
	return http.ListenAndServe(net.JoinHostPort(*address, *port), nil)
}

func namespace(prefix, otherwise string) string {
	if prefix != "" {
		return prefix
	}
	return otherwise
}
