package main

import (
	"fmt"
	"slices"
	"testing"
)

// results are what one implementation took in each round of a scenario.
type results []testing.BenchmarkResult

func printScenario(name string, columns []results) {
	base := quantile(columns[0], 0.5, nanoseconds)
	printRow(name, "ns/op", columns, func(r results) string {
		return fmt.Sprintf("%.0f ±%.0f%%", quantile(r, 0.5, nanoseconds), 100*r.noise())
	})
	printRow("", "ratio", columns, func(r results) string {
		return fmt.Sprintf("%.2f", quantile(r, 0.5, nanoseconds)/base)
	})
	printRow("", "B/op", columns, func(r results) string {
		return fmt.Sprint(quantile(r, 0.5, testing.BenchmarkResult.AllocedBytesPerOp))
	})
	printRow("", "allocs/op", columns, func(r results) string {
		return fmt.Sprint(quantile(r, 0.5, testing.BenchmarkResult.AllocsPerOp))
	})
}

func printRow(name, unit string, columns []results, cell func(results) string) {
	fmt.Printf("| %s | %s |", name, unit)
	for _, r := range columns {
		if r == nil {
			fmt.Print(" – |")
		} else {
			fmt.Printf(" %s |", cell(r))
		}
	}
	fmt.Println()
}

func nanoseconds(r testing.BenchmarkResult) float64 { return float64(r.T) / float64(r.N) }

// noise returns how far from the median half of the rounds lie, as a part of it.
func (r results) noise() float64 {
	return (quantile(r, 0.75, nanoseconds) - quantile(r, 0.25, nanoseconds)) / 2 / quantile(r, 0.5, nanoseconds)
}

// quantile returns the value of the round that q, from 0 to 1, of the rounds stay
// below.
func quantile[V int64 | float64](r results, q float64, value func(testing.BenchmarkResult) V) V {
	values := make([]V, len(r))
	for i, result := range r {
		values[i] = value(result)
	}
	slices.Sort(values)
	return values[int(q*float64(len(values)-1)+0.5)]
}
