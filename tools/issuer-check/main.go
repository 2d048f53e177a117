// Command issuer-check restates, with Go's own X.509 library, the checks that `linkerd install` makes on a trust
// anchor, an issuer certificate and its key before it renders anything, in the same order. It lets the minted files
// be tested where the linkerd CLI is absent. It does not replace the CLI: only the CLI shows that Linkerd takes them.
//
//	issuer-check ANCHORS ISSUER-CERTIFICATE ISSUER-KEY
//	issuer-check -parse FILE...
//
// The second form parses every certificate in the files as strictly as Go does.
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"time"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "issuer-check:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) > 1 && args[0] == "-parse" {
		return parseFiles(args[1:])
	}
	if len(args) != 3 {
		return errors.New("give ANCHORS ISSUER-CERTIFICATE ISSUER-KEY, or -parse FILE...")
	}
	return checkIssuer(args[0], args[1], args[2])
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

func checkIssuer(anchorsFile, certificateFile, keyFile string) error {
	issuer, err := readIssuer(certificateFile, keyFile)
	if err != nil {
		return err
	}
	now := time.Now()
	if now.Before(issuer.NotBefore) {
		return fmt.Errorf("%s: not valid before %s", certificateFile, issuer.NotBefore)
	}
	if now.After(issuer.NotAfter) {
		return fmt.Errorf("%s: not valid after %s", certificateFile, issuer.NotAfter)
	}
	if err := checkAlgorithms(issuer); err != nil {
		return fmt.Errorf("%s: %w", certificateFile, err)
	}
	if !issuer.IsCA {
		return fmt.Errorf("%s: not a CA", certificateFile)
	}
	anchors, err := readCertificates(anchorsFile)
	if err != nil {
		return err
	}
	roots := x509.NewCertPool()
	for _, anchor := range anchors {
		roots.AddCert(anchor)
	}
	// The default key usage, server authentication, is what Linkerd asks for too.
	if _, err := issuer.Verify(x509.VerifyOptions{Roots: roots}); err != nil {
		return fmt.Errorf("%s: %w", certificateFile, err)
	}
	return nil
}

// readIssuer takes the first PEM block of either file and drops the rest, as the CLI does: a chain in the
// certificate file is not kept.
func readIssuer(certificateFile, keyFile string) (*x509.Certificate, error) {
	certificate, err := firstBlock(certificateFile)
	if err != nil {
		return nil, err
	}
	if certificate.Type != "CERTIFICATE" {
		return nil, fmt.Errorf("%s: no certificate before the block %q", certificateFile, certificate.Type)
	}
	key, err := firstBlock(keyFile)
	if err != nil {
		return nil, err
	}
	switch key.Type {
	case "EC PRIVATE KEY", "PRIVATE KEY", "RSA PRIVATE KEY":
	default:
		return nil, fmt.Errorf("%s: unsupported block %q", keyFile, key.Type)
	}
	pair, err := tls.X509KeyPair(pem.EncodeToMemory(certificate), pem.EncodeToMemory(key))
	if err != nil {
		return nil, fmt.Errorf("%s and %s: %w", certificateFile, keyFile, err)
	}
	return x509.ParseCertificate(pair.Certificate[0])
}

func checkAlgorithms(issuer *x509.Certificate) error {
	key, ok := issuer.PublicKey.(*ecdsa.PublicKey)
	if !ok {
		return fmt.Errorf("the public key is %s, not ECDSA", issuer.PublicKeyAlgorithm)
	}
	if key.Curve != elliptic.P256() {
		return fmt.Errorf("the public key is on %s, not P-256", key.Curve.Params().Name)
	}
	switch issuer.SignatureAlgorithm {
	case x509.ECDSAWithSHA256, x509.SHA256WithRSA:
		return nil
	}
	return fmt.Errorf("signed with %s, not ECDSA-SHA256 or SHA256-RSA", issuer.SignatureAlgorithm)
}

func firstBlock(name string) (*pem.Block, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("%s: not PEM", name)
	}
	return block, nil
}

// readCertificates is strict where the CLI is: whatever follows the last block, be it one blank line, makes the file
// invalid (linkerd/linkerd2#3880), and the list ends at the first block that is no certificate.
func readCertificates(name string) ([]*x509.Certificate, error) {
	rest, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var certificates []*x509.Certificate
	for len(rest) > 0 {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return nil, fmt.Errorf("%s: something other than a PEM block after %d certificates", name, len(certificates))
		}
		if block.Type != "CERTIFICATE" {
			break
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
