package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// block is variants of a server that are measured side by side; the first has no
// policy, and the others are compared with it.
type block struct {
	name     string
	server   func(dir, addr string, v *variant) (*process, error)
	variants []*variant
	samples  []*samples // by variant
}

// samples are what was measured of a variant, by round.
type samples struct {
	cpu, rate       map[string][]float64 // by kind: seconds of processor time a request, requests a second
	startUp, reload []float64            // seconds
	memory          []float64            // bytes
}

// options say how long is measured, and how.
type options struct {
	slot        time.Duration
	connections int
	depth       int
	fields      string // of every request
}

// round measures everything once: it starts a server for each variant, sends each
// kind of request to all of them in an order of its own, and stops them.
func (b *block) round(o options) (err error) {
	dir, err := os.MkdirTemp("", "servers")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o755); err != nil { // the workers are of another user
		return err
	}
	running := make([]*process, len(b.variants))
	defer func() {
		for _, p := range running {
			if p != nil {
				p.stop()
			}
		}
	}()
	for _, i := range rand.Perm(len(b.variants)) {
		addr, err := freeAddr()
		if err != nil {
			return err
		}
		if running[i], err = b.server(filepath.Join(dir, fmt.Sprint(i)), addr, b.variants[i]); err != nil {
			return fmt.Errorf("%s: %w", b.variants[i].name, err)
		}
		b.samples[i].startUp = append(b.samples[i].startUp, running[i].startUp.Seconds())
	}
	for _, k := range rand.Perm(len(kinds)) {
		for _, i := range rand.Perm(len(b.variants)) {
			if err := b.slot(i, running[i], kinds[k], o); err != nil {
				return fmt.Errorf("%s, %s: %w", b.variants[i].name, kinds[k], err)
			}
		}
	}
	for i, p := range running {
		if err := b.samples[i].server(p); err != nil {
			return err
		}
	}
	return nil
}

// slot measures one kind of request to one server.
func (b *block) slot(i int, p *process, kind string, o options) error {
	v, s := b.variants[i], b.samples[i]
	requests := requestsOf(kind, v.list(), o.fields)
	batches, err := prepare(p.addr, requests, v.checkAnswer, o.depth)
	if err != nil {
		return err
	}
	c, err := connect(p.addr, o.connections)
	if err != nil {
		return err
	}
	defer c.close()
	if _, err := c.run(batches, o.slot/2); err != nil { // warm up
		return err
	}
	before, err := p.cpu()
	if err != nil {
		return err
	}
	began := time.Now()
	n, err := c.run(batches, o.slot)
	if err != nil {
		return err
	}
	took := time.Since(began)
	after, err := p.cpu()
	if err != nil {
		return err
	}
	s.cpu[kind] = append(s.cpu[kind], (after-before).Seconds()/float64(n))
	s.rate[kind] = append(s.rate[kind], float64(n)/took.Seconds())
	return nil
}

// server adds what is measured of a server after it has worked.
func (s *samples) server(p *process) error {
	memory, err := p.memory()
	if err != nil {
		return err
	}
	reload, err := p.reloaded()
	if err != nil {
		return err
	}
	s.memory, s.reload = append(s.memory, memory), append(s.reload, reload.Seconds())
	return nil
}

// newBlock returns a block of variants: of the first, and those whose name holds a
// text.
func newBlock(name string, server func(dir, addr string, v *variant) (*process, error), variants []*variant, only string) *block {
	b := &block{name: name, server: server}
	for i, v := range variants {
		if i > 0 && !strings.Contains(name+": "+v.name, only) {
			continue
		}
		b.variants = append(b.variants, v)
		b.samples = append(b.samples, &samples{cpu: map[string][]float64{}, rate: map[string][]float64{}})
	}
	return b
}
