// Command servers measures nginx and Apache with the policies that corsgen prints,
// without any, and with what people usually write, all in one run, and prints
// tables in Markdown.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"time"
)

func main() {
	log.SetFlags(0)
	quick := flag.Bool("quick", false, "measure for at most two minutes")
	only := flag.String("only", "", "measure those variants alone whose `name` holds this, such as \"nginx, return\" or \"10,000 origins\"")
	o := options{fields: browser}
	flag.IntVar(&o.rounds, "rounds", 0, "number of `rounds`")
	flag.DurationVar(&o.slot, "slot", 50*time.Millisecond, "`time` for each measurement")
	flag.IntVar(&o.connections, "connections", 8, "connections that are open at once")
	flag.IntVar(&o.depth, "depth", 1, "requests that are sent at once on each connection (pipelining)")
	isLean := flag.Bool("lean", false, "send requests with no more fields than needed, instead of those of a browser")
	flag.Parse()
	if flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if *isLean {
		o.fields = lean
	}
	if o.rounds == 0 {
		o.rounds = 25
		if *quick {
			o.rounds = 4
		}
	}
	if err := run(o, *only); err != nil {
		log.Fatal(err)
	}
}

func run(o options, only string) error {
	blocks, err := blocks(only)
	if err != nil {
		return err
	}
	for n := range o.rounds {
		for _, b := range blocks {
			if err := b.round(o); err != nil {
				return fmt.Errorf("%s, round %d: %w", b.name, n+1, err)
			}
		}
	}
	for _, b := range blocks {
		b.print()
	}
	return nil
}

// blocks returns what is measured.
func blocks(only string) ([]*block, error) {
	answered, err := nginxVariants(nginxAnswer, lists)
	if err != nil {
		return nil, err
	}
	static, err := nginxVariants("", []*origins{named("3 origins"), named("10,000 origins"), named("100 patterns")})
	if err != nil {
		return nil, err
	}
	apache, err := apacheVariants(lists)
	if err != nil {
		return nil, err
	}
	var all []*block
	for _, b := range []*block{
		newBlock("nginx, return 200", nginxServer, answered, only),
		newBlock("nginx, a file", nginxServer, static, only),
		newBlock("Apache, a file", apacheServer, apache, only),
	} {
		if len(b.variants) > 1 {
			all = append(all, b)
		}
	}
	return all, nil
}
