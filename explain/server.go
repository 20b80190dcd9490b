package explain

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/corsgen/corsgen/browser"
	"github.com/corsgen/corsgen/browser/reason"
)

// facts are what is known of a request to a server. What a message of the
// console does not say is empty.
type facts struct {
	reason      reason.Reason
	subject     string
	atPreflight bool
	origin      string
	credentials browser.Credentials
	redirected  bool
	browser     string            // whose console says so; Firefox and Safari leave out what Chrome says
	answer      *browser.Response // the last one
}

// words returns the cause, and what to do.
func (f *facts) words() (cause, fix string) {
	if w, ok := serverWords[f.reason]; ok {
		return w(f)
	}
	e, _ := reason.Lookup(f.reason)
	return e.Meaning, ""
}

var serverWords = map[reason.Reason]func(*facts) (cause, fix string){
	reason.Opaque: func(*facts) (string, string) {
		return "In mode no-cors the request is sent; the script can read nothing of the answer.",
			`To read it leave out mode: "no-cors"; then CORS decides.`
	},
	reason.ForbiddenMethod: func(f *facts) (string, string) {
		return fmt.Sprintf("Scripts may not use the method %s: fetch() throws.", f.subject), "Use another method; no server can allow this one."
	},
	reason.NoCORSMethod: func(f *facts) (string, string) {
		return fmt.Sprintf("Mode no-cors takes GET, HEAD and POST, not %s: fetch() throws.", f.subject),
			`Leave out mode: "no-cors"; then CORS decides.`
	},
	reason.URLCredentials: func(*facts) (string, string) {
		return "The URL holds a user name or a password: fetch() throws.", "Send them in the header Authorization, and allow that header."
	},
	reason.SameOriginMode: func(*facts) (string, string) {
		return "The mode is same-origin, and the URL is of another origin.", `Leave out mode: "same-origin"; then CORS decides.`
	},
	reason.UnsupportedScheme: func(f *facts) (string, string) {
		return "The scheme of the URL takes no part in CORS; it must be http or https.", "Serve page and data over http or https; write the URL with its https://."
	},
	reason.LocalNetwork: func(*facts) (string, string) {
		return "The page may not reach the local network; Chrome has not got the user's consent.",
			"Serve the page over https and allow local network access for it in Chrome."
	},
	reason.AllowOriginMissing:  (*facts).missing,
	reason.AllowOriginMultiple: (*facts).multiple,
	reason.AllowOriginInvalid: func(f *facts) (string, string) {
		return fmt.Sprintf("Access-Control-Allow-Origin is %q, which is not an origin.", f.subject), "Send " + f.wanted() + "."
	},
	reason.AllowOriginMismatch: (*facts).mismatch,
	reason.AllowOriginWildcard: func(f *facts) (string, string) {
		return "Access-Control-Allow-Origin is *, which never covers credentials.",
			`Leave out credentials: "include", or send the request's own origin.`
	},
	reason.CredentialsNotAllowed: (*facts).credentialsNotAllowed,
	reason.NoAnswer: func(f *facts) (string, string) {
		if f.redirected {
			return "The browser follows a redirect, and gets no answer there.",
				fmt.Sprintf("Record that exchange too; the browser sends Origin: %s.", f.origin)
		}
		return "The request gets no answer.", "Look whether the server runs, and whether its certificate is valid."
	},
	reason.PreflightNoAnswer: func(*facts) (string, string) {
		return "The browser sends a preflight, and gets no answer.", "Answer OPTIONS with 204 and the CORS headers."
	},
	reason.PreflightRedirect: (*facts).preflightRedirect,
	reason.PreflightStatus: func(f *facts) (string, string) {
		return fmt.Sprintf("The preflight gets %s, which is no ok status.", f.status()), f.answerPreflight()
	},
	reason.AllowMethodsMalformed: func(f *facts) (string, string) {
		return "Access-Control-Allow-Methods is no list of methods" + f.said() + ".", "Write methods with commas between: GET, PUT, DELETE."
	},
	reason.AllowHeadersMalformed: func(f *facts) (string, string) {
		return "Access-Control-Allow-Headers is no list of names" + f.said() + ".", "Write names with commas between: Content-Type, Authorization."
	},
	reason.MethodNotAllowed: (*facts).methodNotAllowed,
	reason.HeaderNotAllowed: (*facts).headerNotAllowed,
	reason.AuthorizationNotCovered: func(*facts) (string, string) {
		return "The * in Access-Control-Allow-Headers does not cover Authorization.", "Send Access-Control-Allow-Headers: *, Authorization."
	},
	reason.RedirectCredentials: func(*facts) (string, string) {
		return "The redirect leads to a URL with a user name or a password.", "Redirect to a URL without them."
	},
	reason.RedirectLocation: func(f *facts) (string, string) {
		return fmt.Sprintf("The redirect leads to %q, which is not an http or https URL.", f.subject), "Correct the Location of the redirect, or call the right URL at once."
	},
	reason.RedirectLimit: func(*facts) (string, string) {
		return "There are more than 20 redirects.", "Call the URL that they lead to, if they do not lead in a circle."
	},
}

