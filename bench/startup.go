package main

import (
	"fmt"
	"runtime"
	"slices"
	"time"
)

// large is the policy whose start-up is measured, or nil.
var large *policy

// printStartUp prints what it takes to set an implementation up, and what it
// keeps in memory.
func printStartUp(count int) error {
	if large == nil {
		return nil
	}
	fmt.Printf("\nStart-up with %d origins\n\n| | time | heap |\n| --- | ---: | ---: |\n", len(large.origins))
	for _, i := range implementations {
		if h, err := i.wrap(large, writesBody); h == nil && err == nil {
			continue // it cannot express the policy
		}
		var took []time.Duration
		var heap uint64
		for range count {
			t, h, err := startUp(i)
			if err != nil {
				return err
			}
			took, heap = append(took, t), h
		}
		fmt.Printf("| %s | %s | %.1f MB |\n", i.name, median(took).Round(time.Microsecond), float64(heap)/1e6)
	}
	return nil
}

func startUp(i implementation) (time.Duration, uint64, error) {
	before := heapInUse()
	began := time.Now()
	h, err := i.wrap(large, writesBody)
	took := time.Since(began)
	after := heapInUse()
	runtime.KeepAlive(h)
	return took, max(after, before) - before, err
}

func heapInUse() uint64 {
	runtime.GC()
	runtime.GC() // what the first one finds in pools goes with the second
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}
