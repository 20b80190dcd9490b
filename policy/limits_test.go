package policy_test

import (
	"fmt"
	"runtime"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"github.com/corsgen/corsgen/policy"
)

// list returns an attribute of n elements, with %d for their number.
func list(n int, element string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, element+",\n", i)
	}
	return "[\n" + b.String() + "]\n"
}

// lines returns n lines, with %d for their number.
func lines(n int, line string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, line+"\n", i)
	}
	return b.String()
}

// app returns a policy with the origins, after some definitions.
func app(before, origins string) string {
	return before + "\npolicy \"app\" {\n  allow_origins = " + origins + "\n}\n"
}

func doubling(start, step string) string {
	var b strings.Builder
	b.WriteString("locals {\n  a0 = " + start + "\n")
	for i := range 60 {
		fmt.Fprintf(&b, "  a%d = %s\n", i+1, strings.ReplaceAll(step, "@", fmt.Sprintf("local.a%d", i)))
	}
	return b.String() + "}\n"
}

func chain(n int) string {
	var b strings.Builder
	b.WriteString("locals {\n")
	for i := range n {
		fmt.Fprintf(&b, "  a%d = local.a%d\n", i, i+1)
	}
	fmt.Fprintf(&b, "  a%d = \"https://x.example\"\n}\n", n)
	return b.String()
}

const million = 1_000_000

