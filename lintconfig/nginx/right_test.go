package nginx_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/corsgen/corsgen/internal/conformance"
	"github.com/corsgen/corsgen/lintconfig/nginx"
)

// TestRight checks that the files of every golden case, included as they say,
// give no finding.
func TestRight(t *testing.T) {
	t.Parallel()
	folders, err := filepath.Glob("../../testdata/golden/*/nginx")
	if err != nil || len(folders) < 10 {
		t.Fatal(err, folders)
	}
	servers := 0
	for _, folder := range folders {
		dir := t.TempDir()
		if err := os.CopyFS(filepath.Join(dir, "cors"), os.DirFS(folder)); err != nil {
			t.Fatal(err)
		}
		config := rightConfig(t, dir)
		file := filepath.Join(dir, "nginx.conf")
		conformance.WriteFile(t, file, []byte(config))
		result, err := nginx.Lint(file, []byte(config))
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range result.Findings {
			t.Errorf("%s: %s %s: %s", folder, d.Range, d.Code, d.Summary)
		}
		if result.Servers != result.Covered || result.Servers == 0 {
			t.Errorf("%s: of %d servers %d have a policy", folder, result.Servers, result.Covered)
		}
		servers += result.Servers
	}
	if servers < 15 {
		t.Errorf("only %d servers", servers)
	}
}

// rightConfig returns a configuration that includes the files below dir as they
// want to be.
func rightConfig(t *testing.T, dir string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "cors", "*.server.conf"))
	if err != nil {
		t.Fatal(err)
	}
	config := "events { }\nhttp {\n    include cors/http.conf;\n"
	for i, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".server.conf")
		config += fmt.Sprintf(`    server {
        include cors/%[1]s.server.conf;
        listen %[2]d;
        add_header Strict-Transport-Security "max-age=1" always;
        location / { proxy_pass http://127.0.0.1:1; }
        location /static/ {
            add_header Cache-Control "max-age=600";
            include cors/%[1]s.headers.conf;
        }
        location /app/ {
            proxy_hide_header X-Powered-By;
            include cors/hide.conf;
            proxy_pass http://127.0.0.1:1;
        }
    }
`, name, 8000+i)
	}
	return config + "}\n"
}

// TestStock checks that the configuration that Debian ships gives no finding.
func TestStock(t *testing.T) {
	t.Parallel()
	const file = "/etc/nginx/nginx.conf"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Skip("nginx is not installed")
	}
	result, err := nginx.Lint(file, text)
	if err != nil || len(result.Findings) > 0 || result.Servers == 0 {
		t.Errorf("%v: %+v", err, result.Findings)
	}
}
