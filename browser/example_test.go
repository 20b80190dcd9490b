package browser_test

import (
	"fmt"
	"time"

	"github.com/corsgen/corsgen/browser"
)

// A page asks for a PUT, and the server answers the preflight without CORS.
func ExampleFetch() {
	request := browser.Request{
		Origin:  "https://app.example.com",
		URL:     "https://api.example.com/things",
		Method:  "put",
		Headers: []browser.Header{{Name: "Content-Type", Value: "application/json"}},
	}
	server := browser.Recorded(&browser.Response{Status: 401}, nil)
	o, err := browser.Fetch(request, server, nil, time.Now())
	if err != nil {
		panic(err)
	}
	fmt.Println(o.Allowed(), o.Reason)
	fmt.Println("preflight for", o.PreflightCauses())
	for _, h := range o.Exchanges[0].Request.Headers {
		fmt.Println(h.Name+":", h.Value)
	}
	// Output:
	// false allow-origin-missing
	// preflight for the method PUT and the header content-type
	// Accept: */*
	// Access-Control-Request-Method: PUT
	// Access-Control-Request-Headers: content-type
	// Origin: https://app.example.com
}