// attacks are inputs that would exhaust the stack, the memory or the time of a
// reader without limits.
var attacks = []struct {
	name string
	src  func() string
}{
	{"brackets", func() string { return app("", strings.Repeat("[", million)) }},
	{"brackets to the limit", func() string { return strings.Repeat("[", 8<<20) }},
	{"closed brackets", func() string { return app("", strings.Repeat("[", million)+strings.Repeat("]", million)) }},
	{"mixed brackets", func() string { return app("", strings.Repeat("[}(", million)) }},
	{"braces", func() string { return strings.Repeat("a {\n", million) }},
	{"parentheses", func() string { return app("", strings.Repeat("(", million)) }},
	{"calls", func() string { return app("", strings.Repeat("concat(", million)) }},
	{"not", func() string { return app("", strings.Repeat("!", 500_000)+"true") }},
	{"minus", func() string { return app("", strings.Repeat("-", 500_000)+"1") }},
	{"plus", func() string { return app("", "1"+strings.Repeat("+1", 500_000)) }},
	{"plus on lines", func() string { return app("", "(1"+strings.Repeat("\n+1", 500_000)+")") }},
	{"plus in a loop", func() string { return app("", "{\n#\nfor a in [1] : a => 1"+strings.Repeat("\n+1", 500_000)+"}") }},
	{"or", func() string { return app("", "true"+strings.Repeat("||true", 500_000)) }},
	{"conditionals", func() string { return app("", strings.Repeat("a?b:", million)+"c") }},
	{"traversal", func() string { return app("", "local"+strings.Repeat(".a", million)) }},
	{"indices", func() string { return app("", "local.a"+strings.Repeat("[local.a]", million/2)) }},
	{"splats", func() string { return app("", "local.a"+strings.Repeat("[*]", million)) }},
	{"old splats", func() string { return app("", "local.a"+strings.Repeat(".*", million)) }},
	{"templates", func() string { return app("", strings.Repeat("\"${", million)) }},
	{"directives", func() string { return app("", "\""+strings.Repeat("%{if true}", million/2)) }},
	{"interpolations", func() string { return app("", "\""+strings.Repeat("${1}", million)+"\"") }},
	{"dollars", func() string { return app("", "\""+strings.Repeat("$ ", million)+"\"") }},
	{"long heredoc", func() string { return app("", "<<E\n"+strings.Repeat("x\n", million)+"E\n") }},
	{"long flush heredoc", func() string { return app("", "<<-E\n"+strings.Repeat(" x\n", million)+"E\n") }},
	{"open comments", func() string { return strings.Repeat("/*", 4<<20) }},
	{"open heredocs", func() string { return strings.Repeat("<<A\n", 2<<20) }},
	{"markers", func() string { return strings.Repeat("<<A", 2<<20) }},
	{"dots", func() string { return "a = 1" + strings.Repeat(".", 8<<20-10) }},
	{"long number", func() string { return app("", strings.Repeat("1", 8<<20-100)) }},
	{"number of dots", func() string { return app("", strings.Repeat("1.", 4<<20-100)) }},
	{"exponents", func() string { return app("", "1"+strings.Repeat("e1", 4<<20-100)) }},
	{"huge number", func() string { return app("locals {\n  a = 1e999999999\n}\n", "[\"${local.a}\"]") }},
	{"tiny number", func() string { return app("locals {\n  a = 1e-900000000\n}\n", "[\"${local.a}\"]") }},
	{"growing number", func() string { return app(doubling("1e300", "@ * @"), "[\"${local.a60}\"]") }},
	{"modulo", func() string { return app("", "[\"${1e300 % 1e-300}\"]") }},
	{"long name", func() string { return app("", "local."+strings.Repeat("a", 8<<20-100)) }},
	{"long string", func() string { return app("", "[\""+strings.Repeat("a", 8<<20-100)+"\"]") }},
	{"marks", func() string { return app("", "[\"a"+strings.Repeat("\u0301", 4<<20-100)+"\"]") }},
	{"attributes", func() string { return strings.Repeat("a = 1\n", million) }},
	{"same attribute", func() string { return strings.Repeat("a=1\n", 290_000) }},
	{"blocks", func() string { return strings.Repeat("a {}\n", 230_000) }},
	{"policies", func() string { return strings.Repeat("policy \"a\" {}\n", 190_000) }},
	{"elements", func() string { return app("", "["+strings.Repeat("1,", 3*million)+"]") }},
	{"empty lists", func() string { return app("", "["+strings.Repeat("[],", 390_000)+"]") }},
	{"empty objects", func() string { return app("", "["+strings.Repeat("{},", 390_000)+"]") }},
	{"wrong elements", func() string { return app("", "["+strings.Repeat("1,", 190_000)+"]") }},
	{"dev proxies", func() string {
		return app(lines(50_000, "dev_proxy \"a%d\" {\n  paths = [\"/a\"]\n}"), "[]")
	}},
	{"wrong paths of a dev proxy", func() string {
		return "dev_proxy \"a\" {\n  paths = " + list(190_000, `"x%d"`) + "}\n"
	}},
	{"wrong origins", func() string { return app("", list(190_000, `"x%d"`)) }},
	{"unknown locals", func() string { return app("", list(190_000, `local.x%d`)) }},
	{"unknown locals beside known ones", func() string {
		return app("locals {\n"+lines(50_000, "x%d = 1")+"}\n", list(15_000, `local.y%d`))
	}},
	{"unknown functions", func() string { return app("", list(190_000, `x%d()`)) }},
	{"unknown attributes", func() string { return "policy \"app\" {\n" + lines(250_000, "x%d = 1") + "}\n" }},
	{"doubling lists", func() string { return app(doubling(`["https://x.example"]`, "concat(@, @)"), "local.a60") }},
	{"doubling tuples", func() string { return app(doubling(`["https://x.example"]`, "[@, @]"), "flatten(local.a60)") }},
	{"doubling objects", func() string { return app(doubling(`{}`, "{a = @, b = @}"), "keys(local.a60)") }},
	{"doubling strings", func() string { return app(doubling(`"https://x.example"`, `"${@}${@}"`), "[local.a60]") }},
	{"eightfold strings", func() string {
		return app(doubling(`"https://x.example"`, `"${@}${@}${@}${@}${@}${@}${@}${@}"`), "[local.a60]")
	}},
	{"joined strings", func() string { return app(doubling(`"https://x.example"`, `join(@, [@, @, @])`), "[local.a60]") }},
	{"formatted strings", func() string { return app(doubling(`"https://x.example"`, `format("%s%s%s", @, @, @)`), "[local.a60]") }},
	{"replaced strings", func() string { return app(doubling(`"https://x.example"`, `replace(@, "", @)`), "[local.a60]") }},
	{"deep value", func() string { return app(deep(50_000), "local.a0") }},
	{"width", func() string { return app("", `[format("%200000000s", "x")]`) }},
	{"star width", func() string { return app("", `[format("%*s", 200000000, "x")]`) }},
	{"precision", func() string { return app("", `[format("%.200000000f", 1.5)]`) }},
	{"flagged width", func() string { return app("", `[format("%-+0 #200000000d", 1)]`) }},
	{"repeated argument", func() string {
		return app("locals {\n  a = \""+strings.Repeat("a", 60_000)+"\"\n}\n", "[format(\""+strings.Repeat("%[1]s", 12_000)+"\", local.a)]")
	}},
	{"many arguments", func() string {
		return app("locals {\n  a = \""+strings.Repeat("a", 60_000)+"\"\n}\n", "[join(\"\", ["+strings.Repeat("local.a,", 190_000)+"])]")
	}},
	{"many parts", func() string {
		return app("locals {\n  a = \""+strings.Repeat("a", 60_000)+"\"\n}\n", "["+strings.Repeat("\""+strings.Repeat("${local.a}", 200)+"\",", 1000)+"]")
	}},
	{"long texts", func() string {
		return app("locals {\n  a = \""+strings.Repeat("a", 60_000)+"\"\n b = "+list(100_000, `"b%d"`)+"}\n", "[for b in local.b : \"${local.a}${b}\"]")
	}},
	{"split", func() string {
		return app("locals {\n  a = \""+strings.Repeat(",", 60_000)+"\"\n}\n", "flatten([for i in split(\",\", local.a) : split(\",\", local.a)])")
	}},
	{"loop over loop", func() string {
		return app("locals {\n  a = "+list(190_000, `"b%d"`)+"}\n", "[for b in local.a : [for c in local.a : c]]")
	}},
	{"condition over loop", func() string {
		return app("locals {\n  a = "+list(190_000, `"b%d"`)+"}\n", "[for b in local.a : b if contains(local.a, \"x\")]")
	}},
	{"comparisons", func() string {
		return app("locals {\n  a = "+list(190_000, `"b%d"`)+"}\n", "[for b in local.a : b if local.a == local.a]")
	}},
	{"objects in a loop", func() string {
		return app("locals {\n  a = "+list(190_000, `"b%d"`)+"}\n", "[for b in local.a : { (b) = b, x = { y = b } }]")
	}},
	{"same key", func() string {
		return app("locals {\n  a = "+list(190_000, `"b%d"`)+"}\n", "{for b in local.a : \"x\" => b}")
	}},
	{"groups", func() string {
		return app("locals {\n  a = "+list(190_000, `"b%d"`)+"}\n", "{for b in local.a : \"x\" => [for c in [b, b] : c]...}")
	}},
	{"errors in a loop", func() string { return app("locals {\n  a = "+list(190_000, `"b%d"`)+"}\n", "[for b in local.a : b.c]") }},
	{"null texts in a loop", func() string {
		return app("locals {\n  a = "+list(190_000, `"b%d"`)+"}\n", "[for b in local.a : \"x${null}\"]")
	}},
	{"bad sums in a loop", func() string {
		return app("locals {\n  a = "+list(190_000, `"b%d"`)+"}\n", "[for b in local.a : b + 1]")
	}},
	{"templates in a loop", func() string {
		return app("locals {\n  a = "+list(190_000, `"b%d"`)+"}\n", "[for b in local.a : \"${b}${b}\"]")
	}},
	{"distinct", func() string { return app("locals {\n  a = "+list(190_000, `"b%d"`)+"}\n", "distinct(local.a)") }},
	{"sort", func() string { return app("locals {\n  a = "+list(190_000, `"b%d"`)+"}\n", "sort(local.a)") }},
	{"flatten", func() string {
		return app("locals {\n  a = "+list(100_000, `["b%d"]`)+"}\n", "flatten([local.a, local.a])")
	}},
	{"merge", func() string {
		return app("locals {\n  a = {for b in "+list(60_000, `"b%d"`)+" : b => b}\n}\n", "merge("+strings.Repeat("local.a,", 60_000)+")")
	}},
	{"expanded", func() string { return app("locals {\n  a = "+list(190_000, `["b%d"]`)+"}\n", "concat(local.a...)") }},
	{"template loop", func() string {
		return app("locals {\n  a = "+list(190_000, `"b%d"`)+"}\n", "[\"%{for b in local.a}${b}%{endfor}\"]")
	}},
	{"splat", func() string {
		return app("locals {\n  a = "+list(190_000, `{b = "%d"}`)+"}\n", "concat(local.a[*].b, local.a[*].b)")
	}},
	{"locals", func() string {
		return "locals {\n  a = " + list(100_000, `"b%d"`) + lines(100_000, "b%d = concat(local.a, [])") + "}\n"
	}},
	{"chain of locals", func() string { return app(chain(100_000), "[local.a0]") }},
	{"cycle of locals", func() string {
		return app(strings.Replace(chain(100_000), "\"https://x.example\"", "local.a0", 1), "[local.a0]")
	}},
	{"many policies", func() string {
		return "locals {\n  a = " + list(50_000, `"https://b%d.example"`) + "}\n" + lines(20_000, "policy \"p%d\" {\n allow_origins = local.a\n}")
	}},
	{"many sites", func() string {
		return app("", `["*"]`) + strings.Repeat("site \"a\" {\n  route \"/\" {\n    policy = policy.app\n  }\n}\n", 40_000)
	}},
	{"many routes", func() string {
		return app("", `["*"]`) + "site \"a\" {\n" + lines(60_000, "route \"/%d\" {\n  policy = policy.app\n}") + "}\n"
	}},
	{"unknown policies", func() string {
		return lines(25_000, "policy \"p%d\" {\n allow_origins = [\"*\"]\n}") + strings.Repeat("site \"a\" {\n"+lines(500, "route \"/%d\" {\n  policy = policy.papp\n}")+"}\n", 40)
	}},
	{"types", func() string { return "variable \"a\" {\n  type = " + strings.Repeat("list(", million) + "}\n" }},
}

