package chromium

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/corsgen/corsgen/browser"
	"github.com/corsgen/corsgen/browser/reason"
)

// TestLocalNetwork checks that what Chromium says is recognised where a page of the
// Internet asks for a host of the machine itself. For Chromium the page's port is
// one of the Internet here.
func TestLocalNetwork(t *testing.T) {
	asked := []*scenario{one("the machine itself", browser.Request{}, always(answer(200, acao+"*")))}
	number(asked)
	servers, pages := startFront(t, asked), startFront(t, nil)
	c := startChromium(t, servers,
		chromedp.Flag("host-resolver-rules", "MAP app.example.com "+pages.addr+", MAP * "+servers.addr),
		chromedp.Flag("ip-address-space-overrides", pages.addr+"=public"))
	got := c.run(t, page, asked)[0][0]
	time.Sleep(200 * time.Millisecond) // the console follows
	said := complaints(c.said(asked[0].id))
	if got.Error == "" || len(said) != 1 {
		t.Fatalf("%+v %q", got, said)
	}
	complaint, ok := browser.ParseConsole(said[0])
	if !ok || complaint.Reason != reason.LocalNetwork {
		t.Errorf("%+v %s", complaint, said)
	}
	t.Log(said)
}
