package compile

import (
	"strconv"

	"github.com/corsgen/corsgen/ir"
	"github.com/corsgen/corsgen/policy"
)

// resolved are the settings of a variant, every default filled in and every list
// checked.
type resolved struct {
	any         bool // every origin is allowed
	methods     list
	headers     list
	expose      list
	credentials bool
	gate        bool
	status      int
	maxAge      policy.Attr[int]
	src         policy.Settings
}

func resolve(environment string, s policy.Settings, f *findings) resolved {
	c := checker{findings: f, environment: environment, credentials: s.AllowCredentials}
	r := resolved{
		methods:     c.list(s.AllowMethods, c.methods),
		headers:     c.list(s.AllowHeaders, c.requestHeaders),
		expose:      c.list(s.ExposeHeaders, c.exposedHeaders),
		credentials: s.AllowCredentials.Value,
		gate:        s.OriginGate.Value,
		status:      c.preflightStatus(s.PreflightStatus),
		maxAge:      s.MaxAge,
		src:         s,
	}
	c.origins(s)
	c.maxAge(s.MaxAge)
	return r
}

func preflightVary() []string {
	return []string{"Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"}
}

// preflightAllowed is the answer to a preflight from an allowed origin
// (https://fetch.spec.whatwg.org/#cors-preflight-fetch).
func (r *resolved) preflightAllowed() ir.Response {
	set := r.identity()
	if v, ok := r.methods.value(r.credentials, ir.EchoMethod); ok {
		set = append(set, ir.Header{Name: "Access-Control-Allow-Methods", Value: v, Src: r.src.AllowMethods.Range})
	}
	if v, ok := r.headers.value(r.credentials, ir.EchoHeaders); ok {
		set = append(set, ir.Header{Name: "Access-Control-Allow-Headers", Value: v, Src: r.src.AllowHeaders.Range})
	}
	if r.maxAge.Set {
		set = append(set, ir.Header{
			Name:  "Access-Control-Max-Age",
			Value: ir.Value{Const: strconv.Itoa(r.maxAge.Value)},
			Src:   r.maxAge.Range,
		})
	}
	return ir.Response{Status: r.status, Set: set, Vary: preflightVary()}
}

// identity are the headers by which a browser knows that an allowed origin may
// read the response (https://fetch.spec.whatwg.org/#cors-check).
func (r *resolved) identity() []ir.Header {
	value := ir.Value{Echo: ir.EchoOrigin}
	if r.any {
		value = ir.Value{Const: "*"}
	}
	set := []ir.Header{{Name: "Access-Control-Allow-Origin", Value: value, Src: r.src.AllowOrigins.Range}}
	if r.credentials {
		set = append(set, ir.Header{
			Name:  "Access-Control-Allow-Credentials",
			Value: ir.Value{Const: "true"},
			Src:   r.src.AllowCredentials.Range,
		})
	}
	return set
}

func (r *resolved) actual() ir.Branches {
	allowed := ir.Response{Set: r.identity(), Delete: ir.Owned()}
	if v, ok := r.expose.value(false, ir.EchoNone); ok {
		allowed.Set = append(allowed.Set, ir.Header{Name: "Access-Control-Expose-Headers", Value: v, Src: r.src.ExposeHeaders.Range})
	}
	if r.any { // the same for everybody, so that caches need not tell origins apart
		return ir.Branches{Allowed: allowed, Refused: allowed, Absent: allowed}
	}
	allowed.Vary = []string{"Origin"}
	refused := ir.Response{Delete: ir.Owned(), Vary: []string{"Origin"}}
	branches := ir.Branches{Allowed: allowed, Refused: refused, Absent: refused}
	if r.gate {
		branches.Refused.Status = 403
	}
	return branches
}
