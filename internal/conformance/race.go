//go:build race

package conformance

// raceEnabled says that servers under test are built with the race detector, as
// this test is.
const raceEnabled = true
