package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// print prints the tables of a block in Markdown.
func (b *block) print(w io.Writer) {
	base := b.samples[0]
	fmt.Fprintf(w, "\n## %s\n\nWithout a policy, a request:", b.name)
	for _, kind := range kinds {
		fmt.Fprintf(w, " %s %.1f µs, %.0f a second;", kind, 1e6*median(base.cpu[kind]), median(base.rate[kind]))
	}
	fmt.Fprintf(w, "\n\n| processor time a request, against none | %s | hit or miss |\n| --- | %s---: |\n", strings.Join(kinds, " | "), strings.Repeat("---: | ", len(kinds)))
	for i, v := range b.variants[1:] {
		fmt.Fprintf(w, "| %s |", v.name)
		for _, kind := range kinds {
			fmt.Fprintf(w, " %s |", ratios(b.samples[i+1].cpu[kind], base.cpu[kind]))
		}
		fmt.Fprintf(w, " %.2f |\n", b.worst(i+1))
	}
	fmt.Fprintf(w, "\n| requests a second, against none | %s |\n| --- | %s\n", strings.Join(kinds, " | "), strings.Repeat("---: | ", len(kinds)))
	for i, v := range b.variants[1:] {
		fmt.Fprintf(w, "| %s |", v.name)
		for _, kind := range kinds {
			fmt.Fprintf(w, " %s |", ratios(b.samples[i+1].rate[kind], base.rate[kind]))
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "\n| | start-up | reload | memory |\n| --- | ---: | ---: | ---: |\n")
	for i, v := range b.variants {
		s := b.samples[i]
		fmt.Fprintf(w, "| %s | %.0f ms | %.0f ms | %.1f MB |\n", v.name, 1e3*median(s.startUp), 1e3*median(s.reload), median(s.memory)/1e6)
	}
}

// worst returns the higher of the ratios of hits and misses.
func (b *block) worst(i int) float64 {
	hit := median(divide(b.samples[i].cpu["hit"], b.samples[0].cpu["hit"]))
	miss := median(divide(b.samples[i].cpu["miss"], b.samples[0].cpu["miss"]))
	return max(hit, miss)
}

// ratios prints the median of the ratios of two measurements of the same rounds,
// and how far from it half of them lie.
func ratios(all, base []float64) string {
	r := divide(all, base)
	return fmt.Sprintf("%.2f ±%.2f", median(r), (quantile(r, 0.75)-quantile(r, 0.25))/2)
}

func divide(all, base []float64) []float64 {
	r := make([]float64, len(all))
	for i := range all {
		r[i] = all[i] / base[i]
	}
	return r
}

func median(all []float64) float64 { return quantile(all, 0.5) }

// quantile returns the value that a part q, from 0 to 1, of all stay below.
func quantile(all []float64, q float64) float64 {
	sorted := slices.Sorted(slices.Values(all))
	at := q * float64(len(sorted)-1)
	low := int(at)
	if low+1 == len(sorted) {
		return sorted[low]
	}
	return sorted[low] + (at-float64(low))*(sorted[low+1]-sorted[low])
}
