// CoreDNS with only what the clusters' Corefile names; the whole of it pulls in the software kits of every cloud.
package main

import (
	"github.com/coredns/coredns/core/dnsserver"
	"github.com/coredns/coredns/coremain"

	_ "github.com/coredns/coredns/plugin/cache"
	_ "github.com/coredns/coredns/plugin/errors"
	_ "github.com/coredns/coredns/plugin/kubernetes"
	_ "github.com/coredns/coredns/plugin/ready"
	_ "github.com/coredns/coredns/plugin/template"
)

// The order in which plugins are asked: `template` answers what `kubernetes` leaves.
func init() {
	dnsserver.Directives = []string{"errors", "ready", "cache", "kubernetes", "template"}
}

func main() { coremain.Run() }
