package browser

import (
	"regexp"
	"strings"

	"github.com/corsgen/corsgen/browser/reason"
)

// sentence is how Chrome's console puts a reason. "%s" stands for the subject.
// The first sentence of a reason is the one that is printed; the others are
// only recognised.
type sentence struct {
	reason reason.Reason
	text   string
	kind   sentenceKind
}

// sentenceKind says what stands around a sentence.
type sentenceKind uint8

const (
	access sentenceKind = iota // "Access to fetch at ..."
	either                     // the same; and words of its own in front where a preflight failed
	value                      // as either, with advice at the end where fetch() asked
	thrown                     // alone, as the message of a TypeError
	heard                      // never printed: its reason has no words of its own
)

const (
	preflightFailed = "Response to preflight request doesn't pass access control check: "
	valueAdvice     = " Have the server send the header with a valid value."
)

// sentences are those of Chromium's cors_error_string.cc, fetch_manager.cc and
// request.cc.
var sentences = []sentence{
	{reason.AllowOriginMissing, "No 'Access-Control-Allow-Origin' header is present on the requested resource.", either},
	{reason.AllowOriginMultiple, "The 'Access-Control-Allow-Origin' header contains multiple values '%s', but only one is allowed.", value},
	{reason.AllowOriginInvalid, "The 'Access-Control-Allow-Origin' header contains the invalid value '%s'.", value},
	{reason.AllowOriginMismatch, "The 'Access-Control-Allow-Origin' header has a value '%s' that is not equal to the supplied origin.", value},
	{reason.AllowOriginWildcard, "The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when the request's credentials mode is 'include'.", either},
	{reason.CredentialsNotAllowed, "The value of the 'Access-Control-Allow-Credentials' header in the response is '%s' which must be 'true' when the request's credentials mode is 'include'.", either},
	{reason.PreflightStatus, "It does not have HTTP ok status.", either},
	{reason.PreflightRedirect, "Redirect is not allowed for a preflight request.", either},
	{reason.AllowMethodsMalformed, "Cannot parse Access-Control-Allow-Methods response header field in preflight response.", access},
	{reason.AllowHeadersMalformed, "Cannot parse Access-Control-Allow-Headers response header field in preflight response.", access},
	{reason.MethodNotAllowed, "Method %s is not allowed by Access-Control-Allow-Methods in preflight response.", access},
	{reason.HeaderNotAllowed, "Request header field %s is not allowed by Access-Control-Allow-Headers in preflight response.", access},
	{reason.RedirectCredentials, "Redirect location '%s' contains a username and password, which is disallowed for cross-origin requests.", access},

	{reason.SameOriginMode, "Cross origin requests are not allowed by request mode.", access},
	{reason.UnsupportedScheme, "Cross origin requests are only supported for protocol schemes: %s.", access},
	{reason.LocalNetwork, "Permission was denied for this request to access the `%s` address space.", access},
	{reason.LocalNetwork, "Unable to ask for permission to access the `%s` IP address space.", access},
	{reason.LocalNetwork, "resource is in more-private address space `%s`.", access},
	{reason.LocalNetwork, "resource is in address space `%s`.", access},
	{reason.LocalNetwork, "for this private network request targeting the `%s` address space", access},
	{reason.NoAnswer, "The response is invalid.", heard},
	{reason.SameOriginMode, "Unsafe attempt to load URL %s from frame with URL", heard},

	{reason.SameOriginMode, "Request mode is \"same-origin\" but the URL's origin is not same as the request origin", thrown},
	{reason.ForbiddenMethod, "'%s' HTTP method is unsupported.", thrown},
	{reason.NoCORSMethod, "'%s' is unsupported in no-cors mode.", thrown},
	{reason.URLCredentials, "Request cannot be constructed from a URL that includes credentials: %s", thrown},
}

// saidAs are the reasons that the console does not tell from another one.
var saidAs = map[reason.Reason]reason.Reason{
	reason.OriginNotAllowed:        reason.AllowOriginMissing,
	reason.NoPolicy:                reason.AllowOriginMissing,
	reason.AuthorizationNotCovered: reason.HeaderNotAllowed,
}

