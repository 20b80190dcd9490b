package main

import (
	"errors"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/corsgen/corsgen/diag"
)

// today is the value of --today: the date that accepted risks expire by.
type today struct {
	time.Time
	binding bool // an expired acceptance is an error
}

// register adds the flag to a command that reviews: to others the calendar is no
// reason to stop a release.
func (t *today) register(cmd *cobra.Command) {
	t.binding = true
	cmd.Flags().Var(t, "today", "take this `DATE`, YYYY-MM-DD, for today's: what will have expired by then?")
}

// date returns the date that was set, or that of the clock.
func (t *today) date() time.Time {
	if t.IsZero() {
		return time.Now()
	}
	return t.Time
}

// standing returns what the rules found as it stands for the command, without what
// may not hold once the errors of a broken program are mended: an acceptance may be
// for an origin that cannot be read yet.
func (t *today) standing(found diag.List, broken bool) diag.List {
	found = slices.DeleteFunc(found, func(d diag.Diagnostic) bool { return broken && d.Code == "C603" })
	for i := range found {
		if found[i].Code == "C602" && !t.binding {
			found[i].Severity = diag.Warning
		}
	}
	return found
}

// String, Set and Type make it the value of a flag.
func (t *today) String() string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

func (t *today) Type() string { return "DATE" }

func (t *today) Set(s string) error {
	date, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return errors.New("write a date as YYYY-MM-DD")
	}
	t.Time = date
	return nil
}
