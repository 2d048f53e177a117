// Command confdump reads NATS configurations with nats-server's own parser and prints what it understood.
//
// Standard input is a JSON array of configurations, each `{"main": "etc/nats.conf", "files": {"etc/nats.conf": "…"}}`.
// The files are laid out in a folder of their own, so that `include` works. Standard output is one JSON object a line,
// in the same order: `{"values": {…}}` or `{"error": "…"}`.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/nats-io/nats-server/v2/conf"
)

type configuration struct {
	Main  string            `json:"main"`
	Files map[string]string `json:"files"`
}

type result struct {
	Values map[string]any `json:"values,omitempty"`
	Error  string         `json:"error,omitempty"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "confdump:", err)
		os.Exit(1)
	}
}

func run() error {
	var configurations []configuration
	if err := json.NewDecoder(os.Stdin).Decode(&configurations); err != nil {
		return err
	}
	output := json.NewEncoder(os.Stdout)
	output.SetEscapeHTML(false)
	for _, c := range configurations {
		r, err := parse(c)
		if err != nil {
			return err
		}
		if err := output.Encode(r); err != nil {
			return err
		}
	}
	return nil
}

// parse returns an error of its own only when the files cannot be laid out.
func parse(c configuration) (result, error) {
	folder, err := os.MkdirTemp("", "confdump-")
	if err != nil {
		return result{}, err
	}
	defer os.RemoveAll(folder)
	for name, text := range c.Files {
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return result{}, err
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return result{}, err
		}
	}
	values, err := conf.ParseFile(filepath.Join(folder, filepath.FromSlash(c.Main)))
	if err != nil {
		return result{Error: strings.ReplaceAll(err.Error(), folder+string(filepath.Separator), "")}, nil
	}
	return result{Values: values}, nil
}
