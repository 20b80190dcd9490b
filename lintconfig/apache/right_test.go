package apache_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/corsgen/corsgen/emit"
	emitted "github.com/corsgen/corsgen/emit/apache"
	"github.com/corsgen/corsgen/internal/conformance"
	"github.com/corsgen/corsgen/lintconfig"
	"github.com/corsgen/corsgen/lintconfig/apache"
)

// TestRight checks that the files of every golden case, included as they say,
// give no finding.
func TestRight(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../testdata/golden/*/apache/*.vhost.conf")
	if err != nil || len(files) < 15 {
		t.Fatal(err, files)
	}
	dir := t.TempDir()
	config := "ServerRoot " + dir + "\nLoadModule headers_module mod_headers.so\n"
	for i, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		name := fmt.Sprintf("%d.vhost.conf", i)
		conformance.WriteFile(t, filepath.Join(dir, "corsgen", name), text)
		config += fmt.Sprintf("<VirtualHost *:443>\n  ServerName %d.example.com\n  Include corsgen/%s\n  Header always set Strict-Transport-Security max-age=1\n"+
			"  Header always merge Vary Accept\n</VirtualHost>\n<VirtualHost *:80>\n  ServerName %[1]d.example.com\n  Redirect permanent / https://%[1]d.example.com/\n</VirtualHost>\n", i, name)
	}
	conformance.WriteFile(t, filepath.Join(dir, "apache2.conf"), []byte(config))
	result := apache.Lint(filepath.Join(dir, "apache2.conf"))
	none(t, result)
	if result.Servers != 2*len(files) || result.Covered != len(files) {
		t.Errorf("of %d virtual hosts %d have a policy", result.Servers, result.Covered)
	}
}

// TestContexts checks files for a <Location> and for .htaccess where they belong.
func TestContexts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, context := range []string{"location", "htaccess"} {
		files, found := emitted.Emit(program(t), emit.Options{Context: context})
		if found.HasErrors() {
			t.Fatal(found)
		}
		for _, f := range files {
			conformance.WriteFile(t, filepath.Join(dir, f.Path), f.Content)
			if strings.HasSuffix(f.Path, ".htaccess") {
				conformance.WriteFile(t, filepath.Join(dir, f.Path, "../"+strings.TrimSuffix(f.Path, ".htaccess"), ".htaccess"), f.Content)
			}
		}
	}
	config := "<VirtualHost *>\nDocumentRoot app\n<Directory app>\nAllowOverride FileInfo Options\n</Directory>\n<Location /x>\nInclude app.location.conf\n</Location>\n</VirtualHost>\n"
	conformance.WriteFile(t, filepath.Join(dir, "httpd.conf"), []byte(strings.ReplaceAll(config, "<Directory app>", "<Directory "+dir+"/app>")))
	result := apache.Lint(filepath.Join(dir, "httpd.conf"))
	none(t, result)
	if _, ok := result.Sources[filepath.Join(dir, "app/.htaccess")]; !ok {
		t.Error("the .htaccess file was not read")
	}
}

// TestStock checks that the configuration that Debian ships gives no finding.
func TestStock(t *testing.T) {
	t.Parallel()
	const file = "/etc/apache2/apache2.conf"
	if _, err := os.Stat(file); err != nil {
		t.Skip("Apache is not installed")
	}
	result := apache.Lint(file)
	none(t, result)
	if len(result.Sources) < 10 {
		t.Errorf("read %d files", len(result.Sources))
	}
}

func none(t *testing.T, result *lintconfig.Result) {
	t.Helper()
	for _, d := range result.Findings {
		t.Errorf("%s %s: %s", d.Range, d.Code, d.Summary)
	}
}
