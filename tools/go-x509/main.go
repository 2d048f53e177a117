// Command go-x509 shows what Go's own X.509 library, and so nats-server and Linkerd's control plane, makes of certificates.
//
//	go-x509 parse FILE...
//	go-x509 verify ROOTS CHAIN server|client [NAME]
//
// The first form parses every certificate in the files. The second verifies the first certificate of CHAIN, through the
// others, under ROOTS, as Go does for a server of that name or for a client.
package main

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "go-x509:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) > 1 && args[0] == "parse":
		return parseFiles(args[1:])
	case (len(args) == 4 || len(args) == 5) && args[0] == "verify":
		return verifyChain(args[1], args[2], args[3], args[4:])
	}
	return errors.New("give parse FILE..., or verify ROOTS CHAIN server|client [NAME]")
}

func parseFiles(names []string) error {
	total := 0
	for _, name := range names {
		certificates, err := readCertificates(name)
		if err != nil {
			return err
		}
		total += len(certificates)
	}
	fmt.Printf("%d certificates in %d files\n", total, len(names))
	return nil
}

func verifyChain(rootsFile, chainFile, purpose string, name []string) error {
	trusted, err := readCertificates(rootsFile)
	if err != nil {
		return err
	}
	chain, err := readCertificates(chainFile)
	if err != nil {
		return err
	}
	options := x509.VerifyOptions{Roots: x509.NewCertPool(), Intermediates: x509.NewCertPool()}
	for _, root := range trusted {
		options.Roots.AddCert(root)
	}
	for _, intermediate := range chain[1:] {
		options.Intermediates.AddCert(intermediate)
	}
	switch purpose {
	case "server":
		options.KeyUsages = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	case "client":
		options.KeyUsages = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	default:
		return fmt.Errorf("%s: not server or client", purpose)
	}
	if len(name) > 0 {
		options.DNSName = name[0]
	}
	_, err = chain[0].Verify(options)
	return err
}

// readCertificates takes nothing but certificates: whatever else the file holds makes it invalid.
func readCertificates(name string) ([]*x509.Certificate, error) {
	rest, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var certificates []*x509.Certificate
	for len(rest) > 0 {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil || block.Type != "CERTIFICATE" {
			return nil, fmt.Errorf("%s: something other than a certificate after %d of them", name, len(certificates))
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		certificates = append(certificates, certificate)
	}
	if len(certificates) == 0 {
		return nil, fmt.Errorf("%s: no certificate", name)
	}
	return certificates, nil
}