// Console returns what Chrome's console says, "" if it says nothing of CORS. For
// XMLHttpRequest the words differ a little.
func (o *Outcome) Console() string {
	said := o.Reason
	if other, ok := saidAs[said]; ok {
		said = other
	}
	for _, s := range sentences {
		if s.reason == said && s.kind != heard {
			return o.say(s)
		}
	}
	return ""
}

func (o *Outcome) say(s sentence) string {
	text := strings.Replace(s.text, "%s", o.saidSubject(s), 1)
	if s.reason == reason.SameOriginMode && len(o.Exchanges) > 0 {
		return "" // the words name the whole URL of the page
	}
	if s.reason == reason.SameOriginMode {
		return "Fetch API cannot load " + o.Request.URL + `. Request mode is "same-origin" but the URL's origin is not same as the request origin ` + o.Request.Origin + "."
	}
	if s.kind == thrown {
		return "TypeError: Failed to execute 'fetch' on 'Window': " + text
	}
	first, last := o.urls()
	head := "Access to fetch at '" + last + "' "
	if first != last {
		head += "(redirected from '" + first + "') "
	}
	head += "from origin '" + o.Request.Origin + "' has been blocked by CORS policy: "
	if o.AtPreflight && s.kind != access {
		head += preflightFailed
	}
	if s.kind == value {
		text += valueAdvice
	}
	return head + text
}

// saidSubject returns the subject as the console shows it: of a redirect with a
// password it shows nothing.
func (o *Outcome) saidSubject(s sentence) string {
	if s.reason == reason.RedirectCredentials {
		return ""
	}
	return escape(o.Subject)
}

// urls returns the URL that was asked for, and the one that redirects led to.
func (o *Outcome) urls() (first, last string) {
	if len(o.Exchanges) == 0 {
		return o.Request.URL, o.Request.URL
	}
	return o.Exchanges[0].Request.URL, o.Exchanges[len(o.Exchanges)-1].Request.URL
}

// Complaint is what a message of a console says.
type Complaint struct {
	Browser     string // whose console it is: Chrome, Firefox or Safari
	Reason      reason.Reason
	Subject     string // as in Outcome
	AtPreflight bool
	Status      int    // of the response; 0 if it is not said
	Kind        string // what asked: "fetch", "XMLHttpRequest", "script", "font"; "" if it is not said
	URL         string // "" if it is not said
	From        string // the URL that was redirected; "" if none was
	Origin      string // of the page; "" if it is not said
}

var consoleHead = regexp.MustCompile(`Access to ([^']{1,40}) at '([^']*)' (?:\(redirected from '([^']*)'\) )?from origin '([^']*)' has been blocked by CORS policy: ?`)

// ParseConsole recognises a message of Chrome's console, Firefox's or Safari's,
// with other text around it, and broken into lines. The second value is false if
// it is none that is known.
func ParseConsole(text string) (Complaint, bool) {
	c := Complaint{Browser: Chrome}
	text = straightQuotes.Replace(strings.Join(strings.Fields(text), " "))
	if m := consoleHead.FindStringSubmatchIndex(text); m != nil {
		part := func(i int) string {
			if m[2*i] < 0 {
				return ""
			}
			return text[m[2*i]:m[2*i+1]]
		}
		c.Kind, c.URL, c.From, c.Origin = part(1), part(2), part(3), part(4)
		text = text[m[1]:]
	}
	for _, s := range sentences {
		if subject, ok := s.find(text); ok {
			c.Reason, c.Subject = s.reason, subject
			c.AtPreflight = strings.Contains(text, "preflight")
			return c, true
		}
	}
	return parseOthers(text)
}

// straightQuotes undoes what Firefox and word processors make of quotation marks.
var straightQuotes = strings.NewReplacer("‘", "'", "’", "'")

// find looks for the sentence in a text, and returns its subject.
func (s *sentence) find(text string) (subject string, ok bool) {
	before, after, asks := strings.Cut(s.text, "%s")
	_, subject, ok = strings.Cut(text, before)
	if !ok || !asks {
		return "", ok
	}
	if after != "" {
		subject, _, ok = strings.Cut(subject, after)
	}
	if s.kind == thrown { // other words stand in quotes before
		subject = subject[strings.LastIndexByte(subject, '\'')+1:]
	}
	return subject, ok
}