// deep returns locals that nest n lists.
func deep(n int) string {
	var b strings.Builder
	b.WriteString("locals {\n")
	for i := range n {
		fmt.Fprintf(&b, "  a%d = [local.a%d]\n", i, i+1)
	}
	fmt.Fprintf(&b, "  a%d = \"https://x.example\"\n}\n", n)
	return b.String()
}

var jsonAttacks = []struct {
	name string
	src  func() string
}{
	{"brackets", func() string { return `{"a":` + strings.Repeat("[", million) }},
	{"braces", func() string { return `{"a":` + strings.Repeat(`{"a":`, million) }},
	{"mixed brackets", func() string { return `{"a":` + strings.Repeat(`[}`, million) }},
	{"long number", func() string { return `{"policy":{"app":{"max_age":` + strings.Repeat("1", 4<<20) + `}}}` }},
	{"huge number", func() string { return `{"policy":{"app":{"max_age": 1e999999999}}}` }},
	{"huge number in a text", func() string { return `{"policy":{"app":{"allow_origins": ["${1e999999999}"]}}}` }},
	{"elements", func() string {
		return `{"policy":{"app":{"allow_origins": [` + strings.Repeat("1,", 3*million) + `1]}}}`
	}},
	{"keys", func() string { return `{` + strings.Repeat(`"a":1,`, million) + `"a":1}` }},
	{"templates", func() string {
		return `{"policy":{"app":{"allow_origins": ["` + strings.Repeat("${[", million) + `"]}}}`
	}},
	{"plus", func() string {
		return `{"policy":{"app":{"allow_origins": ["${1` + strings.Repeat("+1", million) + `}"]}}}`
	}},
	{"plus on lines", func() string {
		return `{"policy":{"app":{"allow_origins": ["${1` + strings.Repeat(`\n+1`, million) + `}"]}}}`
	}},
	{"keys of objects", func() string {
		return `{"policy":{"app":{"allow_origins": {"${1` + strings.Repeat("+1", million) + `}": 1}}}}`
	}},
	{"many templates", func() string {
		return `{"policy":{"app":{"allow_origins": [` + strings.Repeat(`"${1}",`, million/2) + `"1"]}}}`
	}},
	{"long template", func() string {
		return `{"policy":{"app":{"allow_origins": ["` + strings.Repeat("${1}", million) + `"]}}}`
	}},
	{"loop over loop", func() string {
		return `{"locals":{"a":` + strings.TrimSuffix(list(100_000, `"b%d"`), ",\n]\n") + `]},"policy":{"app":{"allow_origins": "${[for a in local.a : [for b in local.a : b]]}"}}}`
	}},
	{"routes", func() string {
		return `{"policy":{"app":{}},"site":{"api":{"route":{` + strings.Repeat(`"/":{"policy":"${policy.app}"},`, 100_000) + `"/":{}}}}}`
	}},
	{"types", func() string { return `{"variable":{"a":{"type":"` + strings.Repeat("list(", million) + `"}}}` }},
	{"width", func() string { return `{"policy":{"app":{"allow_origins": ["${format(\"%200000000s\", \"x\")}"]}}}` }},
}

