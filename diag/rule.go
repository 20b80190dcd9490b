package diag

// Rule is an entry in the list of everything that corsgen can find. Codes and
// slugs are stable: policies name them in accept_risk blocks, and reports carry
// them.
type Rule struct {
	Code, Slug string
	Severity   Severity // the most severe form; some rules are milder in some contexts
	Title      string   // what the rule says, in one line
	Risk       bool     // a risk that an accept_risk block may accept, not an error of meaning
	OfOrigins  bool     // an accept_risk block must name the origins it accepts
	Fixable    bool     // check --fix mends its findings, unless they are in what an expression puts together
	Planned    bool     // listed so that policies can name it; not checked by this version
}

// LookupRule finds a rule by its code or its slug.
func LookupRule(codeOrSlug string) (Rule, bool) {
	for _, r := range rules {
		if r.Code == codeOrSlug || r.Slug == codeOrSlug {
			return r, true
		}
	}
	return Rule{}, false
}

// Rules returns every rule, ordered by code.
func Rules() []Rule { return append([]Rule(nil), rules...) }

// The C0xx rules are about the policy language itself, the others about CORS.
var rules = []Rule{
	{Code: "C001", Slug: "syntax", Title: "The file is not valid HCL."},
	{Code: "C002", Slug: "unknown-name", Title: "An attribute, block, label or reference does not exist."},
	{Code: "C003", Slug: "missing", Title: "A required attribute, label or value is missing."},
	{Code: "C004", Slug: "wrong-type", Title: "A value has the wrong type; nothing is converted."},
	{Code: "C005", Slug: "bad-value", Title: "A value or a name is not one that its attribute takes."},
	{Code: "C006", Slug: "duplicate-name", Title: "Two things have the same name, or names that collide in generated code."},
	{Code: "C007", Slug: "limit", Title: "An input is too large or nested too deeply."},
	{Code: "C008", Slug: "file", Title: "A file or folder cannot be used: missing, outside the project, or not a regular file."},
	{Code: "C009", Slug: "version", Title: "The policy needs another version of corsgen."},
	{Code: "C011", Slug: "evaluation", Title: "An expression cannot be evaluated."},

	{Code: "C101", Slug: "not-an-origin", Fixable: true, Title: "An origin has no path, query, fragment, user info or trailing slash."},
	{Code: "C102", Slug: "no-scheme", Fixable: true, Title: "An origin starts with a scheme."},
	{Code: "C103", Slug: "default-port", Fixable: true, Title: "Browsers leave out the default port."},
	{Code: "C104", Slug: "upper-case", Fixable: true, Title: "Browsers send origins in lower case."},
	{Code: "C105", Slug: "unicode-host", Fixable: true, Title: "Browsers send international names in Punycode."},
	{Code: "C106", Slug: "ip-form", Fixable: true, Title: "An IP address is not in the form that browsers send."},
	{Code: "C107", Slug: "null-origin", Risk: true, OfOrigins: true, Title: "Any sandboxed frame can send the origin null."},
	{Code: "C108", Slug: "file-origin", Title: "Pages from file: URLs send the origin null."},
	{Code: "C109", Slug: "websocket-scheme", Fixable: true, Title: "ws: and wss: never appear in an origin."},
	{Code: "C110", Slug: "several-origins", Fixable: true, Title: "One string holds several origins."},
	{Code: "C111", Slug: "covered-origin", Fixable: true, Severity: Warning, Title: "Another entry already covers this one."},
	{Code: "C112", Slug: "unrelated-sites", Title: "A pattern reaches sites of unrelated owners."},
	{Code: "C113", Slug: "public-suffix", Risk: true, OfOrigins: true, Title: "Anyone can register a name that the pattern matches."},
	{Code: "C114", Slug: "registrable-label", Risk: true, OfOrigins: true, Title: "Strangers can register a label that the pattern matches."},
	{Code: "C115", Slug: "bare-wildcard", Title: "A wildcard that joins a domain name matches other people's domains."},
	{Code: "C116", Slug: "apex-left-out", Severity: Note, Title: "A subdomain pattern leaves out the domain itself."},
	{Code: "C118", Slug: "any-port", Severity: Warning, Risk: true, OfOrigins: true, Title: "Any port of a public host is allowed."},
	{Code: "C120", Slug: "hosts-foreign-code", Severity: Warning, Risk: true, OfOrigins: true, Title: "The host serves other people's code."},
	{Code: "C122", Slug: "no-origins", Title: "A policy without origins allows nothing."},
	{Code: "C123", Slug: "custom-scheme", Severity: Warning, Risk: true, OfOrigins: true, Title: "A custom scheme does not tell one app from another."},
	{Code: "C124", Slug: "malformed-origin", Title: "An origin is malformed: host, port, label, wildcard or length."},
	{Code: "C125", Slug: "duplicate", Fixable: true, Severity: Warning, Title: "The same entry stands twice."},
	{Code: "C126", Slug: "unknown-top-level", Severity: Warning, Risk: true, OfOrigins: true, Title: "A pattern is below a top-level name that no list knows."},

	{Code: "C201", Slug: "any-origin-with-credentials", Title: "Browsers reject any origin together with credentials."},
	{Code: "C203", Slug: "insecure-origin", Risk: true, OfOrigins: true, Title: "Whoever is on the network can speak for a plain http origin, with credentials."},
	{Code: "C204", Slug: "plain-http", Severity: Warning, Risk: true, OfOrigins: true, Title: "Whoever is on the network can speak for a plain http origin."},
	{Code: "C205", Slug: "loopback-in-production", Risk: true, OfOrigins: true, Title: "A loopback origin is allowed in production."},
	{Code: "C207", Slug: "credentials-for-a-tree", Severity: Warning, Risk: true, OfOrigins: true, Title: "Credentials are allowed for a whole tree of subdomains."},
	{Code: "C209", Slug: "any-header-with-credentials", Severity: Warning, Risk: true, Title: "Any request header is allowed with credentials."},
	{Code: "C210", Slug: "any-method-with-credentials", Severity: Warning, Risk: true, Title: "Any method is allowed with credentials."},
	{Code: "C212", Slug: "simple-methods", Severity: Note, Title: "Leaving out GET, HEAD or POST does not block them."},
	{Code: "C213", Slug: "credentials-meaning", Severity: Note, Title: "Credentials are cookies, TLS and HTTP authentication, not a bearer token set by a script."},
	{Code: "C217", Slug: "exposes-secret", Severity: Warning, Risk: true, Title: "An exposed header carries a secret."},
	{Code: "C219", Slug: "gate-with-any", Title: "origin_gate has no effect where any origin is allowed."},
	{Code: "C220", Slug: "gate-own-origin", Severity: Note, Title: "With origin_gate the site's own origin must be listed."},

	{Code: "C301", Slug: "star-without-authorization", Fixable: true, Severity: Warning, Title: "The wildcard in allow_headers does not cover Authorization."},
	{Code: "C302", Slug: "star-mixed", Title: "The wildcard stands alone in its list, and exposes nothing with credentials."},
	{Code: "C303", Slug: "forbidden-method", Title: "Browsers never send CONNECT, TRACE and TRACK."},
	{Code: "C304", Slug: "forbidden-header", Fixable: true, Title: "Scripts can never set this request header."},
	{Code: "C305", Slug: "cors-header-listed", Fixable: true, Title: "The CORS headers themselves are never listed."},
	{Code: "C306", Slug: "set-cookie-exposed", Fixable: true, Title: "Set-Cookie can never be exposed."},
	{Code: "C307", Slug: "safelisted", Fixable: true, Severity: Note, Title: "A safelisted header need not be listed."},
	{Code: "C308", Slug: "options-listed", Fixable: true, Severity: Note, Title: "OPTIONS need not be listed."},
	{Code: "C309", Slug: "method-case", Fixable: true, Title: "Methods are case-sensitive: patch is not PATCH."},
	{Code: "C310", Slug: "not-a-token", Fixable: true, Title: "Methods and header names are tokens."},
	{Code: "C311", Slug: "content-type-missing", Severity: Warning, Risk: true, Title: "JSON bodies need Content-Type in allow_headers."},
	{Code: "C313", Slug: "max-age-range", Title: "max_age is 0 to 86400 seconds."},
	{Code: "C314", Slug: "max-age-capped", Severity: Note, Title: "Chromium caps max_age at 7200 seconds."},
	{Code: "C315", Slug: "max-age-unset", Severity: Note, Title: "Without max_age almost every call costs a preflight."},
	{Code: "C316", Slug: "preflight-status", Title: "A preflight is answered with 204 or 200."},
	{Code: "C317", Slug: "private-network", Severity: Note, Title: "The Private Network Access headers are gone."},
	{Code: "C318", Slug: "list-too-long", Title: "A list is at most 4,000 bytes on the wire."},

	{Code: "C501", Slug: "headers-dropped", Title: "Header lines of a level take the place of the CORS headers that it would inherit."},
	{Code: "C502", Slug: "upstream-headers", Title: "The upstream's CORS headers come through beside those of the policy."},
	{Code: "C503", Slug: "answered-before-policy", Title: "The server answers preflights before the policy is asked."},
	{Code: "C504", Slug: "headers-beside-policy", Title: "CORS headers are set beside those of the policy."},
	{Code: "C505", Slug: "inherited-lines-lost", Severity: Warning, Title: "Lines of an outer level are lost where a policy is included."},
	{Code: "C506", Slug: "certificate-required", Title: "Preflights come without the client certificate that the server requires."},
	{Code: "C507", Slug: "silent-inclusion", Severity: Warning, Title: "An inclusion may leave the policy out without a word."},
	{Code: "C508", Slug: "misplaced-policy", Title: "A file of corsgen is included in the wrong place, or without its counterpart."},
	{Code: "C509", Slug: "htaccess-ignored", Title: "The server does not read the .htaccess file with the CORS headers."},
	{Code: "C510", Slug: "target-cannot", Title: "A target cannot express this policy."},
	{Code: "C511", Slug: "target-too-old", Title: "The server version is too old for this policy."},

	{Code: "C512", Slug: "status-changed", Severity: Warning, Title: "An error page of another status doubles the headers of a 416."},
	{Code: "C513", Slug: "server-without-policy", Severity: Note, Title: "A server has no policy, and another one of its name has."},
	{Code: "C514", Slug: "captures-lost", Severity: Warning, Title: "The policy's regular expressions overwrite captures of the server's name."},
	{Code: "C515", Slug: "origin-removed", Title: "The Origin is taken away before the policy is asked."},
	{Code: "C520", Slug: "server-syntax", Title: "A file of a server's configuration cannot be read."},
	{Code: "C521", Slug: "not-followed", Severity: Note, Title: "A part of a server's configuration is not looked at."},
	{Code: "C531", Slug: "foreign-origin", Title: "A regular expression lets in origins of strangers."},
	{Code: "C532", Slug: "origin-echoed", Title: "The Origin of the request is sent back unchecked."},
	{Code: "C533", Slug: "missing-on-errors", Severity: Warning, Title: "CORS headers are missing from error answers."},
	{Code: "C534", Slug: "vary-missing", Severity: Warning, Title: "The answer depends on the Origin, and Vary does not say so."},
	{Code: "C535", Slug: "wildcard-with-credentials", Title: "Browsers reject the wildcard together with credentials."},
	{Code: "C536", Slug: "not-one-origin", Title: "Access-Control-Allow-Origin holds something else than one origin."},
	{Code: "C537", Slug: "allow-origin-twice", Title: "Access-Control-Allow-Origin is given twice."},
	{Code: "C538", Slug: "preflight-challenged", Title: "Preflights are asked for a password."},

	{Code: "C601", Slug: "acceptance-incomplete", Title: "An accepted risk needs reason, owner and expiry."},
	{Code: "C602", Slug: "acceptance-expired", Title: "An accepted risk has expired."},
	{Code: "C603", Slug: "acceptance-unused", Fixable: true, Severity: Warning, Title: "An accepted risk accepts nothing."},
	{Code: "C606", Slug: "route-twice", Title: "Two routes have the same path, or a route changes nothing."},
	{Code: "C607", Slug: "environment-without-origins", Title: "An environment ends up without origins."},
	{Code: "C608", Slug: "widens", Title: "A change widens the policy."},
	{Code: "C610", Slug: "unused", Severity: Warning, Title: "A variable, local, origin set or dev proxy is not used."},

	{Code: "C701", Slug: "server-allows-any-origin", Title: "The server allows any origin, and the policy does not."},
	{Code: "C702", Slug: "server-allows-null", Title: "The server allows the origin null, and the policy does not."},
	{Code: "C703", Slug: "server-allows-look-alike", Title: "The server allows an origin that is only like one of the policy."},
	{Code: "C704", Slug: "server-doubles-header", Title: "The server answers with a CORS header twice."},
	{Code: "C705", Slug: "server-refuses-origin", Title: "The server refuses an origin of the policy."},
	{Code: "C706", Slug: "server-forgets-answers", Title: "The server leaves the CORS headers out of some answers."},
	{Code: "C707", Slug: "server-refuses-preflight", Title: "The server answers preflights with a status that stops them."},
	{Code: "C708", Slug: "server-lacks-vary", Severity: Warning, Title: "The server's Vary does not say what the answer depends on."},
	{Code: "C709", Slug: "cache-mixes-origins", Title: "A cache gives one origin the answer for another."},
	{Code: "C710", Slug: "server-credentials-differ", Title: "The server and the policy do not agree on credentials."},
	{Code: "C711", Slug: "server-values-differ", Title: "The server states other values than the policy."},
	{Code: "C712", Slug: "another-layer", Severity: Warning, Title: "Another layer than the policy sets CORS headers."},
	{Code: "C713", Slug: "gate-open", Title: "The server lets in what origin_gate keeps out."},
	{Code: "C714", Slug: "server-does-not-answer", Title: "The server does not answer every request."},
}
