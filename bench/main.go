// Command bench measures the middleware that corsgen generates against other CORS
// middleware for net/http, all in one run, and prints tables in Markdown.
//
// It takes turns: each round measures every implementation once, so that whatever
// else the machine does hits all of them. Of the rounds the median counts.
package main

import (
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"testing"
)

func main() {
	log.SetFlags(0)
	testing.Init()
	count := flag.Int("count", 10, "number of `rounds`")
	benchtime := flag.String("benchtime", "100ms", "`time` for each measurement")
	flag.Parse()
	if flag.NArg() > 0 || *count < 1 {
		flag.Usage()
		os.Exit(2)
	}
	if err := flag.Set("test.benchtime", *benchtime); err != nil {
		log.Fatal(err)
	}
	printVersions()
	for _, on := range surfaces {
		if err := printTable(on, *count); err != nil {
			log.Fatal(err)
		}
	}
	if err := printStartUp(*count); err != nil {
		log.Fatal(err)
	}
}

func printVersions() {
	fmt.Printf("%s %s/%s, GOMAXPROCS %d", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.GOMAXPROCS(0))
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			fmt.Printf(", %s %s", m.Path, m.Version)
		}
	}
	fmt.Println()
}

func printTable(on surface, count int) error {
	fmt.Printf("\nWriter: %s\n\n| scenario | |", on.name)
	for _, i := range implementations {
		fmt.Printf(" %s |", i.name)
	}
	fmt.Print("\n| --- | --- |")
	for range implementations {
		fmt.Print(" ---: |")
	}
	fmt.Println()
	for _, s := range scenarios {
		columns, err := s.rounds(on, count)
		if err != nil {
			return fmt.Errorf("%s, writer %s: %w", s.name, on.name, err)
		}
		printScenario(s.name, columns)
	}
	return nil
}

// rounds measures every implementation count times, in turns. An implementation
// that cannot express the policy has no results.
func (s *scenario) rounds(on surface, count int) ([]results, error) {
	handlers := make([]http.Handler, len(implementations))
	for n, i := range implementations {
		h, err := s.prepare(i, on)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", i.name, err)
		}
		handlers[n] = h
	}
	columns := make([]results, len(implementations))
	for range count {
		for n, h := range handlers {
			if h != nil {
				columns[n] = append(columns[n], testing.Benchmark(func(b *testing.B) { s.measure(b, h, on) }))
			}
		}
	}
	return columns, nil
}
