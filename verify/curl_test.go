package verify_test

import (
	"context"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/eval"
	"github.com/corsgen/corsgen/verify"
)

// TestCommands runs the commands of findings in a shell, with a curl that prints
// its arguments: whatever is in a URL or a header, the shell runs nothing of it.
func TestCommands(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no sh")
	}
	v := variant(t, app)
	server := httptest.NewServer(when(func(string) bool { return true }).wrap(things))
	defer server.Close()
	u := "/it's;$(id)`id`&|<>*~!{a}[b]/$HOME?q=$(id)'`id`"
	at := target(t, server.URL+u, v)
	at.Headers = []eval.Field{{Name: "X-It's-$HOME`id`", Value: "secret"}, {Name: "1", Value: "x"}}
	r, err := verify.Run(context.Background(), at)
	if err != nil || len(r.Findings) == 0 {
		t.Fatal(err, r)
	}
	cmd := exec.Command(sh, "-uc", `curl() { printf '%s\n' "$@"; }; `+r.Findings[0].Command)
	cmd.Env = []string{"HEADER_X_IT_S__HOME_ID_=it's \"me\"", "HEADER_1=$(id)", "PATH=/nowhere"}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s\n%s", err, out, r.Findings[0].Command)
	}
	args := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	url := args[len(args)-1]
	want := []string{
		"-gsSI", "--noproxy", "*", "-X", "GET", "-H", "Origin: " + verify.Stranger,
		"-H", "X-It's-$HOME`id`: it's \"me\"", "-H", "1: $(id)", url,
	}
	if d := cmp.Diff(want, args); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	if !strings.HasPrefix(url, server.URL+"/it") || !strings.Contains(url, "corsgen-verify=") {
		t.Errorf("the URL is %s", url)
	}
}
