package policy

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// readVersion checks required_version.
func (l *loader) readVersion(b *hcl.Block) {
	a := l.content(b.Body, corsgenType).Attributes["required_version"]
	if a == nil {
		return
	}
	at := a.Expr.Range()
	v, s := placed(l.literals(a.Expr), at)
	if !l.is(v, cty.String, s, "\"required_version\" is", "a string such as \">= 0.1\"") {
		return
	}
	fits, err := satisfies(l.opts.ToolVersion, v.AsString())
	switch {
	case err != nil:
		l.fail(codeValue, at, capital(err.Error()), "Write constraints such as \">= 0.1\", with commas between them; the operators are =, !=, >, >=, <, <= and ~>.")
	case !fits:
		l.fail(codeVersion, at, fmt.Sprintf("The policy needs corsgen %s, this is %s", clean(v.AsString()), clean(l.opts.ToolVersion)), "Use a version that fits, or change required_version after checking what the policy generates.")
	}
}

// version is a version number: major, minor, patch, and whether it comes before
// the release of that number.
type version struct {
	number [3]int
	before string // of "1.2.3-rc.1", "rc.1"
	parts  int    // of the number, that were written
}

// parseVersion reads versions such as "v1.2.3-rc.1+build", and shorter ones.
func parseVersion(s string) (version, bool) {
	s = strings.TrimPrefix(strings.TrimSpace(s), "v")
	s, _, _ = strings.Cut(s, "+")
	s, before, pre := strings.Cut(s, "-")
	fields := strings.Split(s, ".")
	v := version{before: before, parts: len(fields)}
	if len(fields) > 3 || pre && before == "" {
		return v, false
	}
	for i, f := range fields {
		n, err := strconv.ParseUint(f, 10, 31)
		if err != nil || len(f) > 1 && f[0] == '0' {
			return v, false
		}
		v.number[i] = int(n)
	}
	return v, true
}

// compare orders versions: a pre-release comes before its release.
func (v version) compare(w version) int {
	if c := slices.Compare(v.number[:], w.number[:]); c != 0 {
		return c
	}
	switch {
	case v.before == w.before:
		return 0
	case v.before == "":
		return 1
	case w.before == "":
		return -1
	}
	return slices.CompareFunc(strings.Split(v.before, "."), strings.Split(w.before, "."), comparePre)
}

// comparePre orders parts of pre-releases as semver.org does: numbers by value,
// and before texts.
func comparePre(a, b string) int {
	m, errA := strconv.ParseUint(a, 10, 63)
	n, errB := strconv.ParseUint(b, 10, 63)
	switch {
	case errA == nil && errB == nil:
		return int(min(1, max(-1, int64(m)-int64(n))))
	case errA == nil:
		return -1
	case errB == nil:
		return 1
	default:
		return strings.Compare(a, b)
	}
}

// satisfies reports whether a version of the tool fits constraints such as
// ">= 0.1, < 2". A tool without a version number, built from source, fits all.
func satisfies(tool, constraints string) (bool, error) {
	v, numbered := parseVersion(tool)
	fits := true
	for c := range strings.SplitSeq(constraints, ",") {
		c = strings.TrimSpace(c)
		text := strings.TrimLeft(c, "=!<>~")
		op := c[:len(c)-len(text)]
		w, ok := parseVersion(text)
		if !ok || !slices.Contains([]string{"", "=", "!=", ">", ">=", "<", "<=", "~>"}, op) {
			return false, fmt.Errorf("%s is not a version constraint", quote(c))
		}
		fits = fits && v.fits(op, w)
	}
	return fits || !numbered, nil
}

// fits compares v with w by an operator.
func (v version) fits(op string, w version) bool {
	c := v.compare(w)
	switch op {
	case "!=":
		return c != 0
	case ">":
		return c > 0
	case ">=":
		return c >= 0
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case "~>": // only the last part that is written may grow
		kept := max(w.parts-1, 1)
		return c >= 0 && slices.Equal(v.number[:kept], w.number[:kept])
	default:
		return c == 0
	}
}
