// Command servers measures nginx and Apache with the policies that corsgen prints,
// without any, and with what people usually write, all in one run, and prints
// tables in Markdown.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"runtime"
	"time"
)

func main() {
	log.SetFlags(0)
	quick := flag.Bool("quick", false, "measure for a minute and a half")
	only := flag.String("only", "", "measure those variants alone whose `name` holds this, such as \"nginx, return\" or \"10,000 origins\"")
	o := options{fields: browser}
	total := flag.Duration("for", 9*time.Minute, "measure in rounds for this `time`, but at least once")
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
	if *quick {
		*total = 90 * time.Second
	}
	if err := run(o, *total, *only); err != nil {
		log.Fatal(err)
	}
}

// run measures in rounds as long as there is time for another one.
func run(o options, total time.Duration, only string) error {
	began := time.Now()
	blocks, err := blocks(only)
	if err != nil {
		return err
	}
	rounds := 0
	for took := time.Duration(0); time.Since(began)+took < total || rounds == 0; rounds++ {
		start := time.Now()
		for _, b := range blocks {
			if err := b.round(o); err != nil {
				return fmt.Errorf("%s: %w", b.name, err)
			}
		}
		took = time.Since(start)
	}
	fmt.Printf("%d rounds, %d connections, %d requests at once on each, %d CPUs\n", rounds, o.connections, o.depth, runtime.NumCPU())
	for _, b := range blocks {
		b.print(os.Stdout)
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
