package main

import (
	"fmt"
	"io"
	"sort"
	"strconv"
	"strings"
)

// A label of a metric, in the order in which it is shown.
type label struct{ name, value string }

// A page holds the metrics of one scrape, in the text format of Prometheus.
type page struct {
	types   map[string]string
	samples map[string][]string
}

func newPage() *page {
	return &page{map[string]string{}, map[string][]string{}}
}

func (p *page) gauge(name string, value float64, labels ...label) {
	p.add("gauge", name, value, labels)
}
func (p *page) counter(name string, value float64, labels ...label) {
	p.add("counter", name, value, labels)
}

func (p *page) add(kind, name string, value float64, labels []label) {
	shown := make([]string, len(labels))
	for i, label := range labels {
		shown[i] = fmt.Sprintf(`%s="%s"`, label.name, escape.Replace(label.value))
	}
	p.types[name] = kind
	sample := fmt.Sprintf("%s{%s} %s\n", name, strings.Join(shown, ","), strconv.FormatFloat(value, 'g', -1, 64))
	p.samples[name] = append(p.samples[name], sample)
}

var escape = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

func (p *page) writeTo(w io.Writer) {
	names := make([]string, 0, len(p.types))
	for name := range p.types {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		fmt.Fprintf(w, "# TYPE %s %s\n%s", name, p.types[name], strings.Join(p.samples[name], ""))
	}
}
