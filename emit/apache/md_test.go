package apache_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/corsgen/corsgen/internal/conformance"
)

// The name that guards against wrong places is none for which mod_md would ask for a
// certificate, which nobody gives.
func TestManagedDomains(t *testing.T) {
	t.Parallel()
	a := newTLSSite(t)
	a.Modules = append(a.Modules, "md")
	a.WriteFile(t, "app.vhost.conf", printed(t, compiled(t, full)))
	addr := conformance.FreeAddrs(t, 1)[0]
	a.Global += fmt.Sprintf(`
MDCertificateAgreement accepted
MDContactEmail admin@localhost
MDStoreDir md
MDRenewMode manual
MDPortMap http:1 https:%s
MDomain shop.example
Listen %s
<VirtualHost %[2]s>
ServerName shop.example
SSLEngine on
Include app.vhost.conf
ServerAlias www.shop.example
</VirtualHost>`, addr[strings.LastIndex(addr, ":")+1:], addr)
	a.Hosts = []string{useTLS}
	a.Start(t)
	file := filepath.Join(a.Dir, "md/domains/shop.example/md.json")
	text, err := os.ReadFile(file)
	for deadline := time.Now().Add(10 * time.Second); !strings.Contains(string(text), "www.") && time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		text, err = os.ReadFile(file) // Apache listens before it has written it
	}
	if err != nil || !strings.Contains(string(text), `"www.shop.example"`) || strings.Contains(string(text), "corsgen") {
		t.Errorf("mod_md takes these names: %s, %v", text, err)
	}
}
