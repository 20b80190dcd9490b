// Package chromium compares package browser, the model of a browser, with a real
// Chromium: behind the servers that corsgen generates for, and against answers
// that are malformed in every way. It needs no network but loopback.
package chromium
