// Package report renders findings for people and for machines.
package report

import (
	"time"

	"github.com/corsgen/corsgen/diag"
)

// Report is what a command found.
type Report struct {
	Findings diag.List
	Fixed    diag.List // what was found before and is mended
	Accepted []Accepted
	Sources  map[string][]byte // the files by the names that ranges use; one that is not there is not shown
}

// Accepted is a risk that somebody has accepted.
type Accepted struct {
	Policy                     string
	Rule                       diag.Rule
	Origins                    []string // for rules about origins
	Environment, Reason, Owner string   // no environment means all
	Expires                    time.Time
	DaysLeft                   int // until the last day, Expires; negative once it is past
	Range                      diag.Range
	Findings                   diag.List // the findings that are accepted
}

// expiresSoon is the number of days from which an acceptance asks to be renewed.
const expiresSoon = 30
