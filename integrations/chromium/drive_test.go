package chromium

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/chromedp"

	"github.com/corsgen/corsgen/browser"
	"github.com/corsgen/corsgen/internal/conformance"
)

//go:embed page.js
var pageScript string

// chromium is a running Chromium. It is not safe for concurrent use.
type chromium struct {
	tab context.Context

	mu      sync.Mutex
	console map[string][]string // by id of the scenario
}

// startChromium starts a Chromium for which every host is the front, with more
// options. The test is skipped if it is not installed.
func startChromium(t *testing.T, f *front, more ...chromedp.ExecAllocatorOption) *chromium {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(conformance.Require(t, "chromium", "chromium")),
		chromedp.Flag("host-resolver-rules", "MAP * "+f.addr),
		chromedp.Flag("ignore-certificate-errors", true),
		// Pages of http stay pages of http.
		chromedp.Flag("disable-features", "HttpsUpgrades,HttpsFirstBalancedMode,HttpsFirstBalancedModeAutoEnable"),
	)
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), append(options, more...)...)
	t.Cleanup(stop)
	tab, stop := chromedp.NewContext(allocator)
	t.Cleanup(stop)
	c := &chromium{tab: tab, console: map[string][]string{}}
	if err := chromedp.Listen(tab, c.listen); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(tab, chromedp.Func(setCookie)); err != nil {
		t.Fatal(err)
	}
	return c
}

// setCookie gives the hosts of the scenarios a cookie, which shows whether a
// request is made with credentials.
func setCookie(ctx context.Context, tab *chromedp.Target) error {
	_, err := cdp.Call(ctx, tab, storage.SetCookies, storage.SetCookiesParams{Cookies: []*network.CookieParam{
		{Name: "session", Value: "1", Domain: ".example.com", Path: "/", Secure: true, SameSite: network.CookieSameSiteNone},
	}})
	return err
}

var scenarioID = regexp.MustCompile(`\?(s\d+)\b`)

// listen sorts what the console says by scenario.
func (c *chromium) listen(event any) {
	var text string
	switch e := event.(type) {
	case *log.EventEntryAdded:
		text = e.Entry.Text
	case *runtime.EventConsoleAPICalled:
		for _, a := range e.Args {
			text += string(a.Value)
		}
	case *runtime.EventExceptionThrown:
		text = e.ExceptionDetails.Text
	}
	id := scenarioID.FindStringSubmatch(text)
	if id == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.console[id[1]] = append(c.console[id[1]], text)
}

func (c *chromium) said(id string) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.console[id])
}

// result is what a script sees of a step.
type result struct {
	Type    string   `json:"type"` // of the response: "basic", "cors", "opaque"; "" if there is none, or by XMLHttpRequest
	Status  int      `json:"status"`
	Headers []string `json:"headers"` // names, in lower case, sorted; nil if there is no response
	Error   string   `json:"error"`
}

// run plays scenarios on a page of an origin.
func (c *chromium) run(t *testing.T, origin string, scenarios []*scenario) [][]result {
	t.Helper()
	page := origin + "/page"
	if origin == "null" {
		page = "https://workshop.example/sandboxed"
	}
	steps := make([][]map[string]any, len(scenarios))
	for i, s := range scenarios {
		for _, step := range s.steps {
			steps[i] = append(steps[i], step.script(s))
		}
	}
	argument, err := json.Marshal(steps)
	if err != nil {
		t.Fatal(err)
	}
	limited, stop := context.WithTimeout(c.tab, 60*time.Second)
	defer stop()
	if err := chromedp.Do(limited, chromedp.Navigate(page)); err != nil {
		t.Fatal(err)
	}
	if actual, err := chromedp.Run(limited, chromedp.Evaluate[string]("origin")); err != nil || actual != origin {
		t.Fatalf("the page %s is of origin %q: %v", page, actual, err)
	}
	script := fmt.Sprintf("(%s)(%s)", strings.TrimSpace(pageScript[strings.Index(pageScript, "async"):]), argument)
	results, err := chromedp.Run(limited, chromedp.Evaluate[[][]result](script, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	return results
}

// script returns a step as the page takes it.
func (s *step) script(of *scenario) map[string]any {
	r := s.request
	headers := [][2]string{}
	for _, h := range r.Headers {
		headers = append(headers, [2]string{h.Name, latin1(h.Value)})
	}
	return map[string]any{
		"url": r.URL, "method": r.Method, "headers": headers, "mode": orElse(r.Mode, browser.CORS),
		"credentials": orElse(r.Credentials, browser.SameOrigin), "xhr": of.xhr, "wait": s.wait.Milliseconds(),
	}
}

func orElse[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// latin1 returns bytes as the code points that a script writes for them.
func latin1(s string) string {
	runes := make([]rune, len(s))
	for i := range len(s) {
		runes[i] = rune(s[i])
	}
	return string(runes)
}