// answered names the answer that decided.
func (f *facts) answered() string {
	if f.atPreflight {
		return "The answer to the preflight"
	}
	return "The response"
}

// status returns the status of the last answer.
func (f *facts) status() string {
	if f.answer == nil {
		return "an error or a redirect"
	}
	return strconv.Itoa(f.answer.Status)
}

func (f *facts) ok() bool {
	return f.answer == nil || f.answer.Status >= 200 && f.answer.Status <= 299
}

// wanted is the header that would let the page pass.
func (f *facts) wanted() string {
	if f.origin == "" {
		return "the request's Origin as Access-Control-Allow-Origin"
	}
	return "Access-Control-Allow-Origin: " + f.origin
}

// said quotes the value at fault.
func (f *facts) said() string {
	if f.subject == "" {
		return ""
	}
	return fmt.Sprintf(": %q", f.subject)
}

func (f *facts) onPreflightToo() string {
	if f.atPreflight {
		return ", on preflights and on responses"
	}
	return ""
}

// answerPreflight says what to do by the status of a preflight.
func (f *facts) answerPreflight() string {
	switch {
	case f.answer == nil:
		return "Answer OPTIONS with 204 and the CORS headers, before anything else."
	case f.answer.Status == 401 || f.answer.Status == 403 || f.answer.Status == 407:
		return "Answer OPTIONS before authentication; preflights carry no cookies."
	case f.answer.Status == 404 || f.answer.Status == 405:
		return "Answer OPTIONS with 204 and the CORS headers, before any route."
	case f.answer.Status >= 500:
		return "Answer OPTIONS with 204 before the handler, which fails on it."
	default:
		return "Answer OPTIONS with 204 and the CORS headers."
	}
}

func (f *facts) credentialsNotAllowed() (cause, fix string) {
	fix = "Send Access-Control-Allow-Credentials: true" + f.onPreflightToo() + "."
	switch {
	case f.subject != "":
		return fmt.Sprintf("Access-Control-Allow-Credentials is %q, not true in lower case.", f.subject), fix
	case f.browser == browser.Chrome:
		return "Access-Control-Allow-Credentials is missing.", fix
	default:
		return "Access-Control-Allow-Credentials is missing, or not true in lower case.", fix
	}
}

func (f *facts) missing() (cause, fix string) {
	switch {
	case f.atPreflight && !f.ok():
		return fmt.Sprintf("The preflight gets %s, without Access-Control-Allow-Origin.", f.status()), f.answerPreflight()
	case !f.ok():
		return fmt.Sprintf("The response, with status %s, has no Access-Control-Allow-Origin.", f.status()),
			"Send the CORS headers with every status, errors and redirects too."
	case f.browser == browser.Safari:
		return "Access-Control-Allow-Origin is missing, or it is not the page's origin.", "Send " + f.wanted() + "."
	default:
		return f.answered() + " has no Access-Control-Allow-Origin.",
			"Send " + f.wanted() + "."
	}
}

