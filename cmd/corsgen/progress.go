package main

import (
	"fmt"
	"io"
	"time"
)

// progress says on a terminal what is being done if it takes over a second. The
// caller calls the function that it returns when it is done.
func progress(w io.Writer, doing string) (done func()) {
	if !isTerminal(w) {
		return func() {}
	}
	timer := time.AfterFunc(time.Second, func() { fmt.Fprintf(w, "corsgen: %s…\n", doing) })
	return func() { timer.Stop() }
}
