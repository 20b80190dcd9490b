package rules_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/compile"
	"github.com/corsgen/corsgen/policy"
	"github.com/corsgen/corsgen/rules"
)

const kiosk = `
policy "kiosk" {
  allow_origins     = ["http://a.example.com", "http://b.example.com"]
  allow_credentials = true
  max_age           = 7200

  accept_risk "insecure-origin" {
    origins = ["http://a.example.com", "http://b.example.com", "http://c.example.com"]
    reason  = "store network"
    owner   = "retail"
    expires = "2027-06-30"
  }
}
`

func checkOn(t *testing.T, src string, today time.Time) rules.Result {
	t.Helper()
	source, _, found, err := policy.LoadReader(strings.NewReader(src), "cors.hcl", policy.Options{})
	if err != nil || found.HasErrors() {
		t.Fatal(err, found)
	}
	program, _ := compile.Program(source)
	return rules.Check(source, program, today)
}

// TestDaysLeft checks that an acceptance lasts to the end of its last day where
// the reviewer is.
func TestDaysLeft(t *testing.T) {
	east, west := time.FixedZone("east", 14*3600), time.FixedZone("west", -12*3600)
	tests := []struct {
		today time.Time
		left  int
		codes string
	}{
		{time.Date(2026, 6, 30, 12, 0, 0, 0, time.UTC), 365, "C603"},
		{time.Date(2027, 6, 29, 23, 59, 0, 0, west), 1, "C603"},
		{time.Date(2027, 6, 30, 0, 0, 0, 0, east), 0, "C603"},
		{time.Date(2027, 6, 30, 23, 59, 0, 0, west), 0, "C603"},
		{time.Date(2027, 7, 1, 0, 0, 0, 0, east), -1, "C603 C602"},
		{time.Date(2600, 1, 1, 0, 0, 0, 0, time.UTC), -209104, "C603 C602"},
	}
	for _, test := range tests {
		got := checkOn(t, kiosk, test.today)
		var codes []string
		for _, d := range got.Findings {
			codes = append(codes, d.Code)
		}
		if d := cmp.Diff(test.codes, strings.Join(codes, " ")); d != "" || got.Accepted[0].DaysLeft != test.left {
			t.Errorf("%s: %d days left %s", test.today, got.Accepted[0].DaysLeft, d)
		}
	}
}

// TestAcceptance checks what an acceptance takes from the findings, and where it
// is not used.
func TestAcceptance(t *testing.T) {
	got := checkOn(t, kiosk, time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC))
	a := got.Accepted[0]
	if a.Policy != "kiosk" || len(a.Findings) != 2 || a.Findings[0].Code != "C203" || a.Findings[1].Code != "C203" {
		t.Errorf("%+v", a)
	}
	unused := got.Findings[0]
	if unused.Fix == nil || unused.Fix.Old != "http://c.example.com" || unused.Fix.New != nil {
		t.Errorf("%+v", unused)
	}
}