func (f *facts) multiple() (cause, fix string) {
	cause = "Access-Control-Allow-Origin holds more than one origin."
	members := strings.FieldsFunc(f.subject, func(r rune) bool { return r == ',' || r == ' ' })
	if len(members) > 1 && (members[0] == members[1] || members[0] == "*" || members[1] == "*") {
		return cause, "Two layers set it: let one do it, and remove the header of the other."
	}
	return cause, "Send the request's own origin if you list it, with Vary: Origin."
}

func (f *facts) mismatch() (cause, fix string) {
	if f.origin == "" {
		return fmt.Sprintf("The server allows %s, not the page's origin.", f.subject),
			"Send the request's own origin if you list it, with Vary: Origin."
	}
	cause = fmt.Sprintf("The server allows %s, not %s.", f.subject, f.origin)
	switch {
	case strings.TrimRight(f.subject, "/") == f.origin:
		return cause, "Write it without the slash at the end: an origin has no path."
	case strings.EqualFold(f.subject, f.origin):
		return cause, "Write it in lower case, as browsers send it."
	case strings.Contains(f.subject, "://*") || strings.Contains(f.subject, "*."):
		return cause, "Browsers know no patterns: send the request's origin, with Vary: Origin."
	case f.origin == "null":
		return cause, "Serve the page from an origin, and call the final URL: here the origin is null."
	default:
		return cause, "Send the request's own origin if you list it, with Vary: Origin."
	}
}

func (f *facts) preflightRedirect() (cause, fix string) {
	if locations := f.values("Location"); len(locations) > 0 {
		return fmt.Sprintf("The preflight is redirected (%d) to %s.", f.answer.Status, locations[0]),
			"Call that URL at once; mind scheme, host and the slash at the end."
	}
	return "The preflight is redirected, and browsers follow none.", "Call the final URL at once; mind scheme, host and the slash at the end."
}

func (f *facts) methodNotAllowed() (cause, fix string) {
	if f.subject == "" {
		return "The method is not in Access-Control-Allow-Methods.", "Answer the preflight with it in Access-Control-Allow-Methods."
	}
	if upper := strings.ToUpper(f.subject); upper != f.subject {
		return fmt.Sprintf("The script asks for the method %s; methods are case-sensitive.", f.subject),
			fmt.Sprintf("Write method: %q in the script.", upper)
	}
	if f.literalStar("Access-Control-Allow-Methods") {
		return "With credentials * in Access-Control-Allow-Methods is no wildcard.",
			fmt.Sprintf("Name the methods: Access-Control-Allow-Methods: %s.", f.subject)
	}
	return fmt.Sprintf("The method %s is not in Access-Control-Allow-Methods.", f.subject),
		fmt.Sprintf("Answer the preflight with Access-Control-Allow-Methods: %s.", f.subject)
}

func (f *facts) headerNotAllowed() (cause, fix string) {
	name := http.CanonicalHeaderKey(f.subject)
	if f.literalStar("Access-Control-Allow-Headers") {
		return "With credentials * in Access-Control-Allow-Headers is no wildcard.",
			fmt.Sprintf("Name the headers: Access-Control-Allow-Headers: %s.", name)
	}
	return fmt.Sprintf("The request header %s is not in Access-Control-Allow-Headers.", name),
		fmt.Sprintf("Answer the preflight with Access-Control-Allow-Headers: %s.", name)
}

// literalStar reports whether the answer lists a "*" that credentials disarm.
func (f *facts) literalStar(name string) bool {
	return f.credentials == browser.Include &&
		slices.ContainsFunc(f.values(name), func(value string) bool { return strings.TrimSpace(value) == "*" })
}

// values returns the lines of a header of the last answer.
func (f *facts) values(name string) []string {
	if f.answer == nil {
		return nil
	}
	var values []string
	for _, h := range f.answer.Headers {
		if strings.EqualFold(h.Name, name) {
			values = append(values, h.Value)
		}
	}
	return values
}