// TestLimits checks that no input takes the process down, and that what is
// refused is reported. Most take less than two seconds on a machine that has
// nothing else to do. The bounds in the test are far above that, and yet far below
// what any of the inputs would cost without limits.
func TestLimits(t *testing.T) {
	if testing.Short() || raceEnabled {
		t.Skip("takes a minute, and the race detector multiplies time and memory")
	}
	for _, tt := range attacks {
		t.Run(tt.name, func(t *testing.T) { attack(t, tt.src(), "cors.hcl") })
	}
	for _, tt := range jsonAttacks {
		t.Run("JSON "+tt.name, func(t *testing.T) { attack(t, tt.src(), "a.cors.hcl.json") })
	}
}

func attack(t *testing.T, src, name string) {
	runtime.GC()
	before := heap()
	stop, peak := make(chan bool), make(chan uint64)
	go watchHeap(stop, peak)
	start := time.Now()
	_, _, diags, err := policy.LoadReader(strings.NewReader(src), name, policy.Options{})
	took := time.Since(start)
	close(stop)
	megabytes := (<-peak - before) >> 20
	codes := map[string]int{}
	for _, d := range diags {
		codes[d.Code]++
		if len(d.Summary)+len(d.Detail) > 4000 {
			t.Errorf("a message of %d bytes", len(d.Summary)+len(d.Detail))
		}
	}
	t.Logf("%v, %d MB, %v, %s", took.Round(time.Millisecond), megabytes, codes, t.Name())
	if err != nil {
		t.Errorf("error = %v", err)
	}
	if took > time.Minute || megabytes > 1000 {
		t.Errorf("took %v and %d MB", took, megabytes)
	}
}

// watchHeap sends the largest heap that it sees.
func watchHeap(stop chan bool, peak chan uint64) {
	var most uint64
	for {
		most = max(most, heap())
		select {
		case <-stop:
			peak <- most
			return
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// heap returns the bytes of the heap, garbage included.
func heap() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// TestDevPaths has as many paths as dev proxies can have together, and one more.
func TestDevPaths(t *testing.T) {
	src := app("dev_proxy \"a\" {\n  upstream = \"http://localhost\"\n  paths = "+list(1_001, `"/%d/"`)+"}\n", `["https://app.example.com"]`)
	p, _, diags, err := policy.LoadReader(strings.NewReader(src), "cors.hcl", policy.Options{})
	if err != nil || len(diags) != 1 || diags[0].Code != "C007" || len(p.DevProxies[0].Paths) != 1_000 {
		t.Errorf("%v, %v, %d paths", err, diags, len(p.DevProxies[0].Paths))
	}
}
