package browser

import (
	"strings"

	"github.com/corsgen/corsgen/eval"
)

// Answers returns a server that answers by a policy. Its upstream knows nothing
// of CORS: it answers every request with 200 and no headers.
func Answers(e *eval.Evaluator) Server {
	return func(m Message) (Response, bool) {
		d := e.Decide(m.Method, m.Headers)
		r := Response{Status: d.Status, Headers: d.Set}
		if r.Status == 0 {
			r.Status = 200
		}
		if len(d.Vary) > 0 {
			r.Headers = append(r.Headers[:len(r.Headers):len(r.Headers)], Header{Name: "Vary", Value: strings.Join(d.Vary, ", ")})
		}
		return r, true
	}
}

// Plain is a server that knows nothing of CORS: it answers every request with
// 200 and no headers, a preflight too.
func Plain(Message) (Response, bool) { return Response{Status: 200}, true }

// Recorded is a server that gave these answers to one preflight and to one
// request, and gives no more. Either may be nil: there was no answer.
func Recorded(preflight, response *Response) Server {
	return func(m Message) (Response, bool) {
		next := &response
		if _, ok := get(m.Headers, "Access-Control-Request-Method"); ok { // scripts may not set it
			next = &preflight
		}
		r := *next
		if *next = nil; r == nil {
			return Response{}, false
		}
		return *r, true
	}
}
