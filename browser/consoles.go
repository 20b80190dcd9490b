package browser

import (
	"regexp"
	"strconv"

	"github.com/corsgen/corsgen/browser/reason"
)

// Names of browsers whose consoles are known.
const (
	Chrome  = "Chrome"
	Firefox = "Firefox"
	Safari  = "Safari"
)

// console is how a browser other than Chrome words its messages. Quotation marks
// in them are straight.
type console struct {
	browser string
	url     *regexp.Regexp // finds the URL that was asked for
	phrases []phrase
}

// phrase is how a console puts a reason. Its group finds the subject, or where it
// is called so, the origin of the page.
type phrase struct {
	reason reason.Reason
	text   *regexp.Regexp
}

// consoles are Firefox's messages of security.properties, and those of WebKit's
// CrossOriginAccessControl.cpp and CrossOriginPreflightResultCache.cpp.
var consoles = []console{
	{Firefox, regexp.MustCompile(`the remote resource at '?(\S+?)'?\. \(Reason: `), []phrase{
		{reason.AllowOriginMissing, regexp.MustCompile(`CORS header 'Access-Control-Allow-Origin' missing`)},
		{reason.AllowOriginMultiple, regexp.MustCompile(`Multiple CORS header 'Access-Control-Allow-Origin' not allowed`)},
		{reason.AllowOriginMismatch, regexp.MustCompile(`CORS header 'Access-Control-Allow-Origin' does not match '([^']*)'`)},
		{reason.AllowOriginWildcard, regexp.MustCompile(`Credential is not supported if the CORS header 'Access-Control-Allow-Origin' is '\*'`)},
		{reason.CredentialsNotAllowed, regexp.MustCompile(`expected 'true' in CORS header 'Access-Control-Allow-Credentials'`)},
		{reason.PreflightStatus, regexp.MustCompile(`CORS preflight (?:response|channel) did not succeed`)},
		{reason.PreflightRedirect, regexp.MustCompile(`CORS request external redirect not allowed`)},
		{reason.AllowMethodsMalformed, regexp.MustCompile(`invalid token '([^']*)' in CORS header 'Access-Control-Allow-Methods'`)},
		{reason.AllowHeadersMalformed, regexp.MustCompile(`invalid token '([^']*)' in CORS header 'Access-Control-Allow-Headers'`)},
		{reason.MethodNotAllowed, regexp.MustCompile(`Did not find method in CORS header 'Access-Control-Allow-Methods'`)},
		{reason.HeaderNotAllowed, regexp.MustCompile(`header '([^']*)' is not allowed according to header 'Access-Control-Allow-Headers'`)},
		{reason.HeaderNotAllowed, regexp.MustCompile(`missing token '([^']*)' in CORS header 'Access-Control-Allow-Headers'`)},
		{reason.UnsupportedScheme, regexp.MustCompile(`CORS request not http`)},
		{reason.NoAnswer, regexp.MustCompile(`CORS request did not succeed`)},
	}},
	{Safari, regexp.MustCompile(`cannot load (\S+) due to access control checks`), []phrase{
		{reason.AllowOriginMissing, regexp.MustCompile(`Origin (?P<origin>\S+) is not allowed by Access-Control-Allow-Origin\.`)},
		{reason.AllowOriginMultiple, regexp.MustCompile(`Access-Control-Allow-Origin cannot contain more than one origin\.`)},
		{reason.AllowOriginWildcard, regexp.MustCompile(`Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true\.`)},
		{reason.CredentialsNotAllowed, regexp.MustCompile(`Credentials flag is true, but Access-Control-Allow-Credentials is not "true"\.`)},
		{reason.PreflightStatus, regexp.MustCompile(`Preflight response is not successful`)},
		{reason.MethodNotAllowed, regexp.MustCompile(`Method (\S+) is not allowed by Access-Control-Allow-Methods\.`)},
		{reason.HeaderNotAllowed, regexp.MustCompile(`Request header field (\S+) is not allowed by Access-Control-Allow-Headers\.`)},
	}},
}

var (
	statusCode  = regexp.MustCompile(`Status code: ([1-9][0-9]{2})\b`)
	atPreflight = regexp.MustCompile(`(?i)preflight|Access-Control-Allow-(?:Methods|Headers)`)
)

// parseOthers recognises a message of another browser's console, in one line.
func parseOthers(text string) (Complaint, bool) {
	for _, c := range consoles {
		for _, p := range c.phrases {
			if m := p.text.FindStringSubmatch(text); m != nil {
				return c.complaint(text, p, m), true
			}
		}
	}
	return Complaint{}, false
}

func (c *console) complaint(text string, p phrase, m []string) Complaint {
	found := Complaint{Browser: c.browser, Reason: p.reason, AtPreflight: atPreflight.MatchString(text), URL: group(c.url, text)}
	found.Status, _ = strconv.Atoi(group(statusCode, text)) // 0 where it is not said
	switch {
	case p.text.SubexpIndex("origin") > 0:
		found.Origin = m[1]
	case len(m) > 1:
		found.Subject = m[1]
	}
	return found
}

// group returns what the group of a pattern finds; "" if nothing.
func group(pattern *regexp.Regexp, text string) string {
	if m := pattern.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}
